"""The model of the service as queues, against what can be said without it."""

import pytest

from admin.bench.plots import parts_of
from admin.bench.queueing import FIRST_POLL_S, Service, simulate


def test_an_idle_service_takes_the_calls_the_first_wait_and_its_own_work():
    found = simulate(Service(parts_of(40), call_s=1.0), 200, per_s=0.1)
    assert found.p50_s == pytest.approx(2 * 1.0 + FIRST_POLL_S + 0.04, abs=0.02)


@pytest.mark.parametrize("cores", [1, 2, 4])
def test_a_batch_is_as_fast_as_the_cores_compute(cores):
    service = Service(parts_of(40), cores=cores, threads=16 * cores, ride_threads=4 * cores)
    assert simulate(service, 2_000).docs_per_s == pytest.approx(cores * 1000 / 40, rel=0.05)


def test_few_threads_that_wait_for_the_sri_bound_the_throughput():
    calls = Service(parts_of(4), threads=4, call_s=1.0)
    assert simulate(calls, 200).docs_per_s == pytest.approx(4 / (2 * 1.0), rel=0.05)
