"""The history of runs: whose a run is follows from the rows, not from what a message says."""

from unittest.mock import Mock

import dramatiq
from dramatiq_at_work import work_off

from app.store.documents import Document
from app.store.engine import Run
from app.tenancy import every_tenant_scope, tenant_scope


def test_a_message_that_names_anothers_document_leaves_no_trace_of_it(engine, ana, beto):
    theirs, own = ana.import_invoice(), beto.import_invoice()
    actor = engine.jobs.sign_document.actor
    sent = [engine.broker.enqueue(actor.message(beto.id, one)) for one in (theirs, own)]
    work_off(engine.broker, [actor.queue_name])
    with every_tenant_scope():
        runs = {row.message_id: row for row in Run.select().where(Run.tenant_id == beto.id)}
    assert [runs[one.message_id].document_id for one in sent] == [None, own]
    assert [runs[one.message_id].outcome for one in sent] == ["nothing to do", "moved to signed"]
    assert ana.read(theirs).state == "draft"


def test_a_step_that_died_is_told_of_by_whoever_takes_its_row_over(engine, ana):
    document_id = ana.import_invoice()
    assert ana.claim(Document, document_id, owner="lost:7", lease_s=-1)
    actor = engine.jobs.sign_document.actor
    engine.broker.enqueue(actor.message(ana.id, document_id))
    work_off(engine.broker, [actor.queue_name])
    with every_tenant_scope():
        runs = list(Run.select().where(Run.document_id == document_id).order_by(Run.id))
    signed = [run for run in runs if run.actor == "sign_document"]
    assert [(run.state, run.attempt) for run in signed] == [("abandoned", 1), ("succeeded", 1)]
    assert (signed[0].worker, signed[0].error) == ("lost:7", "the worker died while running")
    assert signed[0].started_at <= signed[0].finished_at <= signed[1].started_at


def test_a_step_that_fails_leaves_its_error_and_any_other_message_says_that_it_runs(engine, ana, monkeypatch):
    seen = []

    @dramatiq.actor(broker=engine.broker, queue_name="only-here")
    def look(tenant_id: int) -> None:
        with tenant_scope(tenant_id):
            seen.extend(row.state for row in Run.select().where(Run.actor == "look"))

    document_id = ana.import_invoice()
    broken = Mock(side_effect=RuntimeError("se rompió"))
    monkeypatch.setattr("app.issuing.sign_xml", broken)
    sent = [
        engine.jobs.sign_document.actor.message(ana.id, document_id),
        look.message(ana.id),
    ]
    for message in sent:
        engine.broker.enqueue(message)
    work_off(engine.broker, [message.queue_name for message in sent])
    with every_tenant_scope():
        runs = {row.message_id: row for row in Run.select().where(Run.tenant_id == ana.id)}
    failed, looked = (runs[message.message_id] for message in sent)
    assert (failed.state, failed.error_class, failed.error) == ("failed", "RuntimeError", "se rompió")
    assert "RuntimeError" in failed.traceback and failed.finished_at >= failed.started_at
    assert (seen, looked.state) == (["running"], "succeeded")
