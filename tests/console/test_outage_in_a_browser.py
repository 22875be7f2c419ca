"""The morning after an outage, in a real browser: ten thousand failed by one cause, and live figures meanwhile."""

import re

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from playwright.sync_api import expect
from trouble_cast import refused, waiting

from app import people
from app.bulk import running
from app.permissions import Role
from app.store.base import database
from app.store.bulk import Bulk
from app.store.documents import Document
from app.tenancy import tenant_scope

__all__ = ["chromium", "console", "watched"]
FAILED = 10_000
LATE = 7
FIVE_CLICKS = 5
MOST_ROWS = 100
PATIENCE_MS = 60_000

_FILL = """
insert into document (tenant_id, reference, content_sha256, content, doc_type, environment, establishment,
    emission_point, sequence_number, number, access_key, version, state, buyer_id, buyer_name, buyer_key, total,
    imported_by, needs_person_since, needs_person_code, needs_person_reason)
select %(tenant)s, 'ref-' || n, 'x', '{}', '01', 1, '001', '002', n, '001-002-' || lpad(n::text, 9, '0'),
    lpad(n::text, 49, '0'), 1, 'pending_authorization', '1', 'Cliente ' || n, 'cliente ' || n, 23, 'test',
    now(), 'undecided', 'el SRI no ha decidido en 24 horas: consulte el comprobante'
from generate_series(%(first)s, %(last)s) n
"""


@pytest.fixture(scope="module")
def acme(services) -> Taxpayer:
    """A taxpayer whose supervisor is Sara."""
    acme = take_on(services, "ACME DEL ECUADOR S.A.")
    people.create("sara@example.ec", "Sara", CONSOLE_PASSWORD, Role.SUPERVISOR, (acme.id,), by="test")
    return acme


def fail(taxpayer: Taxpayer, first: int, last: int) -> None:
    with tenant_scope(taxpayer.id):
        database.execute_sql(_FILL, {"tenant": taxpayer.id, "first": first, "last": last})


def failed(taxpayer: Taxpayer) -> int:
    with tenant_scope(taxpayer.id):
        return Document.select().where(Document.needs_person_since.is_null(False)).count()


def work_off(taxpayer: Taxpayer, bulk_id: int, most: int) -> None:
    """What the workers do, second by second, without the seconds between."""
    while True:
        with tenant_scope(taxpayer.id):
            Bulk.update(next_step_at=Bulk.created_at).where(Bulk.id == bulk_id).execute()
        if not running.step(bulk_id, taxpayer.services, most=most).more:
            return


def test_on_the_morning_after_an_outage_five_clicks_retry_ten_thousand(watched: Watched, acme: Taxpayer):
    fail(acme, 1, FAILED)
    page = watched.page
    watched.sign_in("sara@example.ec")  # one click
    expect(page.locator(".headline")).to_contain_text("10.000 comprobantes necesitan a una persona")
    page.get_by_role("link", name="Fallas").click()
    expect(page.locator(".group")).to_have_count(1)
    expect(page.locator(".group")).to_contain_text("El SRI no decidió dentro del plazo.")
    page.get_by_role("button", name="Reintentar todos (10.000)").click()
    expect(page.locator("main")).to_contain_text("Se hará en 10.000 comprobantes.")
    fail(acme, FAILED + 1, FAILED + LATE)  # they fail while she thinks of a reason
    page.get_by_label("Motivo (queda registrado)").fill("el SRI volvió a responder")
    page.get_by_label("Son muchos: escriba 10.000").fill("10000")
    page.get_by_role("button", name="Empezar con 10.000").click()
    clicks = 1 + 1 + 1 + 1
    assert clicks <= FIVE_CLICKS
    found = re.search(r"/operations/(\d+)/", page.url)
    assert found
    work_off(acme, int(found[1]), most=2_000)
    expect(page.locator("main")).to_contain_text(
        "Hechos: 10.000; omitidos: 0; fallidos: 0", timeout=PATIENCE_MS
    )
    assert page.locator("tbody tr").count() <= MOST_ROWS
    assert failed(acme) == LATE, "what failed after the click was not touched"


def test_figures_renew_themselves_and_rows_never_move(watched: Watched, services, simulator):
    bruma = take_on(services, "BRUMA CÍA. LTDA.")
    people.create("berta@example.ec", "Berta", CONSOLE_PASSWORD, Role.VIEWER, (bruma.id,), by="test")
    waiting(bruma, 2)
    page = watched.page
    watched.sign_in("berta@example.ec")
    watched.open("/failures/")
    first = page.locator(".group").first
    expect(first.locator("h2")).to_contain_text("2 · Firmados")
    first.evaluate("one => one.marked = true")
    waiting(bruma, 1)
    refused(bruma, simulator)
    expect(first.locator("h2")).to_contain_text("3 · Firmados", timeout=PATIENCE_MS)
    assert first.evaluate("one => one.marked"), "the row is the one that was there"
    expect(page.locator(".group")).to_have_count(1)
    expect(page.get_by_role("link", name="1 nuevo: mostrar")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Pausar").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    waiting(bruma, 1)
    page.wait_for_timeout(6_000)  # longer than it waits between two looks
    assert asked == []
    page.get_by_role("button", name="Seguir").click()
    expect(first.locator("h2")).to_contain_text("4 · Firmados", timeout=PATIENCE_MS)
    page.get_by_role("link", name="1 nuevo: mostrar").click()
    expect(page.locator(".group")).to_have_count(2)


@pytest.mark.parametrize("watched", ["without scripts"], indirect=True)
def test_every_page_reads_without_a_script(watched: Watched, acme: Taxpayer):
    watched.sign_in("sara@example.ec")
    for place, said in (("/", "Inicio"), ("/failures/", "Fallas"), ("/trends/", "Tendencias")):
        assert watched.open(place) == 200
        assert said in watched.text()
        assert "En vivo" not in watched.text(), "what cannot renew itself does not say so"
