"""Pacing: a service has its rate, a tenant has a smaller one, and neither can be reserved far ahead."""

import time
from collections.abc import Callable

import pytest

from app.sri.gateway import Environment
from workers.pacing import Pacing

PRUEBAS = Environment.PRUEBAS


@pytest.fixture
def pacing(engine, settings):
    rates = {"sri_calls_per_s": 20.0, "sri_calls_per_tenant_s": 2.0, "sri_burst_s": 2.0}
    return Pacing(engine.broker.client, settings.model_copy(update=rates))


def single(pacing: Pacing, count: int, tenant_id: int = 1, share: float = 1.0) -> list[float | None]:
    """What single documents are told, one after the other."""
    return [pacing.turn(PRUEBAS, "submit", tenant_id, share) for _ in range(count)]


def bulk(pacing: Pacing, wanted: int = 500, tenant_id: int = 1, share: float = 1.0) -> list[float]:
    """What a sweep is told."""
    return pacing.turns(PRUEBAS, "submit", tenant_id, wanted, share)


@pytest.fixture
def near() -> Callable[[list[float], list[float]], bool]:
    """Compares waits with those of a test that takes no time: each may be shorter by as long as it has lasted."""
    began = time.monotonic()

    def compare(waits: list[float], expected: list[float]) -> bool:
        lasted = time.monotonic() - began
        pairs = zip(waits, expected, strict=True)
        return all(max(0, right - lasted) - 0.1 <= wait <= right + 0.1 for wait, right in pairs)

    return compare


def test_a_tenant_may_make_two_seconds_of_calls_at_once_and_then_two_a_second(pacing, near):
    assert near(bulk(pacing), [0] * 4 + [0.5 * turn for turn in range(1, 11)])


def test_a_single_document_goes_at_once_or_is_left_to_its_tenants_sweep(pacing):
    assert single(pacing, 8) == [0] * 4 + [None] * 4


def test_nothing_overtakes_what_waits_of_its_tenant(pacing):
    bulk(pacing)
    assert single(pacing, 3) == [None] * 3


def test_one_tenants_mountain_does_not_delay_another(pacing):
    bulk(pacing, tenant_id=1)
    assert single(pacing, 1, tenant_id=2) == [0]


def test_all_tenants_together_keep_the_rate_of_the_service(pacing, near):
    found = [single(pacing, 1, tenant_id=tenant_id)[0] for tenant_id in range(100, 160)]
    assert found[:40] == [0] * 40
    assert near(found[-1:], [1.0])


def test_the_turn_after_a_sweep_begins_where_the_last_one_ended(pacing, near):
    first = bulk(pacing, 6)
    assert near(bulk(pacing, 6), [first[-1] + 0.5 * turn for turn in range(1, 7)])


def test_tenants_that_sweep_at_once_share_the_service_and_none_goes_without(engine, pacing):
    tenants = range(300, 400)
    for tenant_id in tenants:  # the first time nobody knows yet how many they are
        bulk(pacing, tenant_id=tenant_id)
    engine.broker.client.delete(
        "autoriza:pace:1:submit", *(f"autoriza:pace:1:submit:{one}" for one in tenants)
    )
    assert [len(bulk(pacing, tenant_id=tenant_id)) for tenant_id in tenants] == [1] * 100


def test_a_single_document_comes_before_the_mountains_of_many_tenants(pacing, near):
    for tenant_id in range(300, 400):
        bulk(pacing, tenant_id=tenant_id)
    (wait,) = single(pacing, 1, tenant_id=7)
    assert near([wait], [5.0])


def test_the_two_services_and_the_two_ambientes_count_apart(pacing):
    bulk(pacing)
    assert pacing.turn(PRUEBAS, "query", 1) == 0
    assert pacing.turn(Environment.PRODUCCION, "submit", 1) == 0


def test_a_slow_start_stretches_the_spacing_of_the_service(pacing, near):
    found = [single(pacing, 1, tenant_id=tenant_id, share=0.1)[0] for tenant_id in range(200, 210)]
    assert found[:4] == [0, 0, 0, 0]
    assert near(found[-1:], [3.0])


def test_what_is_refused_costs_nobody_a_turn(pacing):
    bulk(pacing, tenant_id=1)
    before = single(pacing, 1, tenant_id=2)
    assert single(pacing, 50, tenant_id=1) == [None] * 50
    assert before == single(pacing, 1, tenant_id=2) == [0]


def test_turns_that_no_document_uses_are_given_back(pacing, near):
    first = bulk(pacing, 10)
    pacing.give_back(PRUEBAS, "submit", 1, 4)
    assert near(bulk(pacing, 4), first[6:])


def test_without_redis_nobody_waits(settings):
    from workers.broker import open_client

    away = Pacing(open_client("redis://127.0.0.1:1"), settings)
    assert single(away, 1) == [0]
    assert bulk(away, 3) == [0] * 3


def test_rate_zero_is_no_limit(engine, settings):
    unlimited = settings.model_copy(update={"sri_calls_per_s": 0, "sri_calls_per_tenant_s": 0})
    free = Pacing(engine.broker.client, unlimited)
    assert single(free, 100) == [0] * 100
    assert bulk(free, 100) == [0] * 100
