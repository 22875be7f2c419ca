"""What the pages of the engine tell: queues, processes, what is stuck, what is due, calls to the SRI."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer
from console_cast import Browser, a_run, change, words
from delivery_cast import delivered
from peewee import fn
from pydantic import SecretStr

from admin.console import engine, engine_room
from app import processes
from app.lifecycle import State
from app.store.delivery import Delivery
from app.store.documents import Document, SriExchange
from app.store.engine import Process, Schedule, Tick
from app.store.people import Audit
from app.tenancy import tenant_scope
from workers import ticks

LONG_AGO = datetime.now(UTC) - timedelta(hours=1)


def test_processes_tell_what_they_do_and_a_silent_one_or_another_release_is_told(
    admin: Browser, ana: Taxpayer
):
    document = ana.document(State.DRAFT)
    ana.make_due(Document, document.id)
    assert ana.claim(Document, document.id)
    doing = {"actor": "sign_document", "tenant": ana.id, "document": document.id}
    doing["since"] = datetime.now(UTC).isoformat()
    processes.beat("dyno:1", "worker", queues=["sri"], threads=8, work=[doing])
    processes.beat("dyno:2", "worker", queues=["ride"], threads=1)
    Process.update(beat_at=LONG_AGO, version="0.0.9").where(Process.name == "dyno:2").execute()
    page = words(admin.read("/engine/"))
    assert f"Firmar · comprobante {document.id}" in page
    assert "1 / 8" in page
    assert "No da señales" in page
    assert "Trabajan versiones distintas" not in page
    Process.update(beat_at=fn.now()).where(Process.name == "dyno:2").execute()
    assert "Trabajan versiones distintas a la vez: 0.0.9, " in words(admin.read("/engine/"))
    assert f"comprobante {document.id}" in words(admin.read("/runs/now/"))


def test_at_work_is_shown_only_of_ones_own_taxpayers(viewer_of, ana: Taxpayer, beto: Taxpayer):
    doing = {
        "actor": "sign_document",
        "tenant": ana.id,
        "document": 7,
        "since": datetime.now(UTC).isoformat(),
    }
    processes.beat("dyno:3", "worker", queues=["sri"], threads=8, work=[doing])
    assert "comprobante 7" in words(viewer_of(ana).read("/runs/now/"))
    assert "comprobante 7" not in words(viewer_of(beto).read("/runs/now/"))


def test_what_is_stuck_is_told_with_its_reason(admin: Browser, ana: Taxpayer):
    left, forgotten, crashed = (ana.document(State.DRAFT) for _ in range(3))
    change(left, next_attempt_at=LONG_AGO, lease_until=LONG_AGO, lease_owner="dyno:9")
    change(forgotten, next_attempt_at=LONG_AGO, published_at=None)
    change(crashed, next_attempt_at=None, needs_person_since=fn.now(), last_error_code="crashed")
    hanging = a_run(
        ana.id, state="running", started_at=LONG_AGO, finished_at=None, actor="sign_tenant_drafts"
    )
    page = admin.read("/engine/")
    told = words(page)
    assert "su proceso lo dejó a medias y nadie lo ha tomado" in told
    assert "dyno:9" in told
    assert "debía avanzar y nadie lo ha tomado" in told
    assert "en cuarentena" in told
    for document in (left, forgotten, crashed):
        assert f'href="/documents/{document.id}/"' in page
    assert f'href="/runs/{hanging}/"' in page


def test_what_waits_in_redis_is_counted_by_queue(admin: Browser, ana: Taxpayer):
    before = {queue.name: queue.waiting for queue in engine.queues()}
    document = ana.document(State.SIGNED)
    admin.post(f"/documents/{document.id}/retry")
    after = {queue.name: queue for queue in engine.queues()}
    assert after["sri"].waiting == before["sri"] + 1
    assert after["sri"].oldest is not None
    assert after["sri"].dead == 0


def test_redis_that_is_away_is_said_and_the_page_is_there_all_the_same(admin: Browser, monkeypatch):
    monkeypatch.setattr(engine, "queues", lambda: None)
    assert "Redis no responde" in words(admin.read("/engine/"))


def test_what_is_due_later_is_read_from_the_documents_soonest_first(viewer_of, ana: Taxpayer, beto: Taxpayer):
    soon, later, fresh = ana.document(State.SIGNED), ana.document(State.DRAFT), ana.document(State.AUTHORIZED)
    beto.document(State.DRAFT)
    now = datetime.now(UTC)
    change(soon, next_attempt_at=now + timedelta(minutes=5), last_error_code="timeout", attempts=3)
    change(later, next_attempt_at=now + timedelta(hours=5))
    told = words(viewer_of(ana).read("/runs/later/"))
    places = [told.index(f"comprobante {one.id}") for one in (fresh, soon, later)]
    assert places == sorted(places)
    assert "dentro de 4 min" in told
    assert "timeout" in told
    assert "BETO" not in told


def test_what_is_for_buyers_is_not_due_while_mail_is_not_set_up(viewer_of, ana: Taxpayer, services):
    document_id = delivered(ana)
    with tenant_scope(ana.id):
        Delivery.update(next_attempt_at=LONG_AGO).where(Delivery.document_id == document_id).execute()
        assert engine_room.look(services).outbox.n == 0
    reader = viewer_of(ana)
    later = words(reader.read("/runs/later/"))
    assert "El correo no está configurado" in later
    assert "Enviar al comprador" not in later
    entry = words(reader.read(f"/documents/{document_id}/?show=mail"))
    assert "Espera a que se configure el correo" in entry
    assert "próximo intento" not in entry.lower()


def test_what_is_for_buyers_is_due_when_there_is_a_mail_server(viewer_of, ana: Taxpayer, app, monkeypatch):
    document_id = delivered(ana)
    with tenant_scope(ana.id):
        Delivery.update(next_attempt_at=LONG_AGO).where(Delivery.document_id == document_id).execute()
    sending = ana.under(smtp_url=SecretStr("smtp://127.0.0.1:9"), mail_from="f@i.ec").services
    monkeypatch.setitem(app.extensions, "services", sending)
    with tenant_scope(ana.id):
        assert engine_room.look(sending).outbox.n >= 1
    later = words(viewer_of(ana).read("/runs/later/"))
    assert "Enviar al comprador" in later
    assert "El correo no está configurado" not in later


@pytest.fixture
def calls(ana: Taxpayer, simulator) -> dict[str, int]:
    """One document's calls by outcome: received, then a silence, then authorized."""
    document = ana.document(State.PENDING_AUTHORIZATION)
    simulator.script([{"ruc": ana.ruc, "fault": "http_503", "stage": "autorizacion"}])
    ana.bring(document.id, State.AUTHORIZED)
    return {call.outcome: call.id for call in ana.exchanges(document.id)}


def test_calls_to_the_sri_are_narrowed_by_what_came_back_where_and_when(viewer_of, calls, ana: Taxpayer):
    viewer = viewer_of(ana)

    def shown(**asked: str) -> set[int]:
        page = viewer.get("/exchanges/", query_string=asked).get_data(as_text=True)
        return {ident for ident in calls.values() if f"/exchanges/{ident}/" in page}

    today = datetime.now(UTC).astimezone().strftime("%Y-%m-%d")
    assert shown() == set(calls.values())
    assert shown(outcome="unavailable") == {calls["unavailable"]}
    assert shown(outcome="received") == {calls["received"]}
    assert shown(outcome="rejected") == set()
    assert shown(environment="1", operation="submit") == {calls["received"]}
    assert shown(environment="2") == set()
    assert shown(until="2020-01-01") == set()
    assert shown(after="2020-01-01", until="2100-01-01") == set(calls.values())
    assert shown(after=today) | shown(after="ayer") == set(calls.values())


@pytest.mark.parametrize("wrong", ["outcome=gone", "environment=3", "environment=x", "after=soon", "sort=1"])
def test_what_cannot_be_narrowed_by_is_refused(viewer_of, ana: Taxpayer, wrong):
    assert viewer_of(ana).get(f"/exchanges/?{wrong}").status_code == 400


def test_a_call_shows_what_was_sent_beside_what_came_back_without_signatures(viewer_of, calls, ana: Taxpayer):
    with tenant_scope(ana.id):
        document_id = SriExchange.get_by_id(calls["received"]).document_id
    viewer = viewer_of(ana)
    page = viewer.read(f"/documents/{document_id}/exchanges/{calls['received']}/")
    assert "infoTributaria" in page
    assert "los mismos bytes, comprobado por su SHA-256" in page
    assert "… (" in page
    assert "RECIBIDA" in page
    asked = words(viewer.read(f"/documents/{document_id}/exchanges/{calls['authorized']}/"))
    assert "Se preguntó por la clave de acceso" in asked
    assert "AUTORIZADO" in asked


def test_a_pause_with_an_end_ends_by_itself(admin: Browser, ana: Taxpayer):
    row = {"name": "sign_drafts", "cron": "* * * * * *", "timezone": "UTC", "actor": "sign_drafts"}
    Schedule.insert(**row, updated_at=fn.now()).on_conflict_ignore().execute()
    assert admin.post("/schedules/sign_drafts/pause", {"reason": " "}).status_code == 302
    assert not ticks.paused("sign_drafts")
    admin.post("/schedules/sign_drafts/pause", {"reason": "mantenimiento", "hours": "0"})
    assert not ticks.paused("sign_drafts")
    admin.post("/schedules/sign_drafts/pause", {"reason": "mantenimiento", "hours": "2"})
    assert ticks.paused("sign_drafts")
    told = words(admin.read("/schedules/"))
    assert "«mantenimiento»" in told
    assert "Se reanuda solo el" in told
    Schedule.update(resume_at=LONG_AGO).where(Schedule.name == "sign_drafts").execute()
    assert not ticks.paused("sign_drafts")
    assert "«mantenimiento»" not in words(admin.read("/schedules/"))


def test_a_schedule_shows_how_its_last_times_went_and_leads_to_the_jobs_of_each(admin: Browser):
    for second, outcome in enumerate(("done", "missed", "skipped", "failed")):
        due = LONG_AGO + timedelta(seconds=second)
        began = due if outcome in ("done", "failed") else None
        tick = Tick.insert(
            schedule="keep_house",
            due_at=due,
            origin="clock",
            by="s:1",
            outcome=outcome,
            started_at=began,
            finished_at=began and began + timedelta(seconds=2),
            created_at=fn.now(),
        ).execute()
    page = admin.read("/schedules/")
    told = words(page)
    assert "Últimas 4: 1 falló · 1 omitido · 1 perdido · 1 hecho" in told
    assert page.count('class="tick-missed"') == 1
    a_run(0, tick_id=tick, actor="keep_house", state="succeeded", error=None, error_class=None)
    assert "keep_house" in admin.read(f"/runs/?tick={tick}")


def test_what_is_stuck_is_repaired_by_the_sweep_that_would_have_taken_it(admin: Browser, ana: Taxpayer):
    left, crashed = ana.document(State.DRAFT), ana.document(State.DRAFT)
    change(left, next_attempt_at=LONG_AGO, published_at=LONG_AGO, lease_until=LONG_AGO, lease_owner="dyno:9")
    change(
        crashed,
        next_attempt_at=None,
        needs_person_since=fn.now(),
        needs_person_code="crashed",
        needs_person_reason="cayó",
        last_error_code="crashed",
        crash_count=3,
    )
    assert f'action="/engine/repair/{left.id}"' in admin.read("/engine/")
    before = {queue.name: queue.waiting for queue in engine.queues()}
    admin.post(f"/engine/repair/{left.id}")
    after = {queue.name: queue.waiting for queue in engine.queues()}
    assert after["sweep"] == before["sweep"] + 1
    assert ana.read(left.id).published_at is None
    admin.post(f"/engine/repair/{crashed.id}")
    again = ana.read(crashed.id)
    assert (again.needs_person_since, again.crash_count) == (None, 0)
    with tenant_scope(ana.id):
        lines = Audit.select().where(Audit.by == admin.email, Audit.action.in_(["repair", "retry"]))
        assert [(line.action, line.target) for line in lines.order_by(Audit.id)] == [
            ("repair", f"document {left.id}"),
            ("retry", f"document {crashed.id}"),
        ]
    assert admin.post("/engine/repair/999999999").status_code == 404
