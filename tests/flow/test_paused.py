"""Real processes are paused, killed and resumed: sending stands still, polling goes on, every invoice arrives."""

from collections import Counter

import pytest
from cast import Taxpayer
from engine_processes import EngineProcesses

from app.invariants import find_violations
from app.lifecycle import State
from app.pausing import Subject
from app.store.documents import Document
from app.store.engine import Run
from app.tenancy import tenant_scope

BEFORE, MEANWHILE = 4, 12


def states(taxpayer: Taxpayer) -> Counter[str]:
    with tenant_scope(taxpayer.id):
        return Counter(row.state for row in Document.select(Document.state))


def working(engine: EngineProcesses) -> int:
    """How many worker processes live; none while their supervisor waits to start them again."""
    return len(engine.worker_children()) if "worker" in engine.supervisor.pids else 0


@pytest.mark.timeout(300)
def test_a_paused_stage_survives_its_workers_and_goes_on_at_once_when_it_is_resumed(
    engine: EngineProcesses, ana: Taxpayer, services, wake
):
    from workers import by_hand

    sent = [ana.document(State.PENDING_AUTHORIZATION).id for _ in range(BEFORE)]
    by_hand.hold(Subject("stage", "submit"), by="olga", reason="mantenimiento en bodega")
    for _ in range(MEANWHILE):
        wake(ana.id, ana.import_invoice())
    engine.until(
        lambda: states(ana) == {"signed": MEANWHILE, "authorized": BEFORE},
        90,
        "signed, and what was sent authorized",
    )
    engine.kill_whole_pool()
    engine.until(lambda: working(engine) > 0, 60, "workers again")
    engine.until(lambda: states(ana)["signed"] == MEANWHILE, 5, "nothing sent meanwhile")
    assert not [call for one in sent for call in ana.exchanges(one) if call.operation == "submit"][BEFORE:]
    by_hand.let_go(Subject("stage", "submit"), by="olga")
    engine.until(lambda: states(ana) == {"authorized": BEFORE + MEANWHILE}, 60, "every invoice authorized")
    with tenant_scope(ana.id):
        assert not Run.select().where(Run.failed, Run.actor == "submit_document").count()
        assert {row.crash_count for row in Document.select(Document.crash_count)} == {0}
    assert [one for one in find_violations(services) if one.tenant_id == ana.id] == []


@pytest.mark.timeout(300)
def test_a_paused_queue_leaves_its_messages_in_redis_until_it_is_resumed(
    engine: EngineProcesses, beto: Taxpayer, wake
):
    from workers import by_hand
    from workers.broker import broker

    by_hand.hold(Subject("queue", "sign"), by="olga", reason="mantenimiento en bodega")
    first = beto.import_invoice()

    def left_alone() -> bool:  # every worker process looks within a second
        wake(beto.id, first)
        return bool(broker.client.llen("autoriza:sign") > 2)

    engine.until(left_alone, 30, "workers that know of the pause")
    for _ in range(MEANWHILE - 1):
        wake(beto.id, beto.import_invoice())
    engine.until(lambda: broker.client.llen("autoriza:sign") >= MEANWHILE, 30, "messages that nobody takes")
    engine.until(lambda: working(engine) > 0, 60, "workers")
    engine.kill_worker_child(max)
    engine.until(lambda: working(engine) > 0, 60, "workers again")
    assert states(beto) == {"draft": MEANWHILE}
    by_hand.let_go(Subject("queue", "sign"), by="olga")
    engine.until(lambda: states(beto) == {"authorized": MEANWHILE}, 60, "every invoice authorized")
