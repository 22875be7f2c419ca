"""The history of runs: whose a run is follows from the rows, not from what a message says."""

from dramatiq import Worker

from app.store.engine import Run
from app.tenancy import every_tenant_scope


def test_a_message_that_names_anothers_document_leaves_no_trace_of_it(engine, ana, beto):
    theirs, own = ana.import_invoice(), beto.import_invoice()
    actor = engine.jobs.sign_document.actor
    worker = Worker(engine.broker, worker_timeout=50, worker_threads=1)
    sent = [engine.broker.enqueue(actor.message(beto.id, one)) for one in (theirs, own)]
    worker.start()
    try:
        engine.broker.join(actor.queue_name, timeout=10_000)
        worker.join()
    finally:
        worker.stop()
    with every_tenant_scope():
        runs = {row.message_id: row for row in Run.select().where(Run.tenant_id == beto.id)}
    assert [runs[one.message_id].document_id for one in sent] == [None, own]
    assert [runs[one.message_id].outcome for one in sent] == ["nothing to do", "moved to signed"]
    assert ana.read(theirs).state == "draft"
