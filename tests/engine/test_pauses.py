"""Pauses: nothing is claimed, nothing is lost, no attempt is spent; what was sent is asked for; resumed, it goes on."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer

from app import pausing, work
from app.errors import Refused
from app.invariants import find_violations
from app.lifecycle import State
from app.pausing import EVERYTHING, Subject, subject_of
from app.store.base import WorkRow, database
from app.store.delivery import Delivery
from app.store.documents import Document, Ride
from app.store.engine import Pause
from app.store.people import Audit
from app.tenancy import SYSTEM, tenant_scope

PERSON, WHY = "olga@example.ec", "cambio de firma en bodega"
MAIL = [{"nombre": "Correo", "valor": "compras@cliente.ec"}]
BY_STAGE = {
    "sign": (State.DRAFT, "sign_document"),
    "submit": (State.SIGNED, "submit_document"),
    "check": (State.PENDING_AUTHORIZATION, "check_authorization"),
    "ride": (State.AUTHORIZED, "generate_ride"),
    "mail": (State.AUTHORIZED, "deliver_document"),
}


@pytest.fixture(autouse=True)
def _everything_goes_on(engine) -> Iterator[None]:
    """No test sees another's pauses, nor does this process remember them."""
    from workers import paused

    yield
    with database.connection_context():
        Pause.update(ended_at=work.in_seconds(-600)).execute()
    paused.look()


@pytest.fixture
def mail(services, monkeypatch) -> None:
    """An installation that has a mail server."""
    from workers import job

    monkeypatch.setattr(job, "mail_is_on", lambda: True)


def waiting(taxpayer: Taxpayer, stage: str) -> WorkRow:
    """A row of the taxpayer that is due at ``stage``, its message sent long ago."""
    state, _ = BY_STAGE[stage]
    document = taxpayer.document(state, infoAdicional=MAIL)
    row: WorkRow = document
    with tenant_scope(taxpayer.id):
        if stage == "ride":
            row = Ride.get_by_id(document.id)
    if stage == "mail":
        taxpayer.render(document.id)
        with tenant_scope(taxpayer.id):
            row = Delivery.get(Delivery.document_id == document.id)
    with tenant_scope(taxpayer.id):
        model = type(row)
        model.update(next_attempt_at=work.in_seconds(-1), published_at=work.in_seconds(-60)).where(
            model.id == row.id
        ).execute()
    return row


def again(taxpayer: Taxpayer, row: WorkRow) -> WorkRow:
    """The row as it stands."""
    with tenant_scope(taxpayer.id):
        return type(row).get_by_id(row.id)


def worked(engine, stage: str, taxpayer: Taxpayer, row: WorkRow) -> str:
    """What a worker says of the row's message."""
    kind = engine.job.JOBS[BY_STAGE[stage][1]]
    with database.connection_context():
        return engine.job.run(kind, taxpayer.id, getattr(row, "document_id", row.id), paced=True)


def swept(engine, stage: str, taxpayer: Taxpayer) -> int:
    return engine.sweeps.sweep_tenant(engine.job.JOBS[BY_STAGE[stage][1]], taxpayer.id).published


def hold(engine, written: str, until: datetime | None = None) -> Subject:
    subject = subject_of(written)
    engine.by_hand.hold(subject, by=PERSON, reason=WHY, until=until)
    return subject


def holding(stage: str) -> list[str]:
    """Whatever, paused, holds back ``stage`` of somebody in pruebas."""
    return [str(one) for one in EVERYTHING if stage in one.stages and one.environment != 2]


EACH = [(stage, written) for stage in BY_STAGE for written in holding(stage)]


@pytest.mark.parametrize(("stage", "written"), EACH)
def test_while_it_is_paused_no_row_is_claimed_or_published_and_afterwards_it_is(
    engine, ana, mail, stage, written
):
    row = waiting(ana, stage)
    subject = hold(engine, written)
    before = again(ana, row)
    assert worked(engine, stage, ana, row) == "nothing to do"
    assert swept(engine, stage, ana) == 0
    assert engine.sweeps.tenants_with_due_rows(engine.job.JOBS[BY_STAGE[stage][1]]) == []
    after = again(ana, row)
    assert (after.attempts, after.fence, after.crash_count) == (before.attempts, before.fence, 0)
    engine.by_hand.let_go(subject, by=PERSON)
    assert swept(engine, stage, ana) == 1
    if stage != "mail":  # which would need a mail server to take it
        assert worked(engine, stage, ana, row) != "nothing to do"
        assert again(ana, row).fence == before.fence + 1


def test_sending_is_paused_and_what_was_sent_is_asked_for_all_the_same(engine, ana):
    pending, signed = ana.document(State.PENDING_AUTHORIZATION), ana.document(State.SIGNED)
    hold(engine, "stage:submit")
    for document in (pending, signed):
        ana.make_due(Document, document.id)
    worked(engine, "check", ana, pending)
    worked(engine, "submit", ana, signed)
    assert (ana.read(pending.id).state, ana.read(signed.id).state) == ("authorized", "signed")


def test_a_service_of_produccion_is_paused_and_pruebas_goes_on(engine, ana):
    signed = waiting(ana, "submit")
    hold(engine, "endpoint:2:submit")
    assert swept(engine, "submit", ana) == 1
    assert worked(engine, "submit", ana, signed) == "moved to pending_authorization"


def test_what_was_published_a_moment_before_the_end_is_published_again_at_once(engine, ana):
    row = waiting(ana, "submit")
    subject = hold(engine, "stage:submit")
    with tenant_scope(ana.id):
        Document.update(published_at=work.in_seconds(0)).where(Document.id == row.id).execute()
    worked(engine, "submit", ana, row)
    engine.by_hand.let_go(subject, by=PERSON)
    assert swept(engine, "submit", ana) == 1
    assert swept(engine, "submit", ana) == 0, "once is enough"


def test_resuming_has_every_stage_of_a_queue_looked_at_at_once(engine, ana):
    engine.by_hand.let_go(hold(engine, "queue:sri"), by=PERSON)
    sent = [json.loads(body)["actor_name"] for body in engine.broker.client.hvals("autoriza:sweep.msgs")]
    assert sorted(sent) == ["check_pending_authorizations", "submit_signed"]


def test_a_pause_ends_at_its_time_whoever_is_awake_and_its_schedule_puts_that_on_record(engine, ana):
    row = waiting(ana, "sign")
    subject = hold(engine, "stage:sign", until=datetime.now(UTC) + timedelta(hours=1))
    assert swept(engine, "sign", ana) == 0
    Pause.update(resume_at=work.in_seconds(-1)).where(Pause.ended_at.is_null()).execute()
    assert swept(engine, "sign", ana) == 1
    engine.schedules.end_pauses.fn()
    ended = Pause.select().order_by(Pause.id.desc()).get()
    assert (ended.subject, ended.ended_by) == ("sign", "autoriza")
    with tenant_scope(SYSTEM):
        lines = Audit.select().where(Audit.target == str(subject)).order_by(Audit.id.desc()).limit(2)
        assert [line.action for line in lines] == ["pause_ended", "paused"]
    assert worked(engine, "sign", ana, row) == "moved to signed"


def test_a_pause_is_on_record_with_an_alert_while_it_lasts(engine, ana):
    subject = hold(engine, "queue:ride")
    with tenant_scope(SYSTEM):
        line = Audit.select().where(Audit.action == "paused").order_by(Audit.id.desc()).get()
        assert (line.by, line.target, line.reason) == (PERSON, "queue:ride", WHY)
    alerts = [one for one in alerts_of_everybody() if one.subject == "queue:ride"]
    assert WHY in alerts[-1].message
    engine.by_hand.let_go(subject, by=PERSON)
    assert all(one.resolved_at for one in alerts_of_everybody() if one.subject == "queue:ride")


def alerts_of_everybody():
    from app.store.people import Alert

    with tenant_scope(SYSTEM):
        return list(Alert.select().where(Alert.kind == pausing.PLACED))


def test_what_makes_no_sense_is_refused(engine, ana):
    with pytest.raises(Refused, match="no se puede pausar «queue:sweep»"):
        subject_of("queue:sweep")
    subject = Subject("stage", "mail")
    with pytest.raises(Refused, match="por qué"):
        engine.by_hand.hold(subject, by=PERSON, reason="  ")
    with pytest.raises(Refused, match="ya pasó"):
        engine.by_hand.hold(subject, by=PERSON, reason=WHY, until=datetime.now(UTC) - timedelta(minutes=1))
    with pytest.raises(Refused, match="no está en pausa"):
        engine.by_hand.let_go(subject, by=PERSON)
    hold(engine, "stage:mail")
    with pytest.raises(Refused, match="ya está en pausa"):
        hold(engine, "stage:mail")


def test_what_a_pause_holds_is_not_called_stuck(services, engine, ana):
    row = waiting(ana, "submit")
    with tenant_scope(ana.id):
        Document.update(next_attempt_at=work.in_seconds(-300), published_at=None).where(
            Document.id == row.id
        ).execute()

    def stuck() -> bool:
        return any(
            one.subject == row.access_key for one in find_violations(services) if one.invariant == "I3"
        )

    assert stuck()
    hold(engine, "queue:sri")
    assert not stuck()
