"""When the SRI was away is told afterwards too: on every chart, in its table, and on the page of calls."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from cast import Taxpayer, take_on
from console_cast import Browser, words

from admin.console.formats import day
from app import rollups
from app.ecuador import ECUADOR
from app.lifecycle import State
from app.sri.gateway import Environment
from app.store.base import database
from app.store.engine import Circuit, Outage
from app.work import in_seconds

RAW = "refused: HTTPConnectionPool(host='10.0.0.1', port=443): [Errno 111] Connection refused"
NOON = datetime.now(ECUADOR).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
"""Whatever the clock of the test says, two days ago had this noon."""
WIDEST = "/trends/?span=7d"
CHARTS = 7


@pytest.fixture(autouse=True)
def _nothing_on_record(services) -> Iterator[None]:
    with database.connection_context():
        Circuit.update(on_record_since=in_seconds(-90 * 86_400)).execute()
    yield
    with database.connection_context():
        Circuit.update(state="closed", failures=0, probe_at=None, reason=None).execute()
        Outage.delete().execute()


def away(
    since: datetime, minutes: float | None = 45, service: str = "submit", environment: int = 1, **row
) -> None:
    """An outage on record; without ``minutes`` it lasts."""
    until = None if minutes is None else since + timedelta(minutes=minutes)
    row = {"reason": RAW, "environment": environment, "service": service, "since": since} | row
    with database.connection_context():
        Outage.insert(**row, until=until).execute()


def figures(page: str) -> list[str]:
    return re.findall(r'<figure class="figure">.*?</figure>', page, re.DOTALL)


def outages_on(person: Browser, address: str = "/exchanges/") -> str:
    found = re.search(r'<section class="card" id="outages".*?</section>', person.read(address), re.DOTALL)
    return found[0] if found else ""


def read(page: str) -> str:
    return re.sub(r" ([:;.,])", r"\1", words(page))


def rolled() -> None:
    rollups.roll_up(datetime.now(UTC) + timedelta(seconds=1))


def test_an_outage_is_marked_on_every_chart_that_has_figures_and_named_in_its_table(viewer_of, ana: Taxpayer):
    ana.document(State.AUTHORIZED)
    rolled()
    viewer = viewer_of(ana)
    assert 'class="band away"' not in viewer.read(WIDEST)
    away(NOON + timedelta(minutes=2))
    page = viewer.read(WIDEST)
    shown = [one for one in figures(page) if "<svg" in one]
    assert len(figures(page)) == CHARTS and len(shown) >= 4
    said = f"El SRI no respondió (recepción, pruebas) {day(NOON.date())} 12:02–12:47"
    for one in shown:
        assert re.findall(r'<rect class="band away"[^>]*><title>([^<]+)</title>', one) == [said]
        assert said in one[one.index("<table") :]
    beside = page[page.index('id="h-beside"') : page.index('<div class="columns">')]
    assert "El SRI no respondió (recepción, pruebas):" in read(beside)
    assert "El SRI no acepta conexiones." in read(beside)
    assert "Errno" not in page
    assert "12:02" not in viewer.read("/trends/?span=24h"), "it was over by then"


def test_one_that_lasts_reaches_to_the_end_of_the_chart_and_says_so(viewer_of, ana: Taxpayer):
    ana.document(State.AUTHORIZED)
    rolled()
    away(datetime.now(UTC) - timedelta(seconds=1), None, "query")
    page = viewer_of(ana).read("/trends/?span=1h")
    assert re.search(
        r"El SRI no responde \(autorización, pruebas\) desde (\d+ \w+ \d+ )?\d\d:\d\d", read(page)
    )
    assert re.search(r"\(autorización, pruebas\): [^–]+– sigue", read(page))


def test_one_that_went_over_midnight_names_both_days(viewer_of, ana: Taxpayer):
    ana.document(State.AUTHORIZED)
    rolled()
    away(NOON, 18 * 60)
    both = f"{day(NOON.date())} 12:00 – {day(NOON.date() + timedelta(days=1))} 06:00"
    assert both in viewer_of(ana).read(WIDEST)


def test_of_very_many_outages_the_longest_are_marked_and_the_others_counted(viewer_of, ana: Taxpayer):
    ana.document(State.AUTHORIZED)
    rolled()
    for number in range(22):
        away(NOON + timedelta(minutes=10 * number), 1 + number / 10)
    page = viewer_of(ana).read(WIDEST)
    assert figures(page)[0].count('class="band away"') == 20
    assert "Hubo además 2 interrupciones más cortas del SRI, que no se muestran." in page
    away(NOON, 30, "query")
    assert "además 3 interrupciones" in viewer_of(ana).read(WIDEST)


def test_who_sees_taxpayers_in_pruebas_only_sees_no_outage_of_produccion(
    viewer_of, admin: Browser, services, ana: Taxpayer
):
    ana.document(State.AUTHORIZED)
    rolled()
    away(NOON, 45, environment=2)
    viewer = viewer_of(ana)
    assert "no respondió" not in viewer.read(WIDEST)
    assert 'class="band away"' not in viewer.read(WIDEST)
    section = outages_on(viewer)
    assert "PRUEBAS" in section and "PRODUCCIÓN" not in section and "12:00" not in section
    pia = take_on(services, "PÍA DE PRODUCCIÓN S.A.", Environment.PRODUCCION)
    for person in (viewer_of(ana, pia), viewer_of(pia), admin):
        assert "El SRI no respondió (recepción, producción)" in person.read(WIDEST)
        assert "PRODUCCIÓN" in outages_on(person)


def test_the_page_of_calls_lists_the_latest_with_why_how_long_and_how_often_it_was_tried(
    viewer_of, ana: Taxpayer
):
    viewer = viewer_of(ana)
    assert "Últimas interrupciones" not in outages_on(viewer)
    away(NOON, 45, last_reason="timeout: 15 s", probes=90)
    away(NOON + timedelta(hours=2), 1, "query", reason=None)
    section = outages_on(viewer)
    said = read(section)
    assert re.search(
        r"Recepción PRUEBAS [^<]+ 12:00:00 [^<]+ 12:45:00 45 min El SRI no acepta conexiones\.", said
    )
    assert re.search(r"Al final: [^.]+\.", said) and "se probó 90 veces" in said
    assert said.index("14:00:00") < said.index("12:00:00"), "the newest first"
    assert "Errno" not in section
    away(datetime.now(UTC) - timedelta(minutes=7), None)
    section = outages_on(viewer)
    lasts = r"El SRI no responde \(recepción, pruebas\) desde [^.]+\. El SRI no acepta conexiones\. Recepción"
    assert re.search(lasts, read(section))
    assert re.search(r"todavía dura 7 min", read(section))
    for number in range(12):
        away(NOON - timedelta(days=3, minutes=number), 1)
    with database.connection_context():
        Outage.update(since=NOON - timedelta(days=9)).where(Outage.until.is_null()).execute()
    section = outages_on(viewer)
    assert section.count("<tr>") == 1 + 10
    assert section.count("todavía dura") == 1, "what lasts is told however long ago it began"


def test_an_outage_leads_to_the_calls_of_its_time_those_that_opened_it_included(viewer_of, ana: Taxpayer):
    document = ana.document(State.AUTHORIZED)
    call = next(one for one in ana.exchanges(document.id) if one.operation == "submit")
    away(call.started_at + timedelta(milliseconds=1), 1)
    viewer = viewer_of(ana)
    (behind,) = re.findall(r'<a href="(/exchanges/\?[^"]+)"', outages_on(viewer))
    assert "operation=submit" in behind and "environment=1" in behind
    page = viewer.read(unescape(behind))
    assert f"/documents/{document.id}/exchanges/{call.id}" in page
    assert behind in viewer.read(WIDEST)
    database.execute_sql(
        "update jobs.outage set since = since + interval '1 h', until = until + interval '1 h'"
    )
    (behind,) = re.findall(r'<a href="(/exchanges/\?[^"]+)"', outages_on(viewer))
    assert f"/documents/{document.id}/exchanges/" not in viewer.read(unescape(behind))


def test_how_much_of_a_month_each_service_was_there_is_rounded_down(viewer_of, ana: Taxpayer):
    viewer = viewer_of(ana)
    assert "Recepción PRUEBAS disponible 100,0 % en 30 días sin interrupciones" in read(outages_on(viewer))
    away(NOON, 1)
    said = read(outages_on(viewer))
    assert "Recepción PRUEBAS disponible 99,9 % en 30 días una interrupción, 1 min sin responder" in said
    assert "Autorización PRUEBAS disponible 100,0 % en 30 días" in said
    away(NOON - timedelta(days=2), 25 * 60)
    assert "disponible 96,5 % en 30 días 2 interrupciones, 1 d 1 h sin responder" in read(outages_on(viewer))


def test_a_record_younger_than_a_month_says_since_when_it_is_one(viewer_of, ana: Taxpayer):
    with database.connection_context():
        Circuit.update(on_record_since=NOON).execute()
    away(NOON, 60)
    said = read(outages_on(viewer_of(ana)))
    assert re.search(rf"disponible 9\d,\d % desde {day(NOON.date())} 12:00, cuando empezó el registro", said)
    assert "30 días" not in said
    with database.connection_context():
        Circuit.update(on_record_since=in_seconds(-3_600)).execute()
    said = read(outages_on(viewer_of(ana)))
    assert "Recepción PRUEBAS en registro desde" in said and "%" not in said, "an hour is no share of a month"


def test_who_reads_english_reads_no_spanish_of_it(viewer_of, ana: Taxpayer):
    ana.document(State.AUTHORIZED)
    rolled()
    away(NOON, 45, last_reason="timeout: 15 s", probes=2)
    viewer = viewer_of(ana)
    viewer.post("/preferences", {"language": "en"})
    page, section = viewer.read(WIDEST), read(outages_on(viewer))
    assert re.search(r"The SRI did not answer \(\w+, pruebas\) [^<]* 12:00–12:45", page)
    assert "available 99.8 % over 30 days one outage, 45 min without an answer" in section
    assert "tried 2 times" in section and "Latest outages" in section
    assert "respondió" not in page and "interrup" not in section


def test_the_start_page_leads_to_the_outages(viewer_of, ana: Taxpayer):
    assert 'href="/exchanges/#outages"' in viewer_of(ana).read("/")


def test_who_sees_no_taxpayer_is_told_of_no_outage(viewer_of, ana: Taxpayer, betos_viewer: Browser):
    away(NOON, 45, environment=2)
    assert "PRODUCCIÓN" not in outages_on(betos_viewer)
