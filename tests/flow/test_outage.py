"""The SRI is away for a while: few calls meanwhile, no attempt spent, then everything by itself, oldest first."""

import time
from collections import Counter

import pytest
from cast import Taxpayer, take_on
from engine_processes import EngineProcesses

from app.invariants import find_violations
from app.progress import measure
from app.sri.simulator import Simulator
from app.store.documents import Document, SriExchange
from app.store.engine import Outage
from app.tenancy import every_tenant_scope

TAXPAYERS, EACH = 3, 20
AWAY_S, PROBE_S = 25, 4.0
OVERTAKEN_BY = 8


@pytest.fixture(scope="module")
def simulator():
    with Simulator() as started:
        yield started


@pytest.fixture(scope="module")
def settings(settings):
    quick = dict.fromkeys(
        ("sign_drafts_cron", "submit_signed_cron", "check_pending_authorizations_cron"), "*/3 * * * * *"
    )
    scaled = {
        "circuit_opens_after": 5,
        "circuit_probe_s": PROBE_S,
        "ask_before_resend_s": 6.0,
        "republish_s": 3.0,
    }
    return settings.model_copy(update=quick | scaled)


@pytest.fixture(scope="module")
def taxpayers(services) -> list[Taxpayer]:
    return [take_on(services, f"CONTRIBUYENTE {place} S.A.") for place in range(TAXPAYERS)]


@pytest.mark.timeout(240)
def test_an_outage_costs_few_calls_and_no_attempt_and_all_is_authorized_afterwards_oldest_first(
    engine: EngineProcesses, taxpayers, services, simulator
):
    simulator.script([{"fault": "maintenance", "seconds": AWAY_S}])
    began = time.monotonic()
    ids = [taxpayers[place % TAXPAYERS].import_invoice() for place in range(TAXPAYERS * EACH)]
    engine.until(
        lambda: states() == {"signed"} and circuit_open(), 30, "signed documents and an open circuit"
    )

    opened, before = time.monotonic(), len(simulator.log())
    engine.until(lambda: time.monotonic() - began > AWAY_S - 2, AWAY_S, "the end of the outage")
    probes = len(simulator.log()) - before
    on_their_way = services.settings.worker_processes * services.settings.worker_threads
    assert probes <= (time.monotonic() - opened) / PROBE_S + on_their_way
    with every_tenant_scope():
        spent = [row.attempts for row in Document.select(Document.attempts)]
    assert sum(spent) < 2 * len(ids)

    engine.until(lambda: measure(None).moving == 0, 120, "rest after the outage")
    assert measure(None).by_state == {"authorized": len(ids)}
    assert simulator.verdict().violations == []
    assert on_record() == (True, True), "for the worst of it, and over"
    assert [violation.sentence for violation in find_violations(services)] == []
    for taxpayer in taxpayers:
        order = taken_at_once(taxpayer, simulator)
        overtaken = [sum(one > later for one in order[:place]) for place, later in enumerate(order)]
        assert max(overtaken, default=0) <= OVERTAKEN_BY, f"not oldest first: {order}"


def states() -> set[str]:
    with every_tenant_scope():
        return {row.state for row in Document.select(Document.state).distinct()}


def circuit_open() -> bool:
    from app import circuit
    from app.sri.gateway import Environment
    from app.store.base import database

    with database.connection_context():
        return circuit.read(Environment.PRUEBAS, "submit").state != "closed"


def on_record() -> tuple[bool, bool]:
    """Whether an outage lasted for most of the time the reception was away, and whether all are over."""
    with every_tenant_scope():
        rows = list(Outage.select().where(Outage.service == "submit"))
    longest = max((row.until - row.since).total_seconds() for row in rows if row.until)
    return longest > AWAY_S / 2, all(row.until for row in rows)


def taken_at_once(taxpayer: Taxpayer, simulator: Simulator) -> list[int]:
    """Ids of the documents that were called for once, after the outage, in the order the SRI took them.

    Those that probed, or were under way when it began, sit out a while or have to be asked for first.
    """
    calls = [call for call in simulator.log() if call.ruc == taxpayer.ruc and call.service == "recepcion"]
    taken = [call.access_key for call in calls if call.answer == "RECIBIDA"]
    with every_tenant_scope():
        sent = SriExchange.select(SriExchange.access_key).where(SriExchange.operation == "submit")
        tried = Counter(row.access_key for row in sent)
        rows = Document.select(Document.id, Document.access_key).where(Document.access_key.in_(taken))
        ids = {row.access_key: row.id for row in rows}
    return [ids[key] for key in taken if tried[key] == 1]
