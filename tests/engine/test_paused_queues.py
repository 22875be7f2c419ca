"""A paused queue keeps its messages, a killed worker loses nothing of what is paused, a halt may have a time."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import dramatiq
import pytest
from dramatiq.middleware import SkipMessage
from dramatiq_at_work import work_off

from app import halts, work
from app.pausing import Subject
from app.store.base import database
from app.store.engine import Pause, Run
from app.store.tenants import Halt
from app.tenancy import every_tenant_scope, tenant_scope

PERSON, WHY = "olga@example.ec", "cambio de firma en bodega"


@pytest.fixture(autouse=True)
def _everything_goes_on(engine) -> Iterator[None]:
    """No test sees another's pauses, nor does this process remember them."""
    from workers import paused

    yield
    with database.connection_context():
        Pause.update(ended_at=work.in_seconds(-600)).execute()
    paused.look()


def hold(engine, scope: str, name: str) -> Subject:
    subject = Subject(scope, name)
    engine.by_hand.hold(subject, by=PERSON, reason=WHY)
    return subject


@contextmanager
def a_worker(engine: Any, queues: set[str]) -> Iterator[None]:
    """Dramatiq's worker of some queues, for as long as the block runs."""
    from workers import paused

    before = list(engine.broker.middleware)
    worker = dramatiq.Worker(engine.broker, queues=queues, worker_threads=2, worker_timeout=50)
    paused.look()
    worker.start()
    try:
        yield
    finally:
        worker.stop()
        engine.broker.middleware[:] = before


def until(reached: Callable[[], bool], patience_s: float = 20) -> None:
    deadline = time.monotonic() + patience_s
    while not reached():
        assert time.monotonic() < deadline, "not reached"
        threading.Event().wait(0.05)


def test_messages_of_a_paused_queue_stay_where_they_are_and_are_done_afterwards_without_failure(engine, ana):
    ids = [ana.import_invoice() for _ in range(6)]
    subject = hold(engine, "queue", "sign")
    engine.broker.enqueue_all([engine.jobs.sign_document.actor.message(ana.id, one) for one in ids])
    sign_tenant = engine.schedules.sign_tenant_drafts
    sign_tenant.send(ana.id)  # another queue goes on
    with a_worker(engine, {"sign", "sweep"}):
        until(lambda: engine.broker.client.hlen("autoriza:sweep.msgs") == 0)
        time.sleep(1.5)  # long enough to have taken them
        assert engine.broker.client.hlen("autoriza:sign.msgs") == len(ids)
        assert {ana.read(one).state for one in ids} == {"draft"}
        engine.by_hand.let_go(subject, by=PERSON)
        until(lambda: {ana.read(one).state for one in ids} == {"signed"})
    assert {ana.read(one).attempts for one in ids} == {0}
    with every_tenant_scope():
        runs = list(Run.select().where(Run.actor == "sign_document", Run.tenant_id == ana.id))
    assert not any(run.failed for run in runs)
    assert [run.outcome for run in runs].count("moved to signed") == len(ids), "once each"
    assert engine.broker.client.zcard("autoriza:sign.XQ") == 0


def test_a_message_at_hand_when_its_queue_is_paused_goes_back_to_it(engine, ana):
    from workers import paused

    document_id = ana.import_invoice()
    hold(engine, "queue", "sign")
    with database.connection_context():
        paused.look()
    message = engine.jobs.sign_document.actor.message(ana.id, document_id)
    with pytest.raises(SkipMessage):
        paused.Pausing().before_process_message(engine.broker, message)
    (body,) = engine.broker.client.hvals("autoriza:sign.msgs")
    assert json.loads(body)["args"] == [ana.id, document_id]


def test_a_worker_killed_while_paused_loses_nothing(engine, ana, settings):
    """Messages fetched by a process that dies are Redis's to forget: the rows are due, and others do them."""
    ids = [ana.import_invoice() for _ in range(4)]
    engine.broker.enqueue_all([engine.jobs.sign_document.actor.message(ana.id, one) for one in ids])
    subject = hold(engine, "stage", "sign")
    database.close()
    child = os.fork()
    if child == 0:
        database.obj._connections.clear()
        engine.broker.client.connection_pool.reset()
        for one in ids:
            engine.broker.do_fetch("sign", 1)
            engine.job.run(engine.jobs.sign_document, ana.id, one)
        os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert {(ana.read(one).state, ana.read(one).attempts, ana.read(one).crash_count) for one in ids} == {
        ("draft", 0, 0)
    }
    engine.by_hand.let_go(subject, by=PERSON)
    with a_worker(engine, {"sweep", "sign"}):
        until(lambda: {ana.read(one).state for one in ids} == {"signed"})


def test_a_halt_with_a_time_lifts_itself_and_what_waited_is_published_at_once(engine, ana):
    halts.place(
        ana.id, None, code="manual", reason=WHY, by=PERSON, until=datetime.now(UTC) + timedelta(hours=2)
    )
    document_id = ana.import_invoice()
    engine.schedules.end_pauses.fn()
    assert engine.sweeps.sweep_tenant(engine.jobs.sign_document, ana.id).published == 0
    with tenant_scope(ana.id):
        Halt.update(resume_at=work.in_seconds(-1)).where(Halt.tenant_id == ana.id).execute()
    engine.schedules.end_pauses.fn()
    with tenant_scope(ana.id):
        halt = Halt.get(Halt.tenant_id == ana.id)
    assert halt.lifted_by == "autoriza"
    assert ana.alerts(halts.PLACED)[0].resolved_at
    work_off(engine.broker, {"sweep", "sign"}, only=True)
    assert ana.read(document_id).state == "signed"


def test_a_lifted_taxpayer_goes_on_at_once(engine, ana):
    halts.place(ana.id, None, code="manual", reason=WHY, by=PERSON)
    document_id = ana.import_invoice()  # its message came to nothing this very moment
    assert engine.by_hand.lift(ana.id, None, by=PERSON, reason="listo") == 1
    work_off(engine.broker, {"sweep", "sign"}, only=True)
    assert ana.read(document_id).state == "signed"
