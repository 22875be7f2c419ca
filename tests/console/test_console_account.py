"""One's own account and, for admins, everybody's."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from cast import CONSOLE_PASSWORD
from console_cast import Browser, signed_in, words

from app import people, second_factor
from app.permissions import Role
from app.store.people import Audit, ConsoleSession, Person
from app.tenancy import every_tenant_scope


@pytest.fixture
def other(browser, ana) -> Browser:
    """Somebody with a role, for admins to look after."""
    return signed_in(browser(), Role.VIEWER, (ana.id,))


def person_of(browser: Browser) -> Person:
    found = people.find(browser.email)
    assert found is not None
    return found


def long_ago(browser: Browser) -> None:
    """As if the password had last been asked for an hour ago."""
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    ConsoleSession.update(proven_at=hour_ago).where(ConsoleSession.person == person_of(browser).id).execute()


def test_one_sees_where_one_is_signed_in_and_ends_what_one_does_not_know(browser):
    here, there = browser(), browser()
    signed_in(here, Role.ADMIN, ())
    there.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"
    there.sign_in(here.email)
    page = here.read("/account/")
    assert "Firefox · Windows" in page
    (other_session,) = re.findall(r"/account/sessions/(\d+)/end", page)
    assert here.post(f"/account/sessions/{other_session}/end").status_code == 302
    assert (there.get("/").status_code, here.get("/").status_code) == (302, 200)


def test_nobody_ends_the_session_of_somebody_else(browser, other: Browser):
    stranger = signed_in(browser(), Role.ADMIN, ())
    theirs = ConsoleSession.get(ConsoleSession.person == person_of(other).id)
    stranger.post(f"/account/sessions/{theirs.id}/end")
    assert other.get("/").status_code == 200


def test_the_password_is_asked_for_once_more_before_accounts_are_changed(admin: Browser, other: Browser):
    place = f"/people/{person_of(other).id}"
    long_ago(admin)
    assert admin.post(f"{place}/disable").headers["Location"].startswith("/account/prove")
    assert other.get("/").status_code == 200
    asked = admin.get("/people/new")
    assert asked.headers["Location"] == "/account/prove?next=/people/new"
    assert admin.post("/account/prove", {"password": "no es esta"}).status_code == 401
    assert admin.post("/people/new").status_code == 302
    back = admin.post("/account/prove", {"password": CONSOLE_PASSWORD, "next": "/people/new"})
    assert back.headers["Location"] == "/people/new"
    assert admin.post(f"{place}/disable").headers["Location"] == f"{place}/"
    assert other.get("/").status_code == 302


def test_a_second_factor_from_the_picture_to_the_next_sign_in(browser, services):
    here = signed_in(browser(), Role.ADMIN, ())
    page = here.read("/account/second-factor")
    assert "<svg" in page
    secret = re.search(r'<code class="key">([A-Z2-7]{32})</code>', page)[1]
    assert "no corresponde" in here.post("/account/second-factor", {"code": "000000"}).get_data(as_text=True)
    shown = here.post("/account/second-factor", {"code": pyotp.TOTP(secret).now()}).get_data(as_text=True)
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", shown)
    assert len(codes) == second_factor.CODES
    there = browser()
    assert there.sign_in(here.email).headers["Location"] == "/login/code"
    assert there.get("/").status_code == 302
    assert (
        there.client.post("/login/code", data={"csrf_token": token(there), "code": "123456"}).status_code
        == 401
    )
    assert (
        there.client.post("/login/code", data={"csrf_token": token(there), "code": codes[0]}).status_code
        == 302
    )
    assert there.get("/").status_code == 200
    long_ago(here)
    here.post("/account/prove", {"password": CONSOLE_PASSWORD, "code": codes[0]})
    assert here.post("/account/second-factor/off").headers["Location"].startswith("/account/prove")
    assert secret not in str([str(row.__data__) for row in audit()])


def test_codes_cannot_be_guessed_for_long(browser, services):
    here = signed_in(browser(), Role.ADMIN, ())
    secret, at = second_factor.new_secret(), datetime.now(UTC)
    second_factor.turn_on(person_of(here).id, secret, pyotp.TOTP(secret).at(at), box=services.box, now=at)
    there = browser()
    there.sign_in(here.email)
    form = {"csrf_token": token(there), "code": "000000"}
    assert [there.client.post("/login/code", data=form).status_code for _ in range(11)][-2:] == [401, 429]


def test_an_admin_makes_an_account_whose_password_is_shown_once(admin: Browser, browser, ana):
    form = {"email": "Nueva@Example.ec", "name": "Nueva", "role": "operator", "tenant": [ana.id]}
    page = admin.post("/people/new", form).get_data(as_text=True)
    password = re.search(r'<code class="key">([\w-]{20})</code>', page)[1]
    nueva = browser()
    assert nueva.sign_in("nueva@example.ec", password).status_code == 302
    assert "opera" in words(nueva.read("/"))
    assert password not in admin.read(f"/people/{person_of(nueva).id}/")
    again = admin.post("/people/new", form).get_data(as_text=True)
    assert "ya tiene una cuenta" in again


def test_an_admin_gives_and_takes_roles_and_signs_somebody_out(admin: Browser, other: Browser, beto):
    who = person_of(other)
    admin.post(f"/people/{who.id}/grant", {"role": "auditor", "tenant": beto.id})
    assert other.get("/audit/").status_code == 200
    (grant,) = re.findall(r"/grants/(\d+)/revoke", admin.read(f"/people/{who.id}/"))[1:]
    admin.post(f"/people/{who.id}/grants/{grant}/revoke")
    assert other.get("/audit/").status_code == 403
    admin.post(f"/people/{who.id}/sign-out")
    assert other.get("/").status_code == 302
    done = [row.action for row in audit() if row.target == who.email]
    assert done == ["user_created", "role_granted", "role_revoked", "signed_out_everywhere"]


def token(browser: Browser) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login/code").get_data(as_text=True))
    assert found
    return found[1]


def audit() -> list[Audit]:
    with every_tenant_scope():
        return list(Audit.select().order_by(Audit.id))


def test_what_shuts_somebody_out_asks_first_and_says_what_follows(admin: Browser, other: Browser):
    page = admin.read(f"/people/{person_of(other).id}/")
    for way, question in (("password", "deja de servir ahora"), ("disable", "no entra más hasta que")):
        (asked,) = [
            one for one in page.split('<details class="act">')[1:] if f"/{way}" in one.split("</details>")[0]
        ]
        assert question in asked.split("<form")[0], "it is said before the button that does it"
        assert page.count(f'/{way}"') == 1
