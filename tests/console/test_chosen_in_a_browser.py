"""Choosing all of a page, retrying it, and taking the list away, in a real browser."""

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on

from app import people
from app.lifecycle import State

__all__ = ["chromium", "console", "watched"]


@pytest.fixture(scope="module")
def olga(services) -> Taxpayer:
    """The taxpayer for which Olga operates, with a draft."""
    taxpayer = take_on(services, "ANA MOREIRA CÍA. LTDA.")
    people.create(
        "olga@example.ec", "Olga", CONSOLE_PASSWORD, people.Role.OPERATOR, (taxpayer.id,), by="test"
    )
    taxpayer.document(State.DRAFT)
    return taxpayer


def test_all_of_a_page_is_chosen_by_one_box_and_what_is_not_retried_is_named(
    watched: Watched, olga: Taxpayer, simulator
):
    simulator.script([{"ruc": olga.ruc, "code": "52", "stage": "autorizacion"}])
    rejected = olga.document(State.REJECTED)
    olga.document(State.DRAFT)
    watched.sign_in("olga@example.ec")
    watched.open("/documents/")
    page = watched.page
    every = page.get_by_label("Elegir todos los de esta página")
    every.check()
    assert page.locator("input[name=rowid]:checked").count() == 3
    page.locator("input[name=rowid]").first.uncheck()
    assert not every.is_checked()
    assert page.evaluate("document.querySelector('[data-picks-all] input').indeterminate")
    every.check()
    page.get_by_role("button", name="Reintentar", exact=True).click()
    page.wait_for_selector(".flash")
    done, refused = page.locator(".flash").all_inner_texts()
    assert done == "2 comprobantes vuelven a intentarse."
    assert refused.startswith("Sin reintentar: 1, porque su estado es «No autorizado»")
    assert str(rejected.number) in refused


def test_the_list_is_taken_away_for_excel_by_two_clicks(watched: Watched, olga: Taxpayer):
    watched.sign_in("olga@example.ec")
    watched.open("/documents/")
    watched.page.locator("summary", has_text="Exportar").click()
    with watched.page.expect_download() as download:
        watched.page.get_by_role("link", name="CSV para Excel").click()
    assert download.value.suggested_filename == "documents-excel.csv"
