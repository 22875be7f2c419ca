"""While the SRI does not answer, every page says so in words: since when, and that what waits goes on by itself."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer, called, take_on
from console_cast import Browser, change, words
from documents_cast import invoice
from trouble_cast import parked, waiting

from admin.console import machinery
from admin.console.charts import LEFT
from admin.console.formats import ECUADOR, day
from app import intake, rollups, trends
from app.intake import Offer
from app.lifecycle import State
from app.sri.gateway import Environment
from app.store.base import database
from app.store.documents import Document
from app.store.engine import Circuit, Outage
from app.tenancy import every_tenant_scope, tenant_scope
from app.work import in_seconds

SILENT_S = 900
RAW = "refused: HTTPConnectionPool(host='10.0.0.1', port=443): [Errno 111] Connection refused"
DUE_NOW = "en cuanto un proceso esté libre"
AWAY = "El SRI no responde desde las"


@pytest.fixture(autouse=True)
def _the_sri_answers() -> Iterator[None]:
    yield
    with database.connection_context():
        Circuit.update(state="closed", failures=0, probe_at=None, reason=None).execute()
        Outage.delete().execute()  # the next test knows of none that was over a moment ago


def shut(service: str, environment: int = 1, seconds: float | None = None, **row) -> str:
    """Let a service be silent for so long, or since a while of today; since when, as Ecuador's clocks have it."""
    now = datetime.now(ECUADOR)
    today = (now - now.replace(hour=0, minute=0, second=0)).total_seconds()
    seconds = min(SILENT_S, today) if seconds is None else seconds
    row = {"state": "open", "probe_at": in_seconds(20), "reason": RAW} | row
    here = (Circuit.environment == environment) & (Circuit.service == service)
    with database.connection_context():
        Circuit.update(changed_at=in_seconds(-seconds), **row).where(here).execute()
        since: datetime = Circuit.get(here).changed_at
    return f"{since.astimezone(ECUADOR):%H:%M}"


def read(person: Browser, address: str) -> str:
    """The page as a reader sees it, no gap before a mark."""
    return re.sub(r" ([:;.,])", r"\1", words(person.read(address)))


def due(taxpayer: Taxpayer, state: State) -> Document:
    document = taxpayer.document(state)
    taxpayer.make_due(Document, document.id)
    return document


def handed_in(taxpayer: Taxpayer, number: int) -> tuple[str, list[int]]:
    """A batch of invoices; the address of its page, and their ids."""
    contents = [json.dumps(invoice(referencia=f"{taxpayer.ruc}-{n}")).encode() for n in range(number)]
    offers = [Offer(content, f"{place}.json") for place, content in enumerate(contents)]
    accepted = intake.accept_all(taxpayer.id, offers, by="test")
    return f"/batches/{accepted[0].batch}/", [one.document_id for one in accepted]


@pytest.mark.parametrize(
    ("state", "service", "called"),
    [(State.SIGNED, "submit", "recepción"), (State.PENDING_AUTHORIZATION, "query", "autorización")],
)
def test_a_document_says_that_the_service_it_needs_is_away_since_when_and_that_there_is_nothing_to_do(
    viewer_of, ana: Taxpayer, state: State, service: str, called: str
):
    address, viewer = f"/documents/{due(ana, state).id}/", viewer_of(ana)
    assert DUE_NOW in read(viewer, address)
    since = shut(service)
    page = read(viewer, address)
    follows, why = page[page.index("Qué sigue") :], page[page.index("Por qué está aquí") :]
    assert (
        f"desde las {since} (servicio de {called}). autoriza prueba solo y este comprobante sigue" in follows
    )
    assert "no hay nada que hacer" in follows
    assert DUE_NOW not in page
    assert f"El SRI no responde desde las {since} (servicio de {called}) Nada: autoriza prueba solo" in why
    assert "El SRI no acepta conexiones." in why
    assert "Errno" not in page
    viewer.post("/preferences", {"language": "en"})
    assert f"The SRI has not answered since {since} (" in read(viewer, address)


def test_only_a_service_a_document_needs_next_and_of_its_ambiente_keeps_it(
    viewer_of, services, ana: Taxpayer
):
    pia = take_on(services, "PÍA DE PRODUCCIÓN S.A.", Environment.PRODUCCION)
    draft, signed, pending = (
        due(ana, state) for state in (State.DRAFT, State.SIGNED, State.PENDING_AUTHORIZATION)
    )
    of_production = due(pia, State.SIGNED)
    viewer = viewer_of(ana, pia)

    def kept() -> list[Document]:
        every = (draft, signed, pending, of_production)
        return [one for one in every if AWAY in read(viewer, f"/documents/{one.id}/")]

    assert kept() == []
    shut("submit")
    assert kept() == [signed]
    shut("query", state="probing")
    assert kept() == [signed, pending]
    shut("submit", environment=2)
    assert kept() == [signed, pending, of_production]


def test_a_person_who_is_waited_for_is_not_told_to_wait_for_the_sri(viewer_of, ana: Taxpayer):
    document_id = parked(ana, "undecided", "el SRI no decidió")
    shut("query")
    assert AWAY not in read(viewer_of(ana), f"/documents/{document_id}/")


def test_an_outage_that_began_on_another_day_is_told_with_the_day(app, viewer_of, ana: Taxpayer):
    signed = due(ana, State.SIGNED)
    since = shut("submit", seconds=36 * 3600)
    with app.test_request_context():
        began = day((datetime.now(UTC) - timedelta(hours=36)).astimezone(ECUADOR).date())
    assert f"desde las {since} del {began}" in read(viewer_of(ana), f"/documents/{signed.id}/")


def test_a_batch_has_no_time_left_while_what_is_left_of_it_waits_for_the_sri(viewer_of, ana: Taxpayer):
    place, ids = handed_in(ana, 3)
    ana.bring(ids[0], State.AUTHORIZED)
    ana.bring(ids[1], State.PENDING_AUTHORIZATION)
    viewer = viewer_of(ana)
    assert "A este paso, quedan unos" in read(viewer, place)
    shut("submit", environment=2)
    assert AWAY not in read(viewer, place)
    since = shut("submit")
    page = read(viewer, place)
    assert f"desde las {since} (servicio de recepción): lo que falta sigue solo en cuanto responda." in page
    assert "A este paso" not in page


def test_a_batch_that_only_waits_for_verdicts_does_not_wait_for_the_reception(viewer_of, ana: Taxpayer):
    place, ids = handed_in(ana, 2)
    ana.bring(ids[0], State.AUTHORIZED)
    ana.bring(ids[1], State.PENDING_AUTHORIZATION)
    shut("submit")
    viewer = viewer_of(ana)
    assert "A este paso, quedan unos" in read(viewer, place)
    shut("query")
    assert "(servicio de autorización): lo que falta sigue solo" in read(viewer, place)
    Circuit.update(state="closed").execute()
    ana.bring(ids[1], State.AUTHORIZED)
    shut("query")
    assert AWAY not in read(viewer, place), "nothing of it moves any more"


def test_failures_are_led_by_how_many_more_wait_for_the_sri_untried(viewer_of, ana: Taxpayer, beto: Taxpayer):
    waiting(ana, 2)
    for taxpayer, number in ((ana, 3), (beto, 1)):
        for _ in range(number):
            taxpayer.document(State.SIGNED)
    ana.document(State.DRAFT)
    ana.document(State.PENDING_AUTHORIZATION)
    viewer = viewer_of(ana)
    assert "El SRI no responde" not in read(viewer, "/failures/")
    since = shut("submit")
    page = read(viewer, "/failures/")
    assert f"El SRI no responde desde las {since}: Recepción (PRUEBAS)." in page
    assert "Además de lo que ve aquí, 3 comprobantes lo esperan sin haberse intentado" in page
    assert "2 · Firmados" in page
    assert "un comprobante lo espera sin haberse intentado" in read(viewer_of(beto), "/failures/")
    assert "4 comprobantes lo esperan" in read(viewer_of(ana, beto), "/failures/")


def test_failures_say_so_too_when_nothing_waits_untried_and_nothing_of_another_ambiente(
    viewer_of, ana: Taxpayer
):
    viewer = viewer_of(ana)
    shut("submit", environment=2)
    assert "El SRI no responde" not in read(viewer, "/failures/")
    shut("query")
    page = read(viewer, "/failures/")
    assert "Autorización (PRUEBAS). Lo que lo espera sigue solo en cuanto responda." in page
    assert "Producción" not in page and "(PRODUCCIÓN)" not in page


def test_failures_count_what_waits_by_the_counters_whatever_their_number(viewer_of, ana: Taxpayer):
    ana.document(State.SIGNED)
    shut("submit")
    viewer = viewer_of(ana)
    with every_tenant_scope():
        database.execute_sql(
            "insert into tally_change (tenant_id, stage, person, cause, n, amount) "
            "values (%s, 'signed', false, '', 6999, 0)",
            (ana.id,),
        )
    assert "7.000 comprobantes lo esperan" in read(viewer, "/failures/")


def test_the_start_page_says_in_words_why_the_service_that_is_shut_was_silent(viewer_of, ana: Taxpayer):
    (document_id,) = waiting(ana)
    ana.make_due(Document, document_id)
    away = ana.under(sri_pruebas_url="http://127.0.0.1:1")
    away.step(document_id)
    Circuit.update(reason="not_soap: <html>mantenimiento").where(Circuit.environment == 2).execute()
    shut("submit")
    page = read(viewer_of(ana), "/")
    assert "Último motivo: El SRI no acepta conexiones. 1 comprobantes esperan" in page
    assert re.search(r"Última falla hace [\w,. ]+ El SRI no acepta conexiones\.", page)
    assert "Errno" not in page and "HTTPConnectionPool" not in page and "refused" not in page


def test_what_an_outage_keeps_is_not_called_late_and_what_it_does_not_keep_is(
    viewer_of, services, ana: Taxpayer
):
    pia = take_on(services, "PÍA TARDÍA S.A.", Environment.PRODUCCION)
    old = datetime.now(UTC) - timedelta(hours=9)
    for document in (ana.document(State.SIGNED), ana.document(State.PENDING_AUTHORIZATION)):
        change(document, created_at=old)
    viewer = viewer_of(ana, pia)
    assert "Tarda más de lo normal: firmados, por autorizar" in read(viewer, "/")
    shut("submit")
    page = read(viewer, "/")
    assert "Tarda más de lo normal: por autorizar;" in page
    assert page.count("tarda demasiado") == 1
    shut("query")
    page = read(viewer, "/")
    assert "Tarda más de lo normal" not in page and "tarda demasiado" not in page
    assert re.search(r"1 Firmados el más antiguo, hace 9 h", page)
    change(pia.document(State.SIGNED), created_at=old + timedelta(hours=2))
    page = read(viewer, "/")
    assert "Tarda más de lo normal: firmados; el más antiguo llegó hace 7 h" in page
    assert re.search(r"2 Firmados el más antiguo, hace 9 h · tarda demasiado 1 con más de", page)


def test_the_engines_page_names_each_silent_service_with_its_next_probe_and_leads_to_its_calls(
    admin: Browser,
):
    assert "El SRI no responde" not in read(admin, "/engine/")
    since = shut("submit", environment=2)
    shut("query", state="probing")
    page, said = admin.read("/engine/"), read(admin, "/engine/")
    assert f"desde las {since}: Recepción (PRODUCCIÓN). Se prueba otra vez dentro de" in said
    assert "Autorización (PRUEBAS). Se está probando ahora mismo." in said
    (address,) = re.findall(r'href="(/exchanges/\?[^"]*environment=2[^"]*)"', page)
    assert "operation=submit" in address
    assert admin.get(address.replace("&amp;", "&")).status_code == 200
    shut("query", probe_at=in_seconds(-5))
    assert "Se prueba en cuanto un proceso esté libre." in read(admin, "/engine/")


def test_the_longest_span_beside_a_chart_is_not_cut(viewer_of, ana: Taxpayer):
    ana.document(State.AUTHORIZED)
    rollups.roll_up(datetime.now(UTC) + timedelta(seconds=1))
    with every_tenant_scope():
        database.execute_sql(
            "update rollup set bin = %s where tenant_id = %s and measure = 'moved' and subject = 'authorized'",
            (trends.bin_of(900), ana.id),
        )
    shown = re.findall(
        r'<text class="y" x="(\d+)" y="[\d.]+">([^<]+)</text>', viewer_of(ana).read("/trends/")
    )
    assert any(len(said) >= len("16 min 40 s") for _, said in shown), shown
    widest = max(len(said) for _, said in shown)
    assert all(int(x) >= 6 * widest for x, _ in shown), "letters of 11 pixels are some 6 wide"
    assert {int(x) for x, _ in shown} == {LEFT - 6}


def test_after_the_return_what_piled_up_is_not_called_late_nor_stuck_and_the_page_says_why(
    viewer_of, ana: Taxpayer
):
    document = ana.document(State.SIGNED)
    old = datetime.now(UTC) - timedelta(hours=9)
    change(document, created_at=old, next_attempt_at=old)
    shut("submit")
    Circuit.update(state="closed", changed_at=datetime.now(UTC)).where(Circuit.service == "submit").execute()
    page = read(viewer_of(ana), "/")
    assert "Tarda más de lo normal" not in page
    assert re.search(r"El SRI volvió a responder hace [^:]+: lo que se acumuló está saliendo", page)
    with tenant_scope(ana.id):
        assert [one for one in machinery.stuck(datetime.now(UTC)) if one.document_id == document.id] == []


@pytest.mark.parametrize(("outcome", "sent"), [("unknown", True), ("unavailable", False)])
def test_only_what_may_have_been_sent_waits_for_the_service_it_is_asked_about(
    viewer_of, ana: Taxpayer, outcome, sent
):
    tried, untried = ana.document(State.SIGNED), ana.document(State.SIGNED)
    change(tried, last_error_code="timeout", last_error="x")
    called(tried, outcome, sent=sent)
    shut("query")
    viewer = viewer_of(ana)
    assert ("servicio de autorización" in read(viewer, f"/documents/{tried.id}/")) is sent
    assert "servicio de autorización" not in read(viewer, f"/documents/{untried.id}/")
