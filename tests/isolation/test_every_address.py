"""Every address of the console, by every method and role, with one's own and with foreign ids."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from cast import Taxpayer, take_on
from console_cast import Browser, a_run, signed_in
from flask import Flask
from werkzeug.routing import Rule

from admin import create_app
from app.alerts import raise_alert
from app.auditing import audit
from app.lifecycle import State
from app.store.documents import SriExchange
from app.store.tenants import Halt
from app.tenancy import tenant_scope

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SECRET_BUYER = "COMPRADORA SECRETA DE ANA"
LOGIN, OK, BAD, NOT_YOURS, MISSING, WRONG_WAY = 302, 200, 400, 403, 404, 405


@dataclass(frozen=True)
class Answers:
    """Statuses by who asks: nobody, a viewer about their own and about foreign rows, an admin about either."""

    anonymous: int
    viewer: int
    foreign: int
    admin: int


PAGE = Answers(LOGIN, OK, OK, OK)
OF_A_ROW = Answers(LOGIN, OK, MISSING, OK)
FOR_ADMINS = Answers(LOGIN, NOT_YOURS, NOT_YOURS, OK)
WRITE = Answers(LOGIN, NOT_YOURS, NOT_YOURS, 302)
CLOSED = Answers(LOGIN, WRONG_WAY, WRONG_WAY, WRONG_WAY)
OPEN = Answers(OK, OK, OK, OK)

KNOWN = {
    ("/healthz", "GET"): OPEN,
    ("/readyz", "GET"): OPEN,
    ("/metrics", "GET"): Answers(MISSING, MISSING, MISSING, MISSING),  # no token is set
    ("/static/<path:filename>", "GET"): OPEN,
    ("/login", "GET"): Answers(OK, 302, 302, 302),
    ("/login", "POST"): Answers(401, 401, 401, 401),  # with a wrong password
    ("/logout", "POST"): Answers(LOGIN, 302, 302, 302),
    ("/preferences", "POST"): Answers(302, 302, 302, 302),  # language and theme are anybody's
    ("/", "GET"): PAGE,
    ("/documents/", "GET"): PAGE,
    ("/documents/export.csv", "GET"): PAGE,
    ("/documents/action/", "POST"): WRITE,
    ("/documents/<row:row_id>/", "GET"): OF_A_ROW,
    ("/documents/<row:row_id>/retry", "POST"): WRITE,
    ("/documents/<row:row_id>/ride.pdf", "GET"): OF_A_ROW,
    ("/documents/<row:row_id>/authorized.xml", "GET"): OF_A_ROW,
    ("/documents/<row:row_id>/signed-<int(min=1, max=99999):version>.xml", "GET"): OF_A_ROW,
    ("/documents/<row:row_id>/exchanges/<row:exchange_id>/", "GET"): OF_A_ROW,
    ("/documents/<row:row_id>/exchanges/<row:exchange_id>/answer.txt", "GET"): OF_A_ROW,
    ("/runs/", "GET"): PAGE,
    ("/runs/action/", "POST"): WRITE,
    ("/runs/<row:row_id>/", "GET"): OF_A_ROW,
    ("/runs/<row:row_id>/retry", "POST"): WRITE,
    ("/schedules/", "GET"): FOR_ADMINS,
    ("/schedules/<schedule>/run", "POST"): WRITE,
    ("/alerts/", "GET"): PAGE,
    ("/audit/", "GET"): PAGE,
    ("/tenants/", "GET"): PAGE,
}


@dataclass
class Belongings:
    """Everything of one taxpayer that an address can name, and the words that give it away."""

    taxpayer: Taxpayer
    document: int
    exchange: int
    run: int
    words: set[str] = field(default_factory=set)


def belongings(taxpayer: Taxpayer, buyer: str) -> Belongings:
    """A document with files, talk and a RIDE, and around it a run, an alert, a halt and a line of audit."""
    mail = [{"nombre": "Correo", "valor": f"comprador.{taxpayer.ruc}@x.ec"}]
    document = taxpayer.document(State.AUTHORIZED, razonSocialComprador=buyer, infoAdicional=mail)
    taxpayer.render(document.id)
    run = a_run(taxpayer.id, document.id, error=f"error de {taxpayer.ruc}")
    with tenant_scope(taxpayer.id):
        exchange = SriExchange.get(SriExchange.document_id == document.id).id
        raise_alert(taxpayer.id, "undecided", f"asunto {taxpayer.ruc}", f"alerta de {taxpayer.ruc}")
        Halt.insert(
            tenant_id=taxpayer.id,
            code="57",
            reason=f"suspensión {taxpayer.ruc}",
            since=document.created_at,
            placed_by="SRI",
        ).execute()
        audit(taxpayer.id, by="test", action="retry", target=f"traza {taxpayer.ruc}")
    words = {buyer, taxpayer.ruc, str(document.access_key), f"/documents/{document.id}/", f"/runs/{run}/"}
    return Belongings(taxpayer, document.id, exchange, run, words)


@dataclass
class World:
    """Ana's and Beto's belongings, and who comes to look."""

    app: Flask
    anas: Belongings
    betos: Belongings
    browsers: dict[str, Browser]


@pytest.fixture(scope="module")
def world(app, services) -> World:
    ana, beto = take_on(services, "ANA MOREIRA CÍA. LTDA."), take_on(services, "BETO SUMINISTROS S.A.")
    anas, betos = belongings(ana, SECRET_BUYER), belongings(beto, "CLIENTE DE BETO")
    who = {
        "anonymous": Browser(app.test_client()),
        "viewer": signed_in(Browser(app.test_client()), "viewer", (beto.id,)),
        "admin": signed_in(Browser(app.test_client()), "admin", ()),
    }
    return World(app, anas, betos, who)


def address(app: Flask, rule: Rule, of: Belongings) -> str:
    run = rule.endpoint.startswith("runs.")
    values = {
        "row_id": of.run if run else of.document,
        "exchange_id": of.exchange,
        "version": 1,
        "schedule": "sign_drafts",
        "filename": "console.css",
    }
    with app.test_request_context():
        return app.url_map.bind("localhost").build(
            rule.endpoint, {name: values[name] for name in rule.arguments}
        )


def form(rule: Rule, of: Belongings) -> dict[str, str | int]:
    row = of.run if rule.endpoint.startswith("runs.") else of.document
    return {
        "action": "retry",
        "rowid": row,
        "back": "/",
        "email": "nadie@example.ec",
        "password": "no es esta",
    }


def expected(rule: Rule, method: str) -> Answers:
    """What must come back; a rule nobody wrote down here is an error of whoever added it."""
    if (rule.rule, "GET" if method == "HEAD" else method) in KNOWN:
        return KNOWN[rule.rule, "GET" if method == "HEAD" else method]
    assert any(known == rule.rule for known, _ in KNOWN), (
        f"{rule.rule} is not in the table of known addresses"
    )
    assert method not in (rule.methods or ()), f"{method} {rule.rule} is not in the table of known addresses"
    return CLOSED


def walk(world: World) -> Iterator[tuple[str, int, int]]:
    """Every case as (description, status expected, status that came)."""
    table = [(rule, method) for rule in world.app.url_map.iter_rules() for method in METHODS]
    for rule, method, answers in [(*one, expected(*one)) for one in table]:
        cases = (
            ("anonymous", world.anas, answers.anonymous),
            ("viewer", world.betos, answers.viewer),
            ("viewer", world.anas, answers.foreign),
            ("admin", world.anas, answers.admin),
            ("admin", world.betos, answers.admin),
        )
        for who, whose, status in cases:
            came = ask(world, world.browsers[who], rule, method, whose)
            owner = "Ana" if whose is world.anas else "Beto"
            yield f"{method} {rule.rule} as {who} with {owner}'s ids", status, came


def ask(world: World, browser: Browser, rule: Rule, method: str, whose: Belongings) -> int:
    place = address(world.app, rule, whose)
    if rule.endpoint == "login.sign_out" and method == "POST" and browser.email:
        email, status = browser.email, browser.post(place).status_code
        browser.email = ""
        assert browser.sign_in(email).status_code == 302
        return status
    sent = form(rule, whose) | ({"csrf_token": browser.token()} if method == "POST" else {})
    body = None if method in ("GET", "HEAD") else sent
    answer = browser.client.open(place, method=method, data=body, buffered=True)
    if browser is world.browsers["viewer"]:
        nothing_of_anas(answer.get_data().decode("utf-8", "replace"), world.anas, f"{method} {rule.rule}")
    return answer.status_code


def nothing_of_anas(text: str, anas: Belongings, where: str) -> None:
    # an error page repeats no address, so even the foreign id one asked for must not be there
    found = [word for word in anas.words if word in text]
    assert not found, f"{where} shows {found}"


def without_token(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_every_address_answers_each_role_exactly_as_written_down(world):
    cases = list(walk(world))
    assert len(cases) >= len(KNOWN) * len(METHODS)
    assert [case for case in cases if case[1] != case[2]] == []


def test_an_address_nobody_wrote_down_fails_the_walk(world, services):
    grown = create_app(services)
    grown.add_url_rule("/everything", "everything", lambda: "all rows")
    with pytest.raises(AssertionError, match="/everything is not in the table"):
        list(walk(World(grown, world.anas, world.betos, world.browsers)))


def test_an_address_nobody_wrote_down_is_closed_to_strangers_all_the_same(services):
    grown = create_app(services)
    grown.add_url_rule("/everything", "everything", lambda: "all rows", methods=["GET", "POST"])
    stranger = grown.test_client()
    assert stranger.get("/everything").status_code == LOGIN
    assert stranger.post("/everything").status_code == LOGIN


def test_nobody_writes_without_the_token_of_a_form(world):
    admin = world.browsers["admin"]
    for (rule, method), _ in KNOWN.items():
        if method == "POST":
            place = rule.replace("<row:row_id>", str(world.anas.document)).replace(
                "<schedule>", "sign_drafts"
            )
            assert admin.client.post(place, data={"csrf_token": "made up"}).status_code == BAD, rule
            assert admin.client.post(place).status_code == BAD, rule


@pytest.mark.parametrize("of", ["documents", "runs", "alerts", "audit"])
def test_narrowing_by_a_foreign_taxpayer_looks_like_narrowing_by_none_there_is(world, of):
    viewer = world.browsers["viewer"]
    foreign = viewer.read(f"/{of}/?tenant={world.anas.taxpayer.id}")
    missing = viewer.read(f"/{of}/?tenant=987654321")
    here, nowhere = f"tenant={world.anas.taxpayer.id}", "tenant=987654321"
    assert without_token(foreign).replace(here, nowhere) == without_token(missing)
    nothing_of_anas(foreign, world.anas, of)


def test_a_foreign_document_is_not_found_by_anything_written_in_the_search_box(world):
    viewer, document = world.browsers["viewer"], world.anas.taxpayer.read(world.anas.document)
    for words in (document.access_key, SECRET_BUYER, "compradora", document.reference):
        page = viewer.get("/documents/", query_string={"q": words, "order": "oldest"}).get_data(as_text=True)
        assert "Nada coincide" in page, words
    same = viewer.get("/documents/", query_string={"q": document.number, "order": "oldest"})
    nothing_of_anas(same.get_data(as_text=True), world.anas, "search by number")
    assert viewer.get("/documents/", query_string={"q": document.access_key}).status_code == OK


def test_a_document_of_ones_own_does_not_lead_to_a_foreign_exchange(world):
    viewer = world.browsers["viewer"]
    for end in ("", "answer.txt"):
        place = f"/documents/{world.betos.document}/exchanges/{world.anas.exchange}/{end}"
        assert viewer.get(place).status_code == MISSING


def test_an_action_on_a_foreign_row_among_ones_own_does_nothing_at_all(world):
    viewer = world.browsers["viewer"]
    rows = {"action": "retry", "rowid": [world.betos.document, world.anas.document]}
    assert viewer.post("/documents/action/", rows).status_code == NOT_YOURS


def test_refused_attempts_are_on_record_for_admins_only(world):
    viewer, admin = world.browsers["viewer"], world.browsers["admin"]
    viewer.get(f"/documents/{world.anas.document}/ride.pdf")
    viewer.post(f"/documents/{world.anas.document}/retry")
    seen = admin.read(f"/audit/?result=refused&by={viewer.email}")
    assert f"/documents/{world.anas.document}/ride.pdf" in seen
    assert f"/documents/{world.anas.document}/retry" in seen
    assert f"/documents/{world.anas.document}/" not in viewer.read("/audit/?result=refused")


def test_ids_no_database_could_hold_are_simply_not_there(world):
    for number in ("0", "-1", "9223372036854775808", "9" * 60, "1e3", "%00"):
        assert world.browsers["admin"].get(f"/documents/{number}/").status_code == MISSING, number
    for name in ("tenant", "behind", "before"):
        assert world.browsers["admin"].get(f"/documents/?{name}=9223372036854775808").status_code == BAD
