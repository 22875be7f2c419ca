"""Start page, failures, operations and trends: what they say, and what they let one do."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer
from console_cast import Browser, change, signed_in, words
from delivery_cast import delivered, row
from peewee import fn
from trouble_cast import refused, waiting, without_certificate, without_ride

from app import rollups
from app.alerts import raise_alert, resolve_alert
from app.bulk import running
from app.errors import Text
from app.lifecycle import State
from app.permissions import Role
from app.store.bulk import Bulk, BulkItem
from app.store.delivery import Delivery
from app.store.engine import Circuit, Process, Tick
from app.store.tenants import Halt
from app.tenancy import tenant_scope
from app.work import in_seconds

SNAPSHOT = re.compile(r"/operations/(\d+)/")


@pytest.fixture
def supervisor(browser, ana: Taxpayer) -> Browser:
    """Somebody who may act on many of Ana's documents at once."""
    return signed_in(browser(), Role.SUPERVISOR, (ana.id,))


def test_the_start_page_says_whether_money_moves_and_counts_every_stage(viewer_of, ana: Taxpayer):
    viewer = viewer_of(ana)
    assert "Todo está emitido; nada que hacer." in words(viewer.read("/"))
    ana.document(State.DRAFT)
    ana.document(State.DRAFT)
    ana.render(ana.document(State.AUTHORIZED).id)
    page = words(viewer.read("/"))
    assert "2 comprobantes están en camino; nada que hacer. El más antiguo llegó hace" in page
    assert re.search(
        r"2 Borradores el más antiguo, hace .* 0 Firmados .* 0 Por autorizar .* 1 Autorizados", page
    )


def test_what_waits_for_a_mail_server_is_called_neither_moving_nor_late(viewer_of, ana: Taxpayer):
    document_id = delivered(ana)
    with tenant_scope(ana.id):
        Delivery.update(created_at=datetime.now(UTC) - timedelta(hours=9)).execute()
    page = words(viewer_of(ana).read("/"))
    assert row(ana, document_id).outcome is None
    assert "no se ha enviado a su comprador: no hay servidor de correo (SMTP_URL)" in page
    assert "en camino" not in page and "Tarda más de lo normal" not in page and "tarda demasiado" not in page


def test_the_start_page_names_what_waits_for_a_person_and_the_money_of_it(
    viewer_of, ana: Taxpayer, simulator
):
    refused(ana, simulator)
    without_certificate(ana)
    page = words(viewer_of(ana).read("/"))
    assert "2 comprobantes necesitan a una persona. Suman $46,00." in page.replace("\xa0", "")
    assert "El contribuyente no tiene certificado de firma." in page
    assert "Los totales no cuadran con el detalle." in page


def test_an_outage_of_the_sri_is_said_in_words_with_how_many_wait_and_that_nothing_is_lost(
    viewer_of, ana: Taxpayer
):
    waiting(ana, 3)
    shut = Circuit.update(
        state="open", changed_at=in_seconds(-900), probe_at=in_seconds(20), reason="http: 503 <b>"
    )
    reopen = Circuit.update(state="closed", reason=None, probe_at=None)
    here = (Circuit.environment == 1) & (Circuit.service == "submit")
    shut.where(here).execute()
    try:
        page = viewer_of(ana).read("/")
    finally:
        reopen.where(here).execute()
    said = words(page)
    assert "El SRI no responde: Recepción (PRUEBAS), hace 15 min" in said
    assert "3 comprobantes esperan y ninguno se ha perdido." in said
    assert "nada que hacer" in said
    assert "<b>" not in re.sub(r"<b data-live[^>]*>|<b>\d", "", page.split("Último motivo")[1][:60])


def test_the_start_page_names_halts_and_standing_alerts(viewer_of, ana: Taxpayer):
    with tenant_scope(ana.id):
        Halt.insert(
            tenant_id=ana.id, code="57", reason="permiso suspendido", since=fn.now(), placed_by="SRI"
        ).execute()
        raise_alert(ana.id, "undecided", "uno", Text("sigue sin decisión", "sigue sin decisión"))
        raise_alert(ana.id, "undecided", "otro", Text("ya se resolvió", "ya se resolvió"))
        resolve_alert(ana.id, "undecided", "otro")
    page = words(viewer_of(ana).read("/"))
    assert "permiso suspendido" in page
    assert "sigue sin decisión" in page
    assert "ya se resolvió" not in page


def test_only_those_who_may_see_the_engine_are_told_about_it(admin: Browser, viewer_of, ana):
    Tick.insert(
        schedule="sign_drafts", due_at=fn.now(), origin="clock", by="s", outcome="done", created_at=fn.now()
    ).execute()
    Process.insert(
        name="host:1",
        kind="worker",
        host="host",
        pid=1,
        version="1",
        queues=["sri"],
        threads=8,
        work=[],
        started_at=fn.now(),
        beat_at=in_seconds(-300),
    ).execute()
    page = words(admin.read("/"))
    assert "Última señal del programador" in page
    assert re.search(r"Vencidos en espera (\d|ninguno)", page)
    assert re.search(r"política noeviction *; (no )?guarda en disco", page)
    assert "Ningún proceso está trabajando: nada avanza." in page, (
        "the only worker has been silent for minutes"
    )
    assert "El motor" not in words(viewer_of(ana).read("/"))


def test_a_ride_the_storage_does_not_take_is_a_cause_of_its_own(viewer_of, ana: Taxpayer):
    document_id = without_ride(ana)
    viewer = viewer_of(ana)
    assert "El almacén de archivos no guarda los RIDE." in words(viewer.read("/failures/"))
    assert f"/documents/{document_id}/" in viewer.read("/failures/ride/")


def test_failures_are_counted_by_cause_with_the_money_they_block(viewer_of, ana: Taxpayer):
    waiting(ana, 2, why="http: 503 tras 12 s")
    waiting(ana, 1, why="http: 503 tras 9 s")
    page = words(viewer_of(ana).read("/failures/")).replace("\xa0", "")
    assert "3 · Firmados" in page
    assert "Dinero detenido: $69,00" in page
    assert "http: … tras … s" in page


def test_nobody_sees_or_counts_the_failures_of_another_taxpayer(
    betos_viewer: Browser, ana: Taxpayer, simulator
):
    refused(ana, simulator, razonSocialComprador="SECRETA")
    for place in ("/", "/failures/", "/failures/rejected/", "/operations/", "/trends/"):
        page = betos_viewer.read(place)
        assert "SECRETA" not in page
        assert "no cuadran" not in page


def test_a_stage_lists_its_documents_and_nothing_else_is_a_stage(viewer_of, ana: Taxpayer):
    ids = waiting(ana, 2)
    viewer = viewer_of(ana)
    page = viewer.read("/failures/signed/")
    assert all(f"/documents/{one}/" in page for one in ids)
    assert viewer.get("/failures/nada/").status_code == 404
    assert viewer.get("/failures/signed/?behind=x").status_code == 400
    assert viewer.get("/failures/signed/?orden=1").status_code == 400


def proposed(supervisor: Browser, **form) -> int:
    """Click «retry all» of a group; the operation it makes."""
    asked = {"action": "retry", "click": "una-vez-12345", "stage": "signed"} | form
    answer = supervisor.post("/operations/propose", asked)
    assert answer.status_code == 302
    found = SNAPSHOT.search(answer.location)
    assert found, answer.location
    return int(found[1])


def test_a_group_is_retried_after_a_look_and_a_reason(supervisor: Browser, ana: Taxpayer):
    ids = waiting(ana, 3)
    cause = "http http: # Service Unavailable"
    assert "Reintentar todos (3)" in supervisor.read("/failures/")
    operation = proposed(supervisor, cause=cause)
    page = words(supervisor.read(f"/operations/{operation}/"))
    assert "Se hará en 3 comprobantes." in page
    supervisor.post(f"/operations/{operation}/start", {"reason": " "})
    with tenant_scope(ana.id):
        assert Bulk.get_by_id(operation).stage == "proposed", "without a reason nothing starts"
    supervisor.post(f"/operations/{operation}/start", {"reason": "el SRI ya responde"})
    running.step(operation, ana.services, most=10)
    page = words(supervisor.read(f"/operations/{operation}/"))
    assert "Hechos: 3; omitidos: 0; fallidos: 0; por hacer: 0." in page
    assert "el SRI ya responde" in page
    assert all(ana.read(one).last_error_code is None for one in ids)


def test_a_click_sent_twice_is_one_operation(supervisor: Browser, ana: Taxpayer):
    waiting(ana)
    assert proposed(supervisor) == proposed(supervisor)


def test_an_operation_on_nothing_is_none(supervisor: Browser, ana: Taxpayer):
    answer = supervisor.post(
        "/operations/propose", {"action": "retry", "click": "nada-nada-1", "stage": "signed"}
    )
    assert answer.location == "/failures/"
    assert "no queda ningún comprobante" in supervisor.read("/failures/")


def test_documents_of_others_are_never_part_of_an_operation(
    supervisor: Browser, ana: Taxpayer, beto: Taxpayer
):
    (own,), (foreign,) = waiting(ana), waiting(beto)
    operation = proposed(supervisor, rowid=[str(own), str(foreign)], stage="")
    with tenant_scope(ana.id, beto.id):
        assert Bulk.get_by_id(operation).tenant_ids == [ana.id]
        assert Bulk.get_by_id(operation).items == 1


@pytest.mark.parametrize(
    "form",
    [
        {"action": "delete"},
        {"click": ""},
        {"stage": "nada"},
        {"rowid": ["x"]},
        {"rowid": [str(number) for number in range(1, 102)]},
    ],
)
def test_what_no_page_offers_is_no_operation(supervisor: Browser, form):
    asked = {"action": "retry", "click": "una-vez-99", "stage": "signed"} | form
    assert supervisor.post("/operations/propose", asked).status_code == 400


def test_who_may_not_act_on_many_is_shown_no_button_and_refused(viewer_of, browser, ana: Taxpayer):
    waiting(ana)
    for person in (viewer_of(ana), signed_in(browser(), Role.OPERATOR, (ana.id,))):
        assert "Reintentar todos" not in person.read("/failures/")
        asked = {"action": "retry", "click": "una-vez-98", "stage": "signed"}
        assert person.post("/operations/propose", asked).status_code == 403


@pytest.mark.parametrize("span", ["1h", "24h", "7d", "30d"])
def test_charts_have_their_figures_as_a_table(viewer_of, ana: Taxpayer, span):
    for _ in range(3):
        ana.document(State.AUTHORIZED)
    rollups.roll_up(datetime.now(UTC) + timedelta(seconds=1))
    page = viewer_of(ana).read(f"/trends/?span={span}")
    assert page.count("<svg") >= 4
    assert "Autorizado: 3</title>" in page
    assert re.search(r'<td class="number"><a href="[^"]+">3</a></td>', page)


def test_an_unknown_span_is_no_page(admin: Browser):
    assert admin.get("/trends/?span=2y").status_code == 400


def test_everything_that_matches_a_search_is_acted_on_however_many_pages_it_has(
    supervisor: Browser, ana: Taxpayer
):
    ids = waiting(ana, 3)
    ana.document(State.DRAFT)
    assert "Con todo lo que coincide" in supervisor.read("/documents/?state=signed")
    asked = {"action": "retry", "click": "todo-lo-que-12"}
    answer = supervisor.post("/documents/all?state=signed", asked)
    operation = SNAPSHOT.search(answer.location)
    assert operation, answer.location
    with tenant_scope(ana.id):
        items = BulkItem.select(BulkItem.document_id).where(BulkItem.bulk_id == int(operation[1]))
        assert sorted(row.document_id for row in items) == ids
    assert "state:signed" in words(supervisor.read(f"/operations/{operation[1]}/"))
    assert supervisor.post("/documents/all?state=nada", asked).status_code == 400
    assert (
        supervisor.post("/documents/all?tenant=987654321", asked | {"click": "otro-clic-13"}).status_code
        == 302
    )


def test_each_stage_says_its_limit_and_how_many_are_over_it(viewer_of, ana: Taxpayer):
    viewer, late = viewer_of(ana), ana.document(State.DRAFT)
    ana.document(State.DRAFT)
    draft = r"Borradores el más antiguo, hace [\w, ]+?"
    assert re.search(draft + r" límite 5 min", words(viewer.read("/")))
    change(late, created_at=datetime.now(UTC) - timedelta(minutes=7))
    assert re.search(draft + r" · tarda demasiado 1 con más de 5 min", words(viewer.read("/")))
