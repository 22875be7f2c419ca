"""Keeping a view of a list in a real browser, with scripts and without, and finding it again."""

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from playwright.sync_api import expect

from app import people
from app.permissions import Role

__all__ = ["chromium", "console", "watched"]


@pytest.fixture(scope="module")
def acme(services) -> Taxpayer:
    """A taxpayer for which Olga operates and Vera looks on."""
    acme = take_on(services, "ACME DEL ECUADOR S.A.")
    for name, role in (("olga", Role.OPERATOR), ("vera", Role.VIEWER)):
        people.create(f"{name}@example.ec", name.title(), CONSOLE_PASSWORD, role, (acme.id,), by="test")
    return acme


@pytest.mark.parametrize("watched", ["with scripts", "without scripts"], indirect=True)
def test_an_operator_keeps_a_list_shares_it_and_others_find_it(watched: Watched, acme: Taxpayer, request):
    page, name = watched.page, f"Revisar {request.node.callspec.params['watched']}"
    watched.sign_in("olga@example.ec")
    watched.open("/documents/")
    page.get_by_label("Estado").select_option("returned")
    page.get_by_role("button", name="Filtrar").click()
    page.locator(".views summary").click()
    page.get_by_label("Guardar esta vista como").fill(name)
    page.get_by_label("Compartir", exact=True).select_option("viewer")
    page.get_by_role("button", name="Guardar la vista").click()
    expect(page.locator(".flash")).to_have_text("Vista guardada.")
    assert page.url.endswith("/documents/?state=returned")
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Salir").click()
    watched.sign_in("vera@example.ec")
    watched.open("/documents/")
    page.locator(".views summary").click()
    page.get_by_role("link", name=name).click()
    page.wait_for_url("**/documents/?state=returned")
    expect(page.get_by_label("Estado")).to_have_value("returned")


def test_the_search_box_leads_to_a_view_by_its_name(watched: Watched, acme: Taxpayer):
    page = watched.page
    watched.sign_in("olga@example.ec")
    watched.open("/runs/?state=failed")
    page.locator(".views summary").click()
    page.get_by_label("Guardar esta vista como").fill("Trabajos rotos")
    page.get_by_role("button", name="Guardar la vista").click()
    expect(page.locator(".flash")).to_have_text("Vista guardada.")
    page.keyboard.press("/")
    page.keyboard.type("rotos")
    page.get_by_role("option").filter(has_text="Trabajos rotos").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/?state=failed")


def test_a_view_is_renamed_and_deleted_from_the_page_of_all(watched: Watched, acme: Taxpayer):
    page = watched.page
    watched.sign_in("vera@example.ec")
    watched.open("/alerts/?state=standing")
    page.locator(".views summary").click()
    page.get_by_label("Guardar esta vista como").fill("pendientes")
    page.get_by_role("button", name="Guardar la vista").click()
    expect(page.locator(".flash")).to_have_text("Vista guardada.")
    watched.open("/views/")
    page.get_by_label("Nuevo nombre de pendientes").fill("por atender")
    page.get_by_role("button", name="Renombrar").click()
    expect(page.get_by_role("link", name="por atender")).to_be_visible()
    page.get_by_role("button", name="Borrar la vista por atender").click()
    expect(page.locator(".flash")).to_have_text("Vista borrada.")
    expect(page.get_by_role("link", name="por atender")).to_have_count(0)
