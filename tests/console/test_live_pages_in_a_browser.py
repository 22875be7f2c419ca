"""A page that renews itself never contradicts itself: what depends on the state of its thing is renewed together."""

import re

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from exports_cast import ask, written
from playwright.sync_api import Page, expect
from trouble_cast import refused, waiting

from app import people, resending, work
from app.access import access_of
from app.bulk import proposing, running
from app.bulk.orders import change
from app.lifecycle import State
from app.permissions import Role
from app.possible import Action
from app.store.delivery import Delivery
from app.store.documents import Document
from app.store.people import Person
from app.tenancy import tenant_scope

__all__ = ["chromium", "console", "watched"]
SARA = "sara@example.ec"
PATIENCE_MS = 20_000
TWO_LOOKS_MS = 11_000
MARKED = "document.querySelector('h1').marked"
"""Set before a change; gone once the main part was written anew."""


@pytest.fixture(scope="module")
def acme(services) -> Taxpayer:
    acme = take_on(services, "ACME DEL ECUADOR S.A.")
    people.create(SARA, "Sara", CONSOLE_PASSWORD, Role.SUPERVISOR, (acme.id,), by="test")
    return acme


def opened(watched: Watched, place: str) -> Page:
    watched.sign_in(SARA)
    watched.open(place)
    watched.page.mouse.move(1, 1)
    watched.page.evaluate(f"{MARKED} = true")
    return watched.page


def to_the_end(acme: Taxpayer, document: Document) -> None:
    acme.correct(document.id)
    acme.bring(document.id, State.AUTHORIZED)


def test_a_document_that_was_authorized_meanwhile_offers_what_an_authorized_one_does(
    watched: Watched, acme: Taxpayer, simulator
):
    document = refused(acme, simulator)
    page = opened(watched, f"/documents/{document.id}/")
    main = page.locator("main")
    expect(main.get_by_role("link", name="Corregir y reenviar")).to_be_visible()
    page.locator("summary", has_text="Contenido").click()
    page.mouse.move(1, 1)
    to_the_end(acme, document)
    expect(main.locator(".head .state").first).to_have_text("Autorizado", timeout=PATIENCE_MS)
    expect(main.get_by_role("link", name="Corregir y reenviar")).to_have_count(0)
    stamp = main.locator("dt", has_text=re.compile("^Autorizado$")).locator("xpath=../dd")
    expect(stamp).not_to_have_text("—")
    expect(main.locator(".files-table")).to_contain_text("XML autorizado")
    expect(page.locator("details[open] > summary", has_text="Contenido")).to_have_count(1)
    expect(page.get_by_role("button", name="Copiar")).to_be_visible()
    expect(page.locator(".live")).to_be_visible()


def test_what_is_being_typed_is_never_replaced_and_a_pill_says_that_something_changed(
    watched: Watched, acme: Taxpayer, simulator
):
    document = refused(acme, simulator)
    page = opened(watched, f"/documents/{document.id}/")
    page.locator("summary", has_text="Dejar una nota").click()
    note = page.get_by_label("Nota", exact=False).locator("visible=true").first
    note.fill("ya llamé al cliente")
    to_the_end(acme, document)
    pill = page.get_by_role("link", name="Algo cambió: mostrar")
    expect(pill).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("main .head .state").first).to_have_text("No autorizado")
    assert page.evaluate(MARKED) and note.input_value() == "ya llamé al cliente"
    note.fill("")
    note.blur()
    expect(page.locator("main .head .state").first).to_have_text("Autorizado", timeout=PATIENCE_MS)


def test_where_nothing_decisive_changes_the_page_stays_the_one_it_was(watched: Watched, acme: Taxpayer):
    (document_id,) = waiting(acme, 1)
    page = opened(watched, f"/documents/{document_id}/")
    page.wait_for_timeout(TWO_LOOKS_MS)
    assert page.evaluate(MARKED)


def test_a_mail_that_arrived_is_no_longer_on_its_way(watched: Watched, acme: Taxpayer):
    document = acme.document(State.AUTHORIZED)
    acme.render(document.id)
    resending.resend(acme.id, document.id, to="alguien@example.ec", by=SARA, reason="lo pidió")
    page = opened(watched, f"/documents/{document.id}/")
    story = page.locator("#story")
    expect(story).to_contain_text("alguien@example.ec")
    with tenant_scope(acme.id):
        Delivery.update(
            outcome="sent", sent_at=Delivery.created_at, message_id="<1@example.ec>", **work.cleared(None)
        ).where(Delivery.document_id == document.id, Delivery.address == "alguien@example.ec").execute()
    expect(story).to_contain_text("Enviado", timeout=PATIENCE_MS)
    expect(story.locator("li", has_text="alguien@example.ec")).to_have_count(1)


def test_an_operation_that_is_over_can_no_longer_be_paused_and_its_rows_say_what_came_of_them(
    watched: Watched, acme: Taxpayer
):
    waiting(acme, 2, why="http: para la operación")
    with tenant_scope(acme.id):
        documents = Document.select(Document.tenant_id, Document.id).where(
            Document.last_error == "http: para la operación"
        )
        operation = proposing.propose(Action.RETRY, documents, described={}, by=SARA, click="live-pages")
        change(operation.id, "start", by=SARA, over=9, reason="ya responde")
    page = opened(watched, f"/operations/{operation.id}/")
    main = page.locator("main")
    expect(main.get_by_role("button", name="Detener")).to_be_visible()
    expect(main.locator("tbody .bulk-waiting")).to_have_count(2)
    while running.step(operation.id, acme.services, most=10).more:
        pass
    expect(main.locator("tbody .bulk-done")).to_have_count(2, timeout=PATIENCE_MS)
    expect(main.get_by_role("button", name="Detener")).to_have_count(0)
    expect(main.locator("tbody .bulk-waiting")).to_have_count(0)
    expect(main.locator(".live")).to_have_count(0)
    expect(main).to_contain_text("Terminó")


def test_an_export_that_is_written_tells_its_rows_its_end_and_its_sum(watched: Watched, acme: Taxpayer):
    acme.document(State.DRAFT)
    sara = access_of(Person.get(Person.email == SARA).id)
    export = ask(sara)
    page = opened(watched, f"/exports/{export.id}/")
    main = page.locator("main")
    expect(main).not_to_contain_text("SHA-256")
    rows = written(export, acme.services).rows
    expect(main).to_contain_text("SHA-256", timeout=PATIENCE_MS)
    expect(main.locator("tbody td.number")).to_have_text(str(rows))
    expect(main.get_by_role("link", name="Descargar")).to_be_visible()
    expect(main.locator(".live")).to_have_count(0)
