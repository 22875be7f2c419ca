"""What each page tells."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer, take_on
from console_cast import Browser, a_run, signed_in, words
from peewee import OperationalError, fn

from app import audit_chain, halts
from app.alerts import announce, raise_alert, resolve_alert
from app.errors import Text
from app.lifecycle import State
from app.permissions import Role
from app.store.base import database
from app.store.engine import Schedule, Tick
from app.store.tenants import Certificate
from app.tenancy import tenant_scope


def test_every_document_wears_its_ambiente(viewer_of, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    viewer = viewer_of(ana)
    for place in ("/", "/documents/", f"/documents/{document.id}/", "/tenants/"):
        assert "PRUEBAS" in viewer.read(place), place


def test_times_are_ecuadors_with_utc_beside_them(viewer_of, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    created = ana.read(document.id).created_at
    page = viewer_of(ana).read(f"/documents/{document.id}/")
    assert f'title="{created.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"' in page
    assert f"{created.astimezone(UTC) - timedelta(hours=5):%H:%M:%S}</time>" in page


def test_what_a_buyer_is_called_never_becomes_part_of_the_page(viewer_of, ana: Taxpayer):
    name = "<script>alert(1)</script> & 'Hijos'"
    document = ana.document(State.DRAFT, razonSocialComprador=name)
    viewer = viewer_of(ana)
    for place in ("/documents/", f"/documents/{document.id}/"):
        page = viewer.read(place)
        assert "<script>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page


def test_a_failed_run_shows_its_error_its_traceback_and_its_times(viewer_of, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    started = datetime.now(UTC)
    run = a_run(
        ana.id,
        document.id,
        enqueued_at=started - timedelta(seconds=3),
        started_at=started,
        finished_at=started + timedelta(seconds=75),
    )
    page = words(viewer_of(ana).read(f"/runs/{run}/"))
    assert "Falló" in page
    assert "ValueError algo raro" in page
    assert "Traceback (most recent call last)" in page
    assert "Esperó 3,0 s Duró 1 min 15 s" in page


def test_runs_are_narrowed_by_state_and_job(viewer_of, ana: Taxpayer):
    failed = a_run(ana.id)
    fine = a_run(ana.id, state="succeeded", actor="generate_ride", error=None, error_class=None)
    viewer = viewer_of(ana)
    assert f"/runs/{fine}/" not in viewer.read("/runs/?state=failed")
    assert f"/runs/{failed}/" in viewer.read("/runs/?state=failed")
    assert f"/runs/{failed}/" not in viewer.read("/runs/?actor=generate_ride")
    assert viewer.get("/runs/?state=lost").status_code == 400


def test_runs_of_the_engine_itself_are_for_admins(admin: Browser, viewer_of, ana):
    run = a_run(0, actor="sign_drafts")
    assert admin.get(f"/runs/{run}/").status_code == 200
    assert viewer_of(ana).get(f"/runs/{run}/").status_code == 404


def test_schedules_show_their_last_and_next_time(admin: Browser, services):
    Tick.insert(
        schedule="check_pending_authorizations",
        due_at="2026-03-02 15:00Z",
        origin="clock",
        by="scheduler:1",
        outcome="done",
        started_at="2026-03-02 15:00:01Z",
        finished_at="2026-03-02 15:00:02Z",
        tenants=4,
        created_at=fn.now(),
    ).execute()
    Schedule.insert(
        name="generate_rides",
        cron="0 * * * * *",
        timezone="America/Guayaquil",
        actor="generate_rides",
        paused_since=fn.now(),
        paused_by="jefa@example.ec",
        updated_at=fn.now(),
    ).on_conflict_ignore().execute()
    page = words(admin.read("/schedules/"))
    assert "Cada 30 segundos" in page
    assert "02 mar 2026 10:00:00" in page
    assert "En pausa" in page
    assert "en pausa por jefa@example.ec" in page


def test_alerts_are_narrowed_to_those_that_stand(viewer_of, ana: Taxpayer):
    with tenant_scope(ana.id):
        raise_alert(ana.id, "undecided", "uno", Text("sigue sin decisión", "sigue sin decisión"))
        raise_alert(ana.id, "undecided", "otro", Text("ya se resolvió", "ya se resolvió"))
        resolve_alert(ana.id, "undecided", "otro")
    viewer = viewer_of(ana)
    assert "ya se resolvió" in viewer.read("/alerts/?state=all")
    assert "ya se resolvió" not in viewer.read("/alerts/")
    assert "ya se resolvió" not in viewer.read("/alerts/?state=standing")
    assert "sigue sin decisión" in viewer.read("/alerts/?state=standing")


ABOUT = {
    ("waits_too_long", "signed"): ("firmados por enviar", "signed documents to be sent"),
    ("waits_too_long", "ride"): ("autorizados sin RIDE", "authorized documents without a RIDE"),
    ("too_many_pending", "pending"): ("comprobantes que esperan al SRI", "documents that wait for the SRI"),
    ("halted", "52 tenant"): ("todo el contribuyente (52)", "the whole taxpayer (52)"),
    ("halted", "manual tenant"): ("todo el contribuyente (a mano)", "the whole taxpayer (by hand)"),
    ("halted", "inventario 001"): ("establecimiento 001 (inventario)", "establishment 001 (inventario)"),
    ("worker_silent", "ride"): ("la cola «ride»", "the queue 'ride'"),
    ("tick_missed", "keep_house"): ("Programa: limpieza", "Schedule: keep house"),
    ("run_too_long", "sign_document 7"): ("Firmar 7", "Sign 7"),
    ("paused", "stage:submit"): ("Paso: enviar al SRI", "Step: send to the SRI"),
    ("circuit_open", "recepción de pruebas"): ("recepción de pruebas", "reception in pruebas"),
    ("new_failure_group", "signed undecided"): (
        "Firmados: El SRI no decidió dentro del plazo",
        "Signed: The SRI did not decide in time",
    ),
    ("new_failure_group", "mail mail_later # #.#.# Mailbox full"): (
        "Por enviar: El servidor de correo pidió volver más tarde (Mailbox full)",
        "To be sent: The mail server asked to come again later (Mailbox full)",
    ),
    ("new_failure_group", "rejected 52"): ("No autorizados: 52,", "Not authorized: 52,"),
    ("undecided", "7" * 49): ("7" * 49, "7" * 49),
}


@pytest.mark.parametrize(("kind", "subject"), ABOUT)
def test_what_an_alert_is_about_is_said_in_words(viewer_of, ana: Taxpayer, kind, subject):
    with tenant_scope(ana.id):
        raise_alert(ana.id, kind, subject, Text("algo pasa", "something is up"))
    viewer = viewer_of(ana)
    for language, said in zip(("es", "en"), ABOUT[kind, subject], strict=True):
        page = viewer.get("/alerts/", headers={"Accept-Language": language}).get_data(as_text=True)
        (cell,) = re.findall(rf'<small class="breaks" title="{subject}">(.*?)</small>', page)
        assert said in html.unescape(words(cell))


def test_an_alert_that_is_over_says_that_what_it_says_was_so(viewer_of, ana: Taxpayer):
    with tenant_scope(ana.id):
        raise_alert(ana.id, "undecided", "uno", Text("el SRI no decide", "the SRI does not decide"))
        resolve_alert(ana.id, "undecided", "uno")
        announce(ana.id, "batch_finished", "batch 7", Text("terminó", "it is over"), severity="info")
        raise_alert(
            ana.id, "undecided", "otro", Text("el SRI aún no decide", "the SRI still does not decide")
        )
    viewer = viewer_of(ana)
    for language, was in (
        ("es", r"Se resolvió el [^;]+; mientras duró: el"),
        ("en", r"Over since [^;]+; while it lasted: the"),
    ):
        asked = {"Accept-Language": language}
        page = words(viewer.get("/alerts/?state=all", headers=asked).get_data(as_text=True))
        assert len(re.findall(was, page)) == 1, "neither what stands nor what only happened was"


def test_alerts_and_audit_of_the_installation_are_for_admins(admin: Browser, viewer_of, browser, ana):
    with tenant_scope(0):
        raise_alert(0, "undecided", "instalación", Text("Redis no responde", "Redis no responde"))
    assert "Redis no responde" in admin.read("/alerts/")
    assert "Redis no responde" not in viewer_of(ana).read("/alerts/")
    assert viewer_of(ana).get("/audit/").status_code == 403
    auditor = signed_in(browser(), Role.AUDITOR, (ana.id,))
    assert "Toda la instalación" not in auditor.read("/audit/")


@pytest.mark.parametrize(("asks_for", "sealed"), [("es", "Sellada hasta"), ("en", "Sealed up to")])
def test_the_audit_says_up_to_when_it_is_sealed(admin: Browser, ana: Taxpayer, asks_for, sealed):
    audit_chain.seal()
    page = admin.get("/audit/", headers={"Accept-Language": asks_for}).get_data(as_text=True)
    assert re.search(rf'{sealed} <time datetime="[^"]+" title="[^"]+">[^<]+</time>', page)
    assert "&lt;time" not in page


@pytest.mark.parametrize(
    ("asks_for", "until"), [("es", "Se levanta sola el"), ("en", "It lifts by itself at")]
)
def test_a_halt_says_until_when_it_lasts(admin: Browser, ana: Taxpayer, asks_for, until):
    until_then = datetime.now(UTC) + timedelta(hours=3)
    halts.place(ana.id, None, code="inventario", reason="inventario anual", by="olga", until=until_then)
    page = admin.get(f"/tenants/{ana.id}/", headers={"Accept-Language": asks_for}).get_data(as_text=True)
    assert re.search(rf'{until} <time datetime="', page)
    assert "&lt;time" not in page


def test_a_certificate_that_ends_soon_is_pointed_out(viewer_of, ana: Taxpayer):
    with tenant_scope(ana.id):
        Certificate.update(not_after=datetime.now(UTC) + timedelta(days=5)).where(
            Certificate.tenant_id == ana.id
        ).execute()
    assert "Caduca pronto" in viewer_of(ana).read("/tenants/")


def test_a_viewer_of_two_taxpayers_sees_both_and_no_third(viewer_of, ana, beto, services):
    third = take_on(services, "CARLA TERCERA S.A.")
    both = viewer_of(ana, beto).read("/tenants/")
    assert ana.ruc in both
    assert beto.ruc in both
    assert third.ruc not in both


def test_a_long_list_is_read_page_by_page_and_back_in_both_orders(viewer_of, ana: Taxpayer):
    ids = [a_run(ana.id) for _ in range(120)]
    viewer = viewer_of(ana)
    for order, wanted in (("", ids[::-1]), ("order=oldest", ids)):
        place, seen, pages = f"/runs/?{order}", [], []
        while place:
            page = viewer.read(place.replace("&amp;", "&"))
            pages.append([int(one) for one in re.findall(r'class="job" href="/runs/(\d+)/"', page)])
            seen += pages[-1]
            found = re.search(r'rel="next" href="([^"]+)"', page)
            back = re.search(r'rel="prev" href="([^"]+)"', page)
            place = found[1] if found else ""
        assert seen == wanted
        again = viewer.read(back[1].replace("&amp;", "&"))
        assert [int(one) for one in re.findall(r'class="job" href="/runs/(\d+)/"', again)] == pages[-2]


def test_every_request_gives_its_connection_back(admin: Browser, services):
    database.close()
    for place in ("/", "/documents/", "/documents/987654321/", "/documents/?sort=1", "/nada", "/healthz"):
        admin.get(place)
        assert services.database._in_use == {}, place


def test_the_console_says_so_when_the_database_is_away(admin: Browser, services, monkeypatch):
    def refuse(**_):
        raise OperationalError("connection refused")

    monkeypatch.setattr(services.database, "connect", refuse)
    answer = admin.get("/documents/")
    assert answer.status_code == 503
    assert "no responde" in answer.get_data(as_text=True)


def test_alerts_open_with_what_stands_and_what_happened_is_apart(admin: Browser, ana: Taxpayer):
    with tenant_scope(ana.id):
        raise_alert(ana.id, "undecided", "uno", Text("vigente todavía", "it stands"))
        raise_alert(ana.id, "undecided", "dos", Text("pasó hace rato", "it is over"))
        resolve_alert(ana.id, "undecided", "dos")
        announce(ana.id, "batch_finished", "batch 7", Text("terminó el lote", "over"), severity="info")
    shown = {
        asked: [said for said in ("vigente todavía", "pasó hace rato", "terminó el lote") if said in page]
        for asked in ("", "state=over", "state=events", "state=all", "kind=batch_finished")
        for page in (admin.read(f"/alerts/?tenant={ana.id}&{asked}"),)
    }
    assert shown == {
        "": ["vigente todavía"],
        "state=over": ["pasó hace rato"],
        "state=events": ["terminó el lote"],
        "state=all": ["vigente todavía", "pasó hace rato", "terminó el lote"],
        "kind=batch_finished": ["terminó el lote"],
    }
