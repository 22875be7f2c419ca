"""What somebody at the console may write into every field and address, signed in or not, does no harm."""

import json
import logging

import pytest
from cast import CONSOLE_PASSWORD
from console_cast import Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import passwords, people
from app.lifecycle import State
from app.store.people import Audit, GrantOfRole, Person
from app.tenancy import every_tenant_scope

HOSTILE = [
    *(
        "'",
        '"',
        "\\",
        "%",
        "%s",
        "%(x)s",
        "{0}",
        "{{1337*7331}}",
        "${1337*7331}",
        "'; drop table document; --",
        "1' or '1'='1",
    ),
    *(
        "\0",
        "a\0b",
        "\r\nX-Evil: 1",
        "\x1b[2J",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "=cmd|' /C calc'!A0",
    ),
    *("9" * 5_000, "-1", "1e400", "NaN", "😀" * 300, "١٢٣"),
]
NAMES = (
    "q",
    "tenant",
    "state",
    "order",
    "behind",
    "before",
    "page",
    "actor",
    "kind",
    "next",
    "lang",
    "theme",
    "ids",
    "sort",
    "target",
    "by",
    "action",
    "since",
    "until",
    "after",
    "issued_from",
    "layout",
    "span",
)
PLACES = (
    "/",
    "/documents/",
    "/documents/export.csv",
    "/documents/suggestions.json",
    "/failures/",
    "/exports/",
    "/exchanges/",
    "/batches/",
    "/trends/",
    "/audit/export.csv",
    "/certificates/",
    "/runs/",
    "/alerts/",
    "/audit/",
    "/tenants/",
    "/schedules/",
    "/login",
)
SEARCHED = ("/documents/", "/audit/")
"""Pages of which each field alone is tried too: one that is refused hides the others."""


def harm(answer) -> list[str]:
    """What the answer shows was broken, smuggled in or carried out; nothing, as a rule."""
    page = answer.get_data(as_text=True)
    signs = {
        f"broke {answer.request.url}": answer.status_code >= 500,
        "a header of theirs": "X-Evil" in answer.headers,
        "a script of theirs": "<script>alert(1)" in page and answer.mimetype == "text/html",
        "a sum of theirs": str(1337 * 7331) in page,
    }
    return [sign for sign, seen in signs.items() if seen]


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_written_into_an_address_breaks_a_page(admin: Browser, ana, word):
    asked = [(place, dict.fromkeys(NAMES, word)) for place in PLACES]
    asked += [(place, {name: word}) for place in SEARCHED for name in NAMES]
    assert [harm(admin.get(place, query_string=question)) for place, question in asked] == [[]] * len(asked)


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_written_into_the_login_breaks_it_and_each_attempt_is_one_line(browser, caplog, word):
    caplog.set_level(logging.DEBUG)
    anonymous = browser()
    assert harm(anonymous.post("/login", {"email": word, "password": word, "next": word})) == []
    for record in caplog.records:
        if record.name not in ("peewee",):
            assert "\x1b" not in record.getMessage()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(PLACES),
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), st.text(max_size=30), max_size=5),
)
def test_no_made_up_question_breaks_a_page(admin: Browser, place, question):
    assert harm(admin.get(place, query_string=question)) == []


def test_fields_nobody_asked_for_change_nothing(admin: Browser, viewer_of, ana):
    document = ana.document(State.AUTHORIZED)
    more = {
        **dict.fromkeys(("tenant_id", "is_admin", "active", "total", "person_id", "session_id"), "1"),
        "state": "draft",
        "role": "admin",
        "access_key": "1" * 49,
        "password_hash": "x",
        "path": "../x",
    }
    viewer = viewer_of(ana)
    before = ana.read(document.id).__data__
    with every_tenant_scope():
        grants = list(GrantOfRole.select().tuples())
    for rule in admin.client.application.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint != "login.sign_out":
            place = rule.rule.replace("<row:document_id>", str(document.id)).replace(
                "<row:row_id>", str(document.id)
            )
            if "<" not in place:
                assert harm(viewer.post(place, more)) == []
    after = ana.read(document.id).__data__
    moved = {name for name in before if before[name] != after[name]}
    assert moved == set()
    with every_tenant_scope():
        assert list(GrantOfRole.select().tuples()) == grants
        assert people.find(viewer.email).active


def test_a_stranger_learns_nothing_from_how_long_the_login_takes(browser, monkeypatch):
    """As much hashing for an address nobody has, one that is disabled and a wrong password: counted, not timed."""
    people.create("esta@example.ec", "Está", CONSOLE_PASSWORD, "admin", (), by="test")
    people.create("fuera@example.ec", "Fuera", CONSOLE_PASSWORD, "admin", (), by="test")
    Person.update(active=False).where(Person.email == "fuera@example.ec").execute()
    passwords._nobodys()
    proven = []
    verify = passwords._verify
    monkeypatch.setattr(
        passwords,
        "_verify",
        lambda stored, given: proven.append(stored.split("$")[1:4]) or verify(stored, given),
    )
    for email in ("esta@example.ec", "fuera@example.ec", "ninguna@example.ec"):
        assert browser().sign_in(email, "otra contraseña larga").status_code == 401
    assert len(proven) == 3 and proven[0] == proven[1] == proven[2]  # one hash each, of the same cost


def test_what_strangers_write_reaches_the_audit_as_data(browser, admin: Browser):
    browser().sign_in('<b>"\r\n{"by":"otro"}@example.ec', "x")
    with every_tenant_scope():
        line = (
            Audit.select()
            .where(Audit.action == "login", Audit.result == "refused")
            .order_by(Audit.id.desc())
            .first()
        )
    assert line.by.startswith('<b>"')
    assert json.dumps(line.by)
    assert '<b>"' not in admin.read("/audit/")


def test_a_session_of_before_the_login_is_not_the_one_after_it(anonymous: Browser):
    people.create("fija@example.ec", "Fija", CONSOLE_PASSWORD, "admin", (), by="test")
    anonymous.get("/login")
    planted = anonymous.client.get_cookie("autoriza").value
    victim = anonymous
    assert victim.sign_in("fija@example.ec").status_code == 302
    assert victim.client.get_cookie("autoriza").value != planted
    attacker = Browser(victim.client.application.test_client())
    attacker.client.set_cookie("autoriza", planted)
    assert attacker.get("/documents/").status_code == 302
