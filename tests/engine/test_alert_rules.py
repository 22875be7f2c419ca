"""Each rule: what raises it, that it is raised once, and that it is over by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from alert_cast import ago
from peewee import fn
from valkey_settings import eviction

from app import alert_watch, alerts, circuit, processes
from app.alert_kinds import KINDS
from app.alert_rules import RULES
from app.ecuador import ECUADOR
from app.errors import Text, Unavailable
from app.lifecycle import State
from app.store.base import database
from app.store.documents import Document, Ride
from app.store.engine import Circuit, Process, Run, Schedule, Tick
from app.store.notices import Notice
from app.store.people import Alert
from app.tenancy import every_tenant_scope, tenant_scope


def run(tenant_id: int, actor: str, state: str, **values) -> None:
    row = {
        "tenant_id": tenant_id,
        "message_id": "m",
        "actor": actor,
        "queue": "sri",
        "arguments": {},
        "attempt": 1,
        "state": state,
        "failed": state in ("failed", "abandoned"),
        "enqueued_at": fn.now(),
        "started_at": fn.now(),
        "worker": "dyno:1",
    }
    with tenant_scope(tenant_id):
        Run.insert({**row, **values}).execute()


def test_every_rule_has_its_gravity_and_name():
    assert {rule.kind for rule in RULES} <= KINDS.keys()


def test_an_installation_in_which_all_is_well_raises_nothing(look, ana):
    ana.import_invoice()
    assert [alert for rule in RULES for alert in look(rule.kind)] == []


def test_more_than_five_failures_in_a_row_of_one_job(look, ana, beto):
    for number in range(6):
        run(ana.id, "submit_document", "failed", error=f"algo raro {number}")
    for _ in range(5):
        run(beto.id, "submit_document", "failed", error="algo raro")
    (alert,) = look("job_fails")
    assert (alert.tenant_id, alert.subject, alert.severity) == (ana.id, "submit_document", "warning")
    assert "6 veces seguidas; la última: algo raro 5" in alert.message
    run(ana.id, "submit_document", "succeeded", outcome="nothing to do")
    assert [one.id for one in look("job_fails")] == [alert.id]
    run(ana.id, "submit_document", "succeeded", outcome="moved to pending_authorization")
    assert look("job_fails") == []


def test_a_run_over_five_minutes(look, ana):
    run(ana.id, "reconcile_tenant_rides", "running", started_at=ago(minutes=4))
    assert look("run_too_long") == []
    run(ana.id, "generate_ride", "running", started_at=ago(minutes=6))
    (alert,) = look("run_too_long")
    assert "generate_ride" in alert.message and "6 minutos" in alert.message
    with tenant_scope(ana.id):
        Run.update(state="succeeded", finished_at=fn.now()).where(Run.state == "running").execute()
    assert look("run_too_long") != []  # it did take that long
    assert look("run_too_long", alert_run_minutes=10) == []
    with tenant_scope(ana.id):
        Run.delete().where(Run.actor == "generate_ride").execute()
    assert look("run_too_long") == []


def test_more_documents_waiting_for_the_sri_than_is_usual(look, ana, beto):
    for _ in range(3):
        ana.document(State.SIGNED)
    beto.document(State.SIGNED)
    assert look("too_many_pending", alert_pending=2) == []  # all are of this moment
    with every_tenant_scope():
        Document.update(signed_at=ago(minutes=6)).where(Document.state == State.SIGNED).execute()
    (alert,) = look("too_many_pending", alert_pending=2)
    assert alert.tenant_id == ana.id
    assert look("too_many_pending", alert_pending=3) == []


def test_a_document_or_ride_that_has_waited_for_too_long(look, ana, beto):
    draft = ana.document()
    authorized = beto.document(State.AUTHORIZED)
    with every_tenant_scope():
        Document.update(created_at=ago(minutes=70)).where(Document.id == draft.id).execute()
        Ride.update(created_at=ago(minutes=80)).where(Ride.id == authorized.id).execute()
    found = {(alert.tenant_id, alert.subject): alert.message for alert in look("waits_too_long")}
    assert set(found) == {(ana.id, "draft"), (beto.id, "ride")}
    assert draft.reference in found[ana.id, "draft"]
    assert authorized.number in found[beto.id, "ride"]
    with tenant_scope(ana.id):  # a person is told otherwise
        parked = {"needs_person_since": fn.now(), "needs_person_code": "x", "needs_person_reason": "x"}
        Document.update(**parked).where(Document.id == draft.id).execute()
    beto.render(authorized.id)
    assert look("waits_too_long") == []


def test_a_due_time_nobody_ran_but_not_one_that_a_restart_jumped_over(look):
    def tick(schedule: str, due_at, outcome: str) -> None:
        Tick.insert(
            schedule=schedule, due_at=due_at, origin="clock", by="t", outcome=outcome, created_at=fn.now()
        ).execute()

    at = datetime.now(UTC) - timedelta(minutes=30)
    tick("watch_certificates", at, "missed")
    tick("sign_drafts", ago(minutes=20), "missed")
    tick("sign_drafts", ago(minutes=20, seconds=-10), "done")
    tick("submit_signed", ago(minutes=90), "missed")
    (alert,) = look("tick_missed")
    assert alert.subject == "watch_certificates"
    due = f"{at.astimezone(ECUADOR):%Y-%m-%d %H:%M}"
    assert alert.message == f"«Vigilar certificados» no corrió 1 vez; la última debía ser {due}"
    assert alert.message_en == f"'Watch certificates' did not run once; the last was due {due}"
    tick("watch_certificates", at - timedelta(minutes=10), "missed")
    assert "no corrió 2 veces" in look("tick_missed")[0].message
    Tick.update(due_at=Tick.due_at - timedelta(minutes=31)).where(
        Tick.schedule == "watch_certificates"
    ).execute()
    assert look("tick_missed") == []


def test_a_queue_that_no_worker_serves(look):
    Process.update(beat_at=ago(minutes=3)).where(Process.kind == "worker").execute()
    processes.beat("dyno:2", "worker", queues=("sri", "sweep"))
    (alert,) = look("worker_silent")
    assert (alert.subject, alert.severity) == ("ride", "critical")
    processes.beat("dyno:3", "worker", queues=("ride",))
    assert look("worker_silent") == []


def test_a_restart_in_order_is_no_silence_and_a_young_process_cannot_know(look):
    processes.leave("worker:1")
    processes.leave("scheduler:1")
    Process.delete().execute()
    processes.beat("dyno:9", "worker", queues=("sri",))
    Process.update(started_at=ago(minutes=10)).execute()
    assert look("worker_silent") == look("scheduler_silent") == []
    database.execute_sql("update jobs.heard set at = now() - interval '3 minutes'")
    assert {alert.subject for alert in look("worker_silent")} == {"ride", "sweep"}
    assert len(look("scheduler_silent")) == 1
    Process.update(started_at=ago(minutes=1)).execute()
    assert look("worker_silent") == look("scheduler_silent") == []


def test_no_scheduler(look):
    Process.update(beat_at=ago(minutes=3)).where(Process.kind == "scheduler").execute()
    (alert,) = look("scheduler_silent")
    assert alert.severity == "critical"
    processes.beat("dyno:4", "scheduler")
    assert look("scheduler_silent") == []


def test_a_service_of_the_sri_that_is_silent_for_long(look):
    silence = Unavailable("timeout", "no contesta", sent=True)
    circuit.note_silence(1, "query", silence, opens_after=1, probe_every_s=30)
    assert look("circuit_open") == []
    Circuit.update(changed_at=ago(minutes=11)).where(Circuit.state == "open").execute()
    (alert,) = look("circuit_open")
    assert alert.subject == "autorización de pruebas"
    assert "11 minutos. El SRI no respondió a tiempo. Nada: se pregunta otra vez." in alert.message
    assert "11 minutes. The SRI did not answer in time. Nothing: it is asked again." in alert.message_en
    circuit.note_answer(1, "query")
    assert look("circuit_open") == []


def test_little_disk(look):
    assert look("disk_full", alert_disk_mb=10**9) != []
    assert look("disk_full") == []


def test_a_redis_that_is_away_or_would_drop_messages(look, services):
    (alert,) = look("redis_trouble", redis_url="redis://127.0.0.1:1/0")
    assert "Redis no responde" in alert.message
    with eviction(services.settings.redis_url, "volatile-lru"):
        (same,) = look("redis_trouble")
    assert (same.id, "volatile-lru" in same.message) == (alert.id, True)
    assert look("redis_trouble") == []


def test_a_clock_that_differs_from_postgresqls(look, monkeypatch):
    from app import readiness

    real = readiness.time.time
    with monkeypatch.context() as patch:
        patch.setattr(readiness.time, "time", lambda: real() - 7)
        (alert,) = look("clock_skew")
    assert "difiere -7.0 s" in alert.message
    assert look("clock_skew") == []


def test_a_channel_that_takes_nothing(look, ana):
    with tenant_scope(ana.id):
        alerts.raise_alert(ana.id, "undecided", "uno", Text("algo", "algo"))
        Notice.insert(
            tenant_id=ana.id,
            alert_id=Alert.select(Alert.id).where(Alert.tenant_id == ana.id),
            event="raised",
            channel="c0ffee",
            channel_name="webhook ops.example.ec",
            created_at=ago(minutes=16),
            next_attempt_at=fn.now(),
            attempts=4,
            last_error="respondió HTTP 500",
        ).execute()
    (alert,) = look("notice_undelivered")
    assert "webhook ops.example.ec" in alert.message and "HTTP 500" in alert.message
    with tenant_scope(ana.id):
        Notice.update(next_attempt_at=None, outcome="sent", sent_at=fn.now()).execute()
    assert look("notice_undelivered") == []


def test_a_word_nobody_knew_is_over_once_the_sri_has_decided(look, ana):
    document = ana.document(State.PENDING_AUTHORIZATION)
    with tenant_scope(ana.id):
        alerts.raise_alert(ana.id, "unknown_sri_word", document.access_key, Text("«CASI»", "«CASI»"))
    assert [alert.tenant_id for alert in look("unknown_sri_word")] == [ana.id]
    ana.bring(document.id, State.AUTHORIZED)
    assert look("unknown_sri_word") == []


def test_a_rule_that_cannot_be_evaluated_holds_up_no_other(look, monkeypatch):
    def broken(_):
        raise OSError("no se puede mirar")

    rules = [rule if rule.kind != "job_fails" else type(rule)("job_fails", broken) for rule in RULES]
    monkeypatch.setattr(alert_watch, "RULES", rules)
    with pytest.raises(OSError, match="no se puede mirar"):
        look("disk_full", alert_disk_mb=10**9)
    with every_tenant_scope():
        assert Alert.select().where(Alert.kind == "disk_full", Alert.resolved_at.is_null()).count() == 1
    monkeypatch.undo()
    assert look("disk_full") == []


def test_when_no_tick_is_served_whoever_notices_looks(engine, look):
    from workers import watch

    Schedule.delete().where(Schedule.name == watch.SCHEDULE).execute()
    assert watch.look_if_nobody_does()  # no scheduler ever ran
    started = datetime.now(UTC) - timedelta(hours=1)
    Schedule.insert(
        name=watch.SCHEDULE, cron="x", timezone="UTC", actor=watch.SCHEDULE, updated_at=started
    ).execute()
    Process.update(beat_at=ago(minutes=3)).where(Process.kind == "scheduler").execute()
    assert watch.look_if_nobody_does()
    with every_tenant_scope():
        standing = {alert.kind for alert in Alert.select().where(Alert.resolved_at.is_null())}
    assert "scheduler_silent" in standing
    engine.schedules.evaluate_alerts(
        engine.ticks.take(watch.SCHEDULE, datetime.now(UTC), origin="clock", by="t")
    )
    assert not watch.look_if_nobody_does()
    engine.by_hand.pause(watch.SCHEDULE, by="olga", reason="mantenimiento")
    Tick.delete().where(Tick.schedule == watch.SCHEDULE).execute()
    assert not watch.look_if_nobody_does()
