"""Who gets in, how often one may try, and where one lands."""

import socket
from itertools import count

import pytest
from cast import CONSOLE_PASSWORD
from console_cast import Browser

from admin import create_app
from app import people, sessions
from app.services import Services
from app.store.base import database
from app.store.people import Audit, Person
from app.tenancy import every_tenant_scope

WRONG = "otra contraseña larga"
_known = count(1)


@pytest.fixture
def known(services) -> str:
    """The address of an admin who exists."""
    email = f"alguien{next(_known)}@example.ec"
    people.create(email, "Alguien", CONSOLE_PASSWORD, "admin", (), by="test")
    return email


def audited(email: str) -> list[tuple[str, str]]:
    with every_tenant_scope():
        return [
            (row.action, row.result) for row in Audit.select().where(Audit.by == email).order_by(Audit.id)
        ]


def test_the_right_password_opens_the_console_and_is_on_record(anonymous: Browser, known):
    assert anonymous.sign_in(known).status_code == 302
    assert anonymous.get("/").status_code == 200
    assert audited(known) == [("login", "done")]


def test_the_wrong_password_opens_nothing_and_is_on_record(anonymous: Browser, known):
    answer = anonymous.sign_in(known, WRONG)
    assert answer.status_code == 401
    assert "no son correctos" in answer.get_data(as_text=True)
    assert anonymous.get("/").status_code == 302
    assert audited(known) == [("login", "refused")]


def test_an_unknown_address_is_told_the_same_as_a_wrong_password(anonymous: Browser, known):
    unknown = anonymous.sign_in("nadie@example.ec").get_data(as_text=True)
    wrong = anonymous.sign_in(known, WRONG).get_data(as_text=True)
    assert [line for line in unknown.splitlines() if "flash" in line] == [
        line for line in wrong.splitlines() if "flash" in line
    ]


def test_a_disabled_person_is_out_at_once(anonymous: Browser, known):
    anonymous.sign_in(known)
    Person.update(active=False).where(Person.email == known).execute()
    assert anonymous.get("/documents/").status_code == 302
    anonymous.email = ""
    assert anonymous.sign_in(known).status_code == 401


def test_who_is_signed_out_everywhere_has_no_session_left(browser, known):
    here, there = browser(), browser()
    here.sign_in(known)
    there.sign_in(known)
    assert sessions.end_all(people.find(known).id, by="test") == 2
    assert here.get("/").status_code == there.get("/").status_code == 302


def test_a_session_for_another_person_cannot_be_made_up(anonymous: Browser):
    anonymous.client.set_cookie("autoriza", "eyJfdXNlcl9pZCI6IjE6MSJ9.aaaa.bbbb")
    assert anonymous.get("/").status_code == 302


def test_the_form_token_of_before_the_login_is_worth_nothing_after_it(anonymous: Browser, known):
    before = anonymous.token()
    anonymous.sign_in(known)
    assert anonymous.client.post("/logout", data={"csrf_token": before}).status_code == 400
    assert anonymous.get("/").status_code == 200


def test_signing_out_ends_the_session_and_is_on_record(anonymous: Browser, known):
    anonymous.sign_in(known)
    assert anonymous.post("/logout").status_code == 302
    assert anonymous.get("/").status_code == 302
    assert audited(known)[-1] == ("logout", "done")


def test_signing_out_takes_a_form_not_a_link(admin: Browser):
    assert admin.get("/logout").status_code == 405
    assert admin.get("/").status_code == 200


def test_after_the_login_one_lands_where_one_wanted_to_go(anonymous: Browser, known):
    asked = anonymous.get("/documents/?state=draft")
    assert asked.headers["Location"].startswith("/login?next=")
    assert (
        anonymous.sign_in(known, next="/documents/?state=draft").headers["Location"]
        == "/documents/?state=draft"
    )


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://malo.example/",
        "//malo.example",
        "/\\malo.example",
        "\\\\malo.example",
        "/\tmalo",
        "javascript:alert(1)",
        "malo.example",
        "http:malo.example",
    ],
)
def test_a_link_to_the_login_cannot_send_one_elsewhere(anonymous: Browser, known, elsewhere):
    assert anonymous.sign_in(known, next=elsewhere).headers["Location"] == "/"


def test_ten_wrong_passwords_for_one_address_close_it_for_a_while(browser, known):
    for _ in range(10):
        assert browser().sign_in(known, WRONG).status_code == 401
    refused = browser().sign_in(known)
    assert refused.status_code == 429
    assert "Demasiados intentos" in refused.get_data(as_text=True)
    assert refused.headers["Retry-After"]


def test_one_address_on_the_network_cannot_try_every_account(browser, monkeypatch):
    monkeypatch.setattr(people, "prove", lambda *_, **__: None)  # spares fifty slow hashes
    one = browser("198.51.100.9")
    statuses = [one.sign_in(f"cuenta{n}@example.ec", WRONG).status_code for n in range(51)]
    assert statuses == [401] * 50 + [429]
    assert browser("198.51.100.10").sign_in("cuenta1@example.ec", WRONG).status_code == 401


def test_the_limit_holds_while_redis_is_away(services: Services, known):
    with socket.socket() as taken:  # a port nobody listens on
        taken.bind(("127.0.0.1", 0))
        nowhere = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        settings = services.settings.model_copy(update={"redis_url": nowhere})
        app = create_app(Services(settings, services.database))
        assert Browser(app.test_client()).sign_in(known).status_code == 302
        statuses = [Browser(app.test_client()).sign_in("x@example.ec", WRONG).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    assert database.obj is services.database


def test_the_sign_of_life_needs_neither_login_nor_database(anonymous: Browser, services, monkeypatch):
    monkeypatch.setattr(services.database, "connect", lambda **_: pytest.fail("opened a connection"))
    assert anonymous.get("/healthz").status_code == 200
