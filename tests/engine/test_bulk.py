"""Bulk operations touch what stood there at the click, once each, whatever happens meanwhile."""

import json
import os
import signal
import time
from itertools import count

import pytest
from cast import Taxpayer
from dramatiq_at_work import work_off
from peewee import SQL, IntegrityError, fn

from app import resending, work
from app.bulk import orders, proposing, running
from app.bulk.progress import measure
from app.errors import Refused
from app.lifecycle import State
from app.possible import Action
from app.store.base import database
from app.store.bulk import Bulk, BulkItem
from app.store.delivery import Delivery
from app.store.documents import Document
from app.store.engine import Run
from app.store.people import Audit
from app.tenancy import SYSTEM, every_tenant_scope, tenant_scope

_clicks = count(1)
PERSON = "sara@example.ec"


def parked(taxpayer: Taxpayer, number: int = 1) -> list[int]:
    """Pending documents that the engine has set aside."""
    found = []
    for _ in range(number):
        document = taxpayer.document(State.PENDING_AUTHORIZATION)
        taxpayer.make_due(Document, document.id)
        claim = taxpayer.claim(Document, document.id)
        with tenant_scope(taxpayer.id):
            work.park(claim, "undecided", "el SRI no decidió")
        found.append(document.id)
    return found


def of(taxpayer: Taxpayer):
    return Document.select(Document.tenant_id, Document.id).where(Document.tenant_id == taxpayer.id)


def proposed(taxpayer: Taxpayer, action: Action = Action.RETRY, click: str = "", by: str = PERSON) -> Bulk:
    with tenant_scope(taxpayer.id):
        click = click or f"click-{next(_clicks)}"
        return proposing.propose(action, of(taxpayer), described={}, by=by, click=click)


def change(taxpayer: Taxpayer, operation: Bulk, what: str, reason: str | None = None) -> None:
    with tenant_scope(taxpayer.id):
        orders.change(operation.id, what, by=PERSON, over=1_000, reason=reason or "")


def started(taxpayer: Taxpayer, action: Action = Action.RETRY) -> Bulk:
    operation = proposed(taxpayer, action)
    change(taxpayer, operation, "start", "el SRI ya responde")
    return operation


def due_again(taxpayer: Taxpayer, operation: Bulk) -> None:
    with tenant_scope(taxpayer.id):
        Bulk.update(next_step_at=work.in_seconds(-60)).where(Bulk.id == operation.id).execute()


def step(taxpayer: Taxpayer, operation: Bulk, most: int = 100) -> running.Step:
    due_again(taxpayer, operation)
    return running.step(operation.id, taxpayer.services, most=most)


def outcomes(taxpayer: Taxpayer, operation: Bulk) -> dict[str, int]:
    with tenant_scope(taxpayer.id):
        return measure(operation.id).by_outcome


def stage(taxpayer: Taxpayer, operation: Bulk) -> str:
    with tenant_scope(taxpayer.id):
        return Bulk.get_by_id(operation.id).stage


def waits_for_a_person(taxpayer: Taxpayer, document_id: int) -> bool:
    return taxpayer.read(document_id).needs_person_since is not None


def test_a_bulk_retry_makes_everything_due_that_stood_there_at_the_click_and_nothing_else(ana: Taxpayer):
    then = parked(ana, 3)
    operation = started(ana)
    later = parked(ana, 2)
    done = step(ana, operation)
    assert {wake.document_id for wake in done.wakes} == set(then)
    assert not any(waits_for_a_person(ana, one) for one in then)
    assert all(waits_for_a_person(ana, one) for one in later)
    assert (stage(ana, operation), outcomes(ana, operation)) == ("done", {"done": 3})


def test_a_dry_run_says_what_will_be_left_alone_and_why(ana: Taxpayer, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion", "times": 1}])
    ana.document(State.REJECTED)
    ana.render(ana.document(State.AUTHORIZED).id)
    parked(ana, 2)
    operation = proposed(ana)
    with tenant_scope(ana.id):
        progress = measure(operation.id)
    assert progress.by_outcome == {"waiting": 2, "skipped": 2}
    assert progress.because == {("skipped", "needs_correction"): 1, ("skipped", "finished"): 1}
    assert step(ana, operation).items == 0, "nobody has started it"


def test_what_changed_since_the_dry_run_is_left_alone_with_its_reason(ana: Taxpayer):
    (document_id,) = parked(ana)
    operation = started(ana)
    with tenant_scope(ana.id):
        Document.update(lease_until=work.in_seconds(40), lease_owner="someone").where(
            Document.id == document_id
        ).execute()
    step(ana, operation)
    with tenant_scope(ana.id):
        assert "se está trabajando en él" in BulkItem.get(BulkItem.bulk_id == operation.id).said


def test_a_click_that_comes_twice_is_one_operation(ana: Taxpayer):
    parked(ana)
    first = proposed(ana, click="the same")
    parked(ana)
    assert proposed(ana, click="the same").id == first.id
    assert first.items == 1


def test_an_operation_starts_once_and_only_with_a_reason(ana: Taxpayer):
    parked(ana)
    operation = proposed(ana)
    with pytest.raises(Refused, match="motivo"):
        change(ana, operation, "start", "  ")
    for _ in range(2):
        change(ana, operation, "start", "ya responde")
    with tenant_scope(ana.id):
        assert Audit.select().where(Audit.action == "bulk_start").count() == 1


def test_an_operation_can_be_paused_resumed_and_stopped_for_good(ana: Taxpayer):
    parked(ana, 4)
    operation = started(ana)
    assert step(ana, operation, most=1).more
    change(ana, operation, "pause")
    assert step(ana, operation, most=1).items == 0
    change(ana, operation, "resume")
    assert step(ana, operation, most=1).items == 1
    change(ana, operation, "stop")
    assert step(ana, operation).items == 0
    assert outcomes(ana, operation) == {"done": 2, "waiting": 2}
    with pytest.raises(Refused):
        change(ana, operation, "resume")


def test_two_workers_on_one_operation_do_nothing_twice(ana: Taxpayer):
    parked(ana, 3)
    operation = started(ana)
    taken = running._take(operation.id, 3)
    assert taken is not None
    assert running.step(operation.id, ana.services, most=3).items == 0, "somebody is at it"
    step(ana, operation)  # taken for dead, and yet it goes on
    documents = [item.document_id for item in taken[1]]
    assert running._within_one_transaction(taken[0], ana.id, documents, ana.services) == []
    assert retries(ana) == 3


def retries(taxpayer: Taxpayer) -> int:
    with tenant_scope(taxpayer.id):
        return Audit.select().where(Audit.action == "retry").count()


def test_a_worker_killed_in_the_middle_leaves_an_operation_that_goes_on_and_sends_nothing_twice(
    ana: Taxpayer,
):
    documents = []
    for number in range(4):
        mail = [{"nombre": "Correo", "valor": f"compras{number}@cliente.ec"}]
        documents.append(ana.document(State.AUTHORIZED, infoAdicional=mail).id)
        ana.render(documents[-1])
    with tenant_scope(ana.id):
        Delivery.update(outcome="sent", sent_at=fn.now(), message_id="<x@y>", **work.cleared(None)).where(
            Delivery.tenant_id == ana.id
        ).execute()
    operation = started(ana, Action.RESEND_MAIL)
    die_while_working_on(operation, ana, after=2)
    assert outcomes(ana, operation) == {"waiting": 4}
    while step(ana, operation, most=2).more:
        pass
    assert outcomes(ana, operation) == {"done": 4}
    with tenant_scope(ana.id):
        sent = Delivery.select(Delivery.document_id, fn.count(SQL("*"))).where(Delivery.kind == "resend")
        assert dict(sent.group_by(Delivery.document_id).tuples()) == dict.fromkeys(documents, 1)


def die_while_working_on(operation: Bulk, taxpayer: Taxpayer, after: int) -> None:
    """A process that does a step and is killed with SIGKILL when ``after`` documents are done."""
    due_again(taxpayer, operation)
    database.close()
    child = os.fork()
    if child == 0:
        done, really = count(1), resending.resend_within

        def until_killed(*args, **kwargs):
            if next(done) > after:
                os.kill(os.getpid(), signal.SIGKILL)
            return really(*args, **kwargs)

        database.obj.manual_close() if database.obj and not database.is_closed() else None
        database.obj._connections.clear()
        resending.resend_within = until_killed
        running.step(operation.id, taxpayer.services, most=4)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    deadline = time.monotonic() + 20
    with tenant_scope(taxpayer.id):  # PostgreSQL lets go of what a dead client held
        while time.monotonic() < deadline and not BulkItem.select().for_update(skip_locked=True).exists():
            time.sleep(0.05)


def test_an_operation_nobody_works_on_is_found(ana: Taxpayer):
    parked(ana)
    operation = started(ana)
    assert operation.id not in running.stalled()
    due_again(ana, operation)
    assert operation.id in running.stalled()


def test_a_started_operation_stays_on_record_and_belongs_to_all_its_tenants(ana: Taxpayer, beto: Taxpayer):
    parked(ana)
    operation = started(ana)
    with tenant_scope(beto.id):
        assert Bulk.get_or_none(Bulk.id == operation.id) is None
    with pytest.raises(IntegrityError, match="stays on record"), tenant_scope(ana.id):
        Bulk.delete().where(Bulk.id == operation.id).execute()


def test_rides_are_drawn_anew_by_an_operation(ana: Taxpayer):
    documents = [ana.document(State.AUTHORIZED).id for _ in range(2)]
    ana.render(documents[0])
    operation = started(ana, Action.REBUILD_RIDE)
    step(ana, operation)
    assert outcomes(ana, operation) == {"done": 1, "skipped": 1}


def test_a_real_worker_carries_an_operation_to_its_end_and_wakes_its_documents(
    engine, ana: Taxpayer, monkeypatch
):
    documents = parked(ana, 3)
    operation = started(ana)
    from workers import bulk

    two_a_second = ana.services.settings.model_copy(update={"bulk_per_s": 2})
    monkeypatch.setattr(bulk, "settings", lambda: two_a_second)
    bulk.send(operation.id)
    work_off(engine.broker, {"sweep"}, threads=2, only=True)
    assert (stage(ana, operation), outcomes(ana, operation)) == ("done", {"done": 3})
    asked = [json.loads(body)["args"] for body in engine.broker.client.hvals("autoriza:sri.msgs")]
    assert sorted(document_id for _, document_id in asked) == documents
    with every_tenant_scope():
        runs = list(Run.select(Run.tenant_id).where(Run.actor == "run_bulk"))
    assert len(runs) == 2, "two documents, and a second later the third"
    assert {run.tenant_id for run in runs} == {SYSTEM}, "an operation's id is no tenant's"


def test_the_schedule_sends_a_message_for_an_operation_whose_worker_died(engine, ana: Taxpayer):
    parked(ana)
    operation = started(ana)
    due_again(ana, operation)
    engine.schedules.continue_bulk.fn()
    sent = [json.loads(body)["kwargs"] for body in engine.broker.client.hvals("autoriza:sweep.msgs")]
    assert {"bulk_id": operation.id} in sent


def test_the_schedule_folds_counters_and_rolls_up(engine, ana: Taxpayer):
    ana.document(State.SIGNED)
    engine.schedules.roll_up.fn()
    with every_tenant_scope():
        assert database.execute_sql("select count(*) from tally_change").fetchone() == (0,)
        assert database.execute_sql(
            "select upto > now() - interval '1 minute' from jobs.rolled"
        ).fetchone() == (True,)
