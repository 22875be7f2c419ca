"""Charts that answer questions: goals and causes, who has most, what happened beside them, and the list behind each."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from cast import Taxpayer
from console_cast import Browser, a_run, words

from app import rollups
from app.lifecycle import State
from app.store.base import database
from app.store.engine import Pause
from app.tenancy import every_tenant_scope

NOW = datetime.now(UTC)


def rolled() -> None:
    rollups.roll_up(datetime.now(UTC) + timedelta(seconds=1))


def figure(page: str, title: str) -> str:
    (found,) = re.findall(
        rf"<figure class=\"figure\">\s*<figcaption>{title}</figcaption>.*?</figure>", page, re.DOTALL
    )
    return found


def links(chart: str, said: str) -> list[str]:
    """Where the marks lead whose words end so, and where the table's cells lead."""
    return [unescape(link) for link in re.findall(rf'<a href="([^"]+)" aria-label="[^"]*{said}"', chart)]


@pytest.fixture
def refused(ana: Taxpayer, simulator) -> int:
    simulator.script([{"code": "52", "times": 1}])
    return ana.document(State.REJECTED).id


def test_a_call_that_is_refused_at_once_is_no_quick_answer(viewer_of, ana: Taxpayer, simulator):
    waiting = ana.document(State.PENDING_AUTHORIZATION)
    rolled()
    title = "Cuánto tarda el SRI: Autorización"
    before = words(figure(viewer_of(ana).read("/trends/?span=1h"), title))
    simulator.script([{"ruc": ana.ruc, "fault": "http_503", "stage": "autorizacion", "times": 1}])
    ana.step(waiting.id)
    rolled()
    page = viewer_of(ana).read("/trends/?span=1h")
    assert words(figure(page, title)) == before
    assert "Sin respuesta útil" in words(figure(page, "Respuestas del SRI"))


@pytest.mark.parametrize("span", ["1h", "24h", "7d", "30d"])
def test_time_to_authorized_is_shown_with_its_99th_percentile_and_beside_its_goal(
    viewer_of, ana: Taxpayer, span
):
    ana.document(State.AUTHORIZED)
    rolled()
    chart = figure(viewer_of(ana).read(f"/trends/?span={span}"), "Tiempo hasta la autorización")
    assert "p99" in words(chart)
    assert "Meta del p95, desde el envío: 5 min (más arriba de lo que se ve)" in words(chart)
    assert 'class="goal"' not in chart


def test_a_goal_that_is_not_far_above_the_figures_is_a_line(viewer_of, ana: Taxpayer):
    ana.document(State.AUTHORIZED)
    rolled()
    with every_tenant_scope():
        database.execute_sql(
            "update rollup set bin = 25 where tenant_id = %s and measure = 'moved' and subject = 'authorized'",
            (ana.id,),
        )
    chart = figure(viewer_of(ana).read("/trends/"), "Tiempo hasta la autorización")
    assert '<line class="goal"' in chart
    assert "más arriba" not in chart


def test_failures_are_shown_by_their_cause_and_lead_to_the_documents(viewer_of, ana: Taxpayer, refused: int):
    for name in ("KeyError", "OSError", "TypeError", "IndexError"):
        a_run(ana.id, error_class=name)
        a_run(ana.id, error_class="ValueError")
    rolled()
    viewer = viewer_of(ana)
    chart = figure(viewer.read("/trends/"), "Fallas por causa")
    assert "Error del motor: ValueError" in words(chart)
    assert "Otras 2 causas" in words(chart)
    assert set(links(chart, "ValueError: 4")) == {"/runs/?error=ValueError"}
    (behind,) = links(chart, r"52: Los totales no cuadran con el detalle.: 1")
    assert f"/documents/{refused}/" in viewer.read(behind)


@pytest.mark.parametrize("span", ["1h", "24h", "7d", "30d"])
def test_a_column_and_its_number_in_the_table_lead_to_the_list_behind_them(
    viewer_of, ana: Taxpayer, refused: int, span
):
    authorized = ana.document(State.AUTHORIZED).id
    rolled()
    viewer = viewer_of(ana)
    page = viewer.read(f"/trends/?span={span}")
    chart = figure(page, "Comprobantes por resultado")
    for said, document_id in (("Autorizado: 1", authorized), ("No autorizado: 1", refused)):
        (behind,) = links(chart, f" · {said}")
        assert f"/documents/{document_id}/" in viewer.read(behind)
        assert chart.count(behind.replace("&", "&amp;")) == 2, "once drawn, once in the table"
    calls = figure(page, "Respuestas del SRI")
    (behind,) = links(calls, "No autorizado: 1")
    assert f"/documents/{refused}/exchanges/" in viewer.read(behind)
    latency = figure(page, r"Cuánto tarda el SRI: Recepción")
    assert "/exchanges/?operation=submit" in latency


def test_what_was_paused_is_shown_beside_the_figures_and_named_in_the_table(viewer_of, ana: Taxpayer):
    ana.document(State.AUTHORIZED)
    rolled()
    row = {"scope": "stage", "subject": "mail", "reason": "correo en obras", "by": "olga@example.ec"}
    with every_tenant_scope():
        Pause.delete().execute()
        Pause.insert(**row, since=NOW - timedelta(hours=30), ended_at=NOW - timedelta(hours=25)).execute()
    viewer = viewer_of(ana)
    assert "Además" not in words(viewer.read("/trends/"))
    with every_tenant_scope():
        Pause.insert(**row, since=NOW - timedelta(hours=2)).execute()
    page = viewer.read("/trends/")
    assert re.search(r"En pausa: Paso: [^:]+: [^–]+ – sigue correo en obras · olga@example.ec", words(page))
    chart = figure(page, "Comprobantes por resultado")
    assert chart.count('<rect class="band"') == 1
    table = chart[chart.index("<table") :]
    assert "Además" in table
    assert table.count("En pausa: Paso:") in (5, 6)
    assert words(viewer.read("/trends/?span=7d")).count("correo en obras") == 2


def test_a_new_release_is_marked_for_those_who_see_the_engine(admin: Browser, viewer_of, ana: Taxpayer):
    a_run(ana.id, version="9.8.0", started_at=NOW - timedelta(hours=5))
    a_run(ana.id, version="9.9.0", started_at=NOW - timedelta(minutes=30))
    ana.document(State.AUTHORIZED)
    with every_tenant_scope():
        database.execute_sql("delete from jobs.rolled")
    rolled()
    page = admin.read("/trends/")
    assert "Versión 9.9.0 trabaja desde cerca de" in words(page)
    assert "Versión 9.8.0" not in words(page)
    assert '<line class="mark"' in page
    assert "9.9.0" not in viewer_of(ana).read("/trends/")


def test_who_sees_several_taxpayers_sees_which_has_most_documents(
    admin: Browser, viewer_of, ana: Taxpayer, beto: Taxpayer
):
    ids = [taxpayer.document(State.AUTHORIZED).id for taxpayer in (ana, ana, beto)]
    rolled()
    assert "Contribuyentes con más comprobantes" not in viewer_of(ana).read("/trends/")
    page = viewer_of(ana, beto).read("/trends/?span=1h")
    (table,) = re.findall(r'id="h-top".*?</table>', page, re.DOTALL)
    assert re.findall(r'href="/documents/\?tenant=(\d+)&amp;q=[^"]+">(\d+)</a>', table) == [
        (str(ana.id), "2"),
        (str(beto.id), "1"),
    ]
    assert "Contribuyentes con más comprobantes" in admin.read("/trends/")
    behind = unescape(re.findall(r'href="(/documents/\?tenant=[^"]+)"', table)[0])
    listed = set(re.findall(r'href="/documents/(\d+)/"', viewer_of(ana, beto).read(behind)))
    assert listed == {str(one) for one in ids[:2]}


def test_calls_from_one_moment_to_another_keep_them_in_the_form(viewer_of, ana: Taxpayer):
    page = viewer_of(ana).read("/exchanges/?after=2026-11-01T08:30&until=2026-11-01T09:00")
    assert 'type="datetime-local" name="after" value="2026-11-01T08:30"' in page
    assert 'type="date" name="after"' in viewer_of(ana).read("/exchanges/?after=2026-11-01")
