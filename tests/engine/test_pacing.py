"""Pacing: a service has its rate, a tenant has a smaller one, and neither can be reserved far ahead."""

import pytest

from app.sri.gateway import Environment
from workers.pacing import Crowded, Pacing, Reserved

PRUEBAS = Environment.PRUEBAS


@pytest.fixture
def pacing(engine, settings):
    rates = {"sri_calls_per_s": 20.0, "sri_calls_per_tenant_s": 2.0, "sri_burst_s": 2.0}
    return Pacing(engine.broker.client, settings.model_copy(update=rates))


def waits(pacing: Pacing, count: int, tenant_id: int = 1, share: float = 1.0) -> list[float | None]:
    answers = [pacing.reserve(PRUEBAS, "submit", tenant_id, share) for _ in range(count)]
    return [answer.wait_s if isinstance(answer, Reserved) else None for answer in answers]


def test_a_tenant_may_make_two_seconds_of_calls_at_once_and_then_two_a_second(pacing):
    found = waits(pacing, 8)
    assert found[:4] == [0, 0, 0, 0]
    assert [round(wait, 1) for wait in found[4:]] == [0.5, 1.0, 1.5, 2.0]


def test_a_tenant_cannot_reserve_more_than_ten_seconds_ahead(pacing):
    found = waits(pacing, 40)
    assert found[24:] == [None] * 16
    assert None not in found[:24]


def test_one_tenants_backlog_does_not_delay_another(pacing):
    waits(pacing, 40, tenant_id=1)
    assert waits(pacing, 1, tenant_id=2) == [0]


def test_all_tenants_together_keep_the_rate_of_the_service(pacing):
    found = [waits(pacing, 1, tenant_id=tenant_id)[0] for tenant_id in range(100, 160)]
    assert found[:40] == [0] * 40
    assert 0.9 < found[-1] < 1.1


def test_the_two_services_and_the_two_ambientes_count_apart(pacing):
    waits(pacing, 40)
    assert pacing.reserve(PRUEBAS, "query", 1) == Reserved(0)
    assert pacing.reserve(Environment.PRODUCCION, "submit", 1) == Reserved(0)


def test_a_slow_start_stretches_the_spacing_of_the_service(pacing):
    found = [waits(pacing, 1, tenant_id=tenant_id, share=0.1)[0] for tenant_id in range(200, 210)]
    assert found[:4] == [0, 0, 0, 0]
    assert 2.8 < found[-1] < 3.1


def test_what_is_refused_costs_nobody_a_turn(pacing):
    waits(pacing, 40, tenant_id=1)
    before = waits(pacing, 1, tenant_id=2)
    for _ in range(50):
        assert pacing.reserve(PRUEBAS, "submit", 1) == Crowded()
    assert before == waits(pacing, 1, tenant_id=2) == [0]


def test_without_redis_nobody_waits(settings):
    from workers.broker import open_client

    away = Pacing(open_client("redis://127.0.0.1:1"), settings)
    assert away.reserve(PRUEBAS, "submit", 1) == Reserved(0)


def test_rate_zero_is_no_limit(engine, settings):
    free = Pacing(
        engine.broker.client, settings.model_copy(update={"sri_calls_per_s": 0, "sri_calls_per_tenant_s": 0})
    )
    assert waits(free, 100) == [0] * 100
