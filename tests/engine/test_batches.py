"""What is handed in together is a batch, and its end is told exactly once, however it ended and whoever looks."""

import json
import os
import signal
import time

import pytest
from cast import Taxpayer, at_once
from documents_cast import invoice
from notice_cast import act, hook, told
from peewee import fn
from racing import another_writer

from app import batches, intake
from app.auditing import Audit
from app.intake import Offer, OffersRefused
from app.lifecycle import State
from app.store.base import database
from app.store.batches import Batch
from app.store.documents import Document
from app.store.notices import Notice
from app.tenancy import tenant_scope
from workers import runtime

__all__ = ["hook", "told"]


def files(number: int, first: int = 0) -> list[Offer]:
    names = [f"noviembre/factura-{place}.json" for place in range(first, first + number)]
    return [Offer(json.dumps(invoice(referencia=name)).encode(), name) for name in names]


def handed_in(taxpayer: Taxpayer, number: int, called: str = "") -> tuple[Batch, list[int]]:
    """A batch of so many, and its documents."""
    accepted = intake.accept_all(taxpayer.id, files(number), by="ana", called=called)
    with tenant_scope(taxpayer.id):
        return Batch.select().order_by(Batch.id.desc()).get(), [one.document_id for one in accepted]


def again(taxpayer: Taxpayer, batch: Batch) -> Batch:
    with tenant_scope(taxpayer.id):
        return Batch.get_by_id(batch.id)


def batches_of(taxpayer: Taxpayer) -> list[Batch]:
    with tenant_scope(taxpayer.id):
        return list(Batch.select().order_by(Batch.id))


def set_aside(taxpayer: Taxpayer, *documents: int) -> None:
    with tenant_scope(taxpayer.id):
        Document.update(
            next_attempt_at=None,
            needs_person_since=fn.now(),
            needs_person_code="undecided",
            needs_person_reason="el SRI no decidió",
        ).where(Document.id.in_(documents)).execute()


def test_several_files_are_a_batch_with_its_name_and_its_documents_and_one_alone_is_none(ana, beto):
    batch, documents = handed_in(ana, 3)
    assert (batch.called, batch.by, batch.files, batch.documents) == ("factura-0.json", "ana", 3, 3)
    assert {ana.read(one).batch_id for one in documents} == {batch.id}
    named, _ = handed_in(beto, 2, called="  Ventas  de noviembre ")
    assert named.called == "Ventas de noviembre"
    alone = beto.import_invoice()
    intake.accept_all(beto.id, files(1, first=50), by="ana")
    assert beto.read(alone).batch_id is None
    assert len(batches_of(beto)) == 1


def test_what_was_known_already_is_not_of_the_batch_and_the_same_files_again_are_none(ana):
    batch, documents = handed_in(ana, 3)
    intake.accept_all(ana.id, files(5), by="ana")
    intake.accept_all(ana.id, files(5), by="ana")  # nothing new
    first, second = batches_of(ana)
    assert (second.files, second.documents) == (5, 2)
    assert {ana.read(one).batch_id for one in documents} == {first.id} == {batch.id}


def test_files_of_which_one_is_refused_leave_no_batch(ana):
    wrong = Offer(json.dumps(invoice(detalles=[])).encode(), "mala.json")
    with pytest.raises(OffersRefused):
        intake.accept_all(ana.id, [*files(2), wrong], by="ana")
    assert batches_of(ana) == []


def test_it_is_over_when_nothing_moves_by_itself_some_having_failed_and_stays_so(ana, simulator):
    batch, (authorized, decided, waits) = handed_in(ana, 3)
    assert batches.finish_over() == 0
    ana.bring(authorized, State.AUTHORIZED)
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion", "times": 1}])
    ana.bring(decided, State.REJECTED)
    assert batches.finish_over() == 0  # one is on its way
    set_aside(ana, waits)
    assert batches.finish_over() == 1
    over = again(ana, batch)
    assert (over.authorized, over.waiting, over.refused) == (1, 1, 1)
    ana.correct(decided)
    assert batches.finish_over() == 0  # it moves again, and that is told no second time
    ana.bring(decided, State.AUTHORIZED)
    assert batches.finish_over() == 0
    assert again(ana, batch).finished_at == over.finished_at
    assert len(ana.alerts(batches.FINISHED)) == 1


def test_of_many_who_look_at_the_same_moment_one_tells_each_end(ana, beto):
    for taxpayer in (ana, beto):
        for turn in range(3):
            documents = [
                one.document_id for one in intake.accept_all(taxpayer.id, files(3, first=10 * turn), by="ana")
            ]
            set_aside(taxpayer, *documents)
    assert sum(at_once(6, lambda _: batches.finish_over())) == 6
    for taxpayer in (ana, beto):
        assert len({alert.subject for alert in taxpayer.alerts(batches.FINISHED)}) == 3
        assert len(taxpayer.alerts(batches.FINISHED)) == 3
        with tenant_scope(taxpayer.id):
            assert Audit.select().where(Audit.action == batches.FINISHED).count() == 3


def test_while_another_decides_nobody_waits_for_it_and_when_it_dies_the_next_look_tells(
    ana, servers, services
):
    batch, documents = handed_in(ana, 2)
    set_aside(ana, *documents)
    with another_writer(servers, services) as other:
        other.cursor().execute("select from batch where id = %s for update", [batch.id])
        assert batches.finish_over() == 0  # not a second time, and without waiting
        other.rollback()  # died before it had committed
    assert batches.finish_over() == 1
    assert len(ana.alerts(batches.FINISHED)) == 1


def test_whoever_breaks_between_the_record_and_the_notice_leaves_neither(ana, monkeypatch):
    batch, documents = handed_in(ana, 2)
    set_aside(ana, *documents)

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("killed here")

    monkeypatch.setattr(batches, "announce", crash)
    with pytest.raises(RuntimeError):
        batches.finish_over()
    assert again(ana, batch).finished_at is None
    monkeypatch.undo()
    assert batches.finish_over() == 1


def test_a_process_killed_after_the_record_and_before_its_end_tells_nothing_and_the_next_look_does(ana):
    batch, documents = handed_in(ana, 2)
    set_aside(ana, *documents)
    database.close()
    child = os.fork()
    if child == 0:
        database.obj._connections.clear()
        batches.announce = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        batches.finish_over()
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    deadline = time.monotonic() + 20
    while not batches.finish_over():  # PostgreSQL lets go of what a dead client held
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert again(ana, batch).finished_at is not None
    assert len(ana.alerts(batches.FINISHED)) == 1


def test_the_schedule_that_looks_each_minute_ends_them_and_writes_the_notices(engine, told, post, hook, ana):
    _, documents = handed_in(ana, 2)
    set_aside(ana, *documents)
    runtime.use(told())
    try:
        engine.schedules.evaluate_alerts.fn()
    finally:
        runtime.use(told(alert_channels="", smtp_url="", mail_from=""))
    (alert,) = ana.alerts(batches.FINISHED)
    with tenant_scope(ana.id):
        assert Notice.select().where(Notice.alert_id == alert.id).count() == 2


def test_people_are_told_once_with_how_many_stand_where(told, post, hook, ana):
    installation = told()
    _, documents = handed_in(ana, 2, called="Ventas de noviembre")
    ana.bring(documents[0], State.AUTHORIZED)
    set_aside(ana, documents[1])
    batches.finish_over()
    for _ in range(3):
        act(installation)
    (letter,) = post.taken
    assert "Terminó un lote" in letter.mail["Subject"]
    said = letter.mail.get_content()
    assert "Terminó el lote «Ventas de noviembre»." in said
    assert "Autorizados: 1; necesitan a una persona: 1 (rechazados por el SRI: 0)." in said
    (posted,) = hook.received
    heard = json.loads(posted.body)
    assert (heard["event"], heard["kind"], heard["severity"]) == ("raised", "batch_finished", "warning")


def test_a_batch_that_ended_well_is_told_to_whoever_wants_to_know_all(told, post, hook, ana):
    _, documents = handed_in(ana, 2)
    for one in documents:
        ana.bring(one, State.AUTHORIZED)
    batches.finish_over()
    (alert,) = ana.alerts(batches.FINISHED)
    assert alert.severity == "info"
    act(told(alert_least_severity="info"))
    assert "Terminó un lote" in post.taken[0].mail["Subject"]


def test_two_who_write_notices_at_once_write_each_once(told, post, hook, ana):
    installation = told()
    _, documents = handed_in(ana, 2)
    set_aside(ana, *documents)
    batches.finish_over()
    at_once(3, lambda _: act(installation))
    assert len(hook.received) == 1
    (alert,) = ana.alerts(batches.FINISHED)
    assert (alert.told_at is not None, alert.end_told_at is not None) == (True, True)


def test_the_end_of_a_batch_is_written_once_and_the_batch_stays(ana):
    batch, documents = handed_in(ana, 2)
    set_aside(ana, *documents)
    batches.finish_over()
    for change in ("update batch set finished_at = null", "delete from batch", "truncate batch cascade"):
        with pytest.raises(Exception, match="append-only"), tenant_scope(ana.id):
            database.execute_sql(change)
    assert again(ana, batch).finished_at is not None
