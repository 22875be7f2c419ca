"""Looking after a failure in a real browser: take it on, put it off, note what one knows, find it again."""

from pathlib import Path

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from npm_verifiers import npm_folder
from playwright.sync_api import expect
from trouble_cast import waiting

from app import people
from app.permissions import Role

__all__ = ["chromium", "console", "watched"]

AXE = "async () => (await axe.run(document)).violations.filter(one => ['serious', 'critical'].includes(one.impact))"


@pytest.fixture(scope="module")
def acme(services) -> Taxpayer:
    """A taxpayer whose supervisor is Sara."""
    acme = take_on(services, "ACME DEL ECUADOR S.A.")
    people.create("sara@example.ec", "Sara", CONSOLE_PASSWORD, Role.SUPERVISOR, (acme.id,), by="test")
    return acme


def complaints_of_axe(watched: Watched) -> list[object]:
    script = Path(npm_folder() / "node_modules" / "axe-core" / "axe.min.js")
    watched.page.evaluate(script.read_text(encoding="utf-8"))
    return [(one["id"], one["nodes"][0]["target"]) for one in watched.page.evaluate(AXE)]


@pytest.mark.parametrize("watched", ["with scripts", "without scripts"], indirect=True)
def test_a_supervisor_takes_a_failure_on_notes_it_and_puts_it_off(watched: Watched, acme: Taxpayer, request):
    why = "avería uno" if "with scripts" in request.node.name else "avería dos"
    waiting(acme, 2, why=f"http: {why}")
    page = watched.page
    watched.sign_in("sara@example.ec")
    watched.open("/failures/")
    page.locator(".group").filter(has_text=why).get_by_role("link", name="Ver los comprobantes").click()
    page.locator("summary", has_text="Asignar").click()
    page.get_by_label("A quién").select_option(label="Sara")
    page.get_by_role("button", name="Asignar").click()
    expect(page.locator(".flash")).to_have_text("Asignada.")
    page.locator("summary", has_text="Anotar").click()
    page.get_by_label("Lo que debe saber quien la vea después").fill("se llamó al proveedor")
    page.get_by_role("button", name="Guardar").locator("visible=true").click()
    expect(page.locator(".care-list")).to_contain_text("«se llamó al proveedor»")
    page.locator("summary", has_text="Posponer").click()
    page.get_by_label("Hasta", exact=True).select_option("tomorrow")
    page.get_by_role("button", name="Posponer").click()
    expect(page.locator(".care-list")).to_contain_text("Había 2: vuelve sola al llegar a 12, o el")
    watched.open("/failures/")
    expect(page.locator(".group").filter(has_text=why)).to_have_count(0)
    page.get_by_label("Mostrar").select_option("mine")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.locator(".group").filter(has_text=why)).to_contain_text("A cargo de Sara")


def test_forms_that_are_folded_open_have_nothing_serious_either(watched: Watched, acme: Taxpayer):
    waiting(acme, 1, why="http: avería tres")
    watched.sign_in("sara@example.ec")
    watched.open("/failures/signed/?cause=http+http:+aver%C3%ADa+tres")
    watched.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    assert complaints_of_axe(watched) == []
