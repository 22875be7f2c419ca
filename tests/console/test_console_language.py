"""The console speaks the reader's language: the one they chose, else their browser's, else Spanish."""

from decimal import Decimal

import pytest
from cast import CONSOLE_PASSWORD, Taxpayer
from console_cast import Browser, change, signed_in, words

from admin.console import formats, texts
from app.alerts import acknowledge, raise_alert
from app.errors import Text
from app.lifecycle import State
from app.permissions import Role
from app.store.people import Alert
from app.tenancy import tenant_scope


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


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(59, "59 s"), (282, "4 min 42 s"), (32_401, "9 h"), (32_465, "9 h 1 min"), (86_400 + 60, "1 d")],
)
def test_a_length_of_time_is_said_in_neighbouring_units(seconds, said):
    assert formats.span(seconds) == said


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


def _an_alert_looked_after(ana: Taxpayer) -> int:
    with tenant_scope(ana.id):
        raise_alert(ana.id, "undecided", "uno", Text("sin decisión", "sin decisión"))
        alert = Alert.get(Alert.tenant_id == ana.id)
        acknowledge(ana.id, alert.id, by="otra@example.ec")
    return int(alert.id)


REFUSED = {
    "a halt that is not there": (
        lambda ana: (f"/tenants/{ana.id}/lift", {"reason": "ya terminó"}),
        "no hay ninguna suspensión vigente ahí",
        "no halt stands there",
    ),
    "a halt without a reason": (
        lambda ana: (f"/tenants/{ana.id}/halt", {}),
        "Escriba el motivo",
        "Write the reason",
    ),
    "a colour nobody could read": (
        lambda ana: (f"/tenants/{ana.id}/branding", {"accent": "#ffff00"}),
        "#ffff00 es demasiado claro",
        "#ffff00 is too light",
    ),
    "an alert another looks after": (
        lambda ana: (f"/alerts/{_an_alert_looked_after(ana)}/acknowledge", {}),
        "alguien ya la atiende",
        "somebody looks after it already",
    ),
    "a correction of what the SRI has not refused": (
        lambda ana: (f"/documents/{ana.document(State.SIGNED).id}/correct", {"reason": "x", "way": "same"}),
        "espere la respuesta del SRI",
        "wait for the SRI",
    ),
    "a retry of what is done": (
        lambda ana: (f"/documents/{_done(ana)}/retry", {"reason": "x"}),
        "su RIDE está guardado",
        "its RIDE is stored",
    ),
    "a password that is too short": (
        lambda _ana: ("/account/password", {"current": CONSOLE_PASSWORD, "new": "corta", "again": "corta"}),
        "la contraseña debe tener al menos",
        "a password has at least",
    ),
    "an import without a file": (
        lambda ana: ("/import/", {"tenant": ana.id}),
        "archivo",
        "file",
    ),
}


def _done(ana: Taxpayer) -> int:
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    return document.id


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_refused_in_the_readers_language(browser, ana: Taxpayer, what):
    ask, *said = REFUSED[what]
    supervisor = signed_in(browser(), Role.SUPERVISOR, (ana.id,))
    address, form = ask(ana)
    for language, sentence in zip(("es", "en"), said, strict=True):
        answer = supervisor.post(address, form, headers={"Accept-Language": language}, follow_redirects=True)
        assert sentence in words(answer.get_data(as_text=True)), language
