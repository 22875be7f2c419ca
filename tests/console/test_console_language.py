"""The console speaks the reader's language: the one they chose, else their browser's, else Spanish."""

from decimal import Decimal

import pytest
from console_cast import Browser, change, words

from admin.console import formats, texts
from app.lifecycle import State


@pytest.mark.parametrize(
    ("asks_for", "language", "menu"),
    [
        ("", "es", "Comprobantes"),
        ("en-GB,en;q=0.9,es;q=0.1", "en", "Documents"),
        ("es-EC,es;q=0.9,en;q=0.8", "es", "Comprobantes"),
        ("de,fr;q=0.5", "es", "Comprobantes"),
    ],
)
def test_a_browser_that_says_nothing_known_reads_spanish(admin: Browser, asks_for, language, menu):
    page = admin.get("/documents/", headers={"Accept-Language": asks_for}).get_data(as_text=True)
    assert f'<html lang="{language}"' in page
    assert menu in words(page)


def test_a_language_once_chosen_is_kept_whatever_the_browser_asks_for(anonymous: Browser):
    assert (
        anonymous.post("/preferences", {"language": "en", "back": "/login"}).headers["Location"] == "/login"
    )
    page = anonymous.get("/login", headers={"Accept-Language": "es"}).get_data(as_text=True)
    assert "Sign in to the console" in page
    anonymous.post("/preferences", {"language": "es"})
    assert "Entrar a la consola" in anonymous.read("/login")


def test_a_theme_once_chosen_is_kept(admin: Browser):
    assert 'data-theme="auto"' in admin.read("/")
    admin.post("/preferences", {"theme": "dark"})
    assert 'data-theme="dark"' in admin.read("/")


@pytest.mark.parametrize("form", [{"language": "de"}, {"theme": "red"}, {"theme": ""}])
def test_a_choice_there_is_not_is_refused(anonymous: Browser, form):
    assert anonymous.post("/preferences", form).status_code == 400


def test_a_choice_leads_back_to_this_console_and_nowhere_else(anonymous: Browser):
    form = {"language": "en", "back": "https://malo.example/"}
    assert anonymous.post("/preferences", form).headers["Location"] == "/"


def test_amounts_dates_and_reasons_are_written_as_the_reader_writes_them(app, admin: Browser, ana):
    document = ana.document(State.SIGNED)
    change(document, last_error_code="timeout", last_error="x")
    read = admin.get(f"/documents/{document.id}/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "The SRI did not answer in time." in read
    assert "Signed" in read
    for language, amount, length in (("es", "$1.234,50", "3,5 s"), ("en", "$1,234.50", "3.5 s")):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert (formats.money(Decimal("1234.5")), formats.span(3.5)) == (amount, length)


def test_outside_a_request_everything_is_spanish():
    assert texts.word("state", "signed") == "Firmado"


def test_what_a_person_asked_for_in_vain_is_said_in_their_language(admin, ana):
    document = ana.document(State.DRAFT)
    speaking = {"Accept-Language": "en"}
    for language, said in (
        (speaking, "Not done: say why the RIDE is drawn again"),
        ({}, "indique por qué se rehace"),
    ):
        admin.post(f"/documents/{document.id}/rebuild", headers=language)
        assert said in admin.get(f"/documents/{document.id}/", headers=language).get_data(as_text=True)
