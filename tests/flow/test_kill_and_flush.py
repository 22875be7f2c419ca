"""Workers are killed and Redis is emptied under load: every invoice still ends authorized, once."""

import random
import time

import pytest
import redis
from cast import Taxpayer, take_on
from engine_processes import EngineProcesses

from app.invariants import find_violations
from app.progress import measure
from app.sri.simulator import Simulator
from app.store.documents import Document, Ride
from app.tenancy import every_tenant_scope

INVOICES, TAXPAYERS = 200, 3
CLAIMED_AGAIN_S, RIDE_CLAIMED_AGAIN_S = 90, 120


@pytest.fixture(scope="module")
def simulator():
    with Simulator(latency_s=0.15) as started:
        yield started


@pytest.fixture(scope="module")
def settings(settings):
    """Leases and waits of a quarter: what was interrupted is claimed again a quarter of a minute later."""
    quarter = {
        "time_scale": 0.25,
        "lease_s": 10.0,
        "republish_s": 2.5,
        "ask_before_resend_s": 15.0,
        "sri_connect_timeout_s": 2.0,
        "sri_read_timeout_s": 5.0,
        "sri_total_timeout_s": 7.5,
        "mail_total_timeout_s": 5.0,
    }
    return settings.model_copy(update=quarter)


@pytest.fixture(scope="module")
def taxpayers(services) -> list[Taxpayer]:
    return [take_on(services, f"CONTRIBUYENTE {place} S.A.") for place in range(TAXPAYERS)]


def leased() -> dict[tuple[str, int], int]:
    """Rows somebody works on now, with their fence."""
    with every_tenant_scope():
        return {
            (model.__name__, row.id): row.fence
            for model in (Document, Ride)
            for row in model.select(model.id, model.fence).where(model.lease_until.is_null(False))
        }


def still_interrupted(rows: dict[tuple[str, int], int]) -> bool:
    now = leased()
    return any(now.get(row) == fence for row, fence in rows.items())


def authorized_share() -> float:
    with every_tenant_scope():
        total = Document.select().count()
        return Document.select().where(Document.state == "authorized").count() / total


@pytest.mark.timeout(420)
def test_killed_workers_and_an_emptied_redis_lose_and_double_nothing(
    engine: EngineProcesses, taxpayers, services, settings, simulator
):
    ids = [taxpayers[place % TAXPAYERS].import_invoice() for place in range(INVOICES)]
    wait = engine.until

    wait(lambda: authorized_share() > random.uniform(0.05, 0.15), 60, "the first authorizations")
    held = leased()
    engine.kill_worker_child(random.choice)
    orphaned = {row: fence for row, fence in leased().items() if held.get(row) == fence}

    wait(lambda: authorized_share() > random.uniform(0.3, 0.5), 120, "work after a killed child")
    engine.kill_whole_pool_while(lambda: bool(leased()), 10, "work in flight")
    interrupted, killed_at = leased(), time.monotonic()
    assert interrupted

    redis.Redis.from_url(settings.redis_url).flushall()
    documents = {row: fence for row, fence in (orphaned | interrupted).items() if row[0] == "Document"}
    wait(
        lambda: not still_interrupted(documents), CLAIMED_AGAIN_S, "a new claim of every interrupted document"
    )
    wait(
        lambda: not still_interrupted(interrupted),
        RIDE_CLAIMED_AGAIN_S - (time.monotonic() - killed_at),
        "a new claim of every interrupted RIDE",
    )

    wait(lambda: authorized_share() > random.uniform(0.6, 0.9), 120, "work after the whole pool was killed")
    redis.Redis.from_url(settings.redis_url).flushall()

    wait(lambda: measure(None).moving == 0, 150, "rest")
    assert measure(None).by_state == {"authorized": len(ids)}
    assert simulator.verdict().violations == []
    assert [violation.sentence for violation in find_violations(services)] == []
