"""Every address of the console, by every method and role, with one's own and with foreign ids."""

import re
from collections.abc import Iterator

import pytest
from console_cast import signed_in
from known_addresses import BAD, CLOSED, KNOWN, LOGIN, MISSING, NOT_YOURS, OK, ROLES, Answers
from werkzeug.routing import Rule
from world import SECRET_BUYER, Belongings, World, address, ask, form, made

from admin import create_app
from app import people
from app.permissions import Role
from app.store.people import GrantOfRole

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HOW = (
    "{method} {rule} is not known: write into tests/isolation/known_addresses.py which roles it is for, and into "
    "world.py which row or form it takes"
)


@pytest.fixture(scope="module")
def world(app, services) -> World:
    return made(app, services)


def expected(rule: Rule, method: str) -> Answers:
    """What must come back; a rule nobody wrote down is an error of whoever added it."""
    asked = "GET" if method == "HEAD" else method
    if (rule.rule, asked) in KNOWN:
        return KNOWN[rule.rule, asked]
    written = any(known == rule.rule for known, _ in KNOWN)
    assert written and method not in (rule.methods or ()), HOW.format(method=method, rule=rule.rule)
    return CLOSED


def walk(world: World) -> Iterator[tuple[str, int, int]]:
    """Every case as (description, status expected, status that came)."""
    table = [(rule, method) for rule in world.app.url_map.iter_rules() for method in METHODS]
    for rule, method, answers in [(*one, expected(*one)) for one in table]:
        cases = [("anonymous", world.anas, answers.anonymous)]
        for role in ROLES:
            cases.append((role, world.betos, answers.of(role, own=True)))
            cases.append((role, world.anas, answers.of(role, own=False)))
        for who, whose, status in cases:
            came, text = ask(world, who, rule, method, whose)
            if who not in ("anonymous", "admin"):
                nothing_of_anas(text, world.anas, f"{method} {rule.rule} as {who}")
            owner = "Ana" if whose is world.anas else "Beto"
            yield f"{method} {rule.rule} as {who} with {owner}'s ids", status, came


def nothing_of_anas(text: str, anas: Belongings, where: str) -> None:
    # an error page repeats no address, so even the foreign id one asked for must not be there
    found = [word for word in anas.words if word in text]
    assert not found, f"{where} shows {found}"


def without_token(page: str) -> str:
    return re.sub(r'(name="csrf_token" value|nonce)="[^"]+"', "", page)


def test_every_address_answers_each_role_exactly_as_written_down(world):
    cases = list(walk(world))
    assert len(cases) >= len({rule for rule, _ in KNOWN}) * len(METHODS) * len(ROLES) * 2
    assert [case for case in cases if case[1] != case[2]] == []


def test_an_address_nobody_wrote_down_fails_the_walk(world, services):
    grown = create_app(services)
    grown.add_url_rule("/everything", "everything", lambda: "all rows")
    with pytest.raises(AssertionError, match="/everything is not known: write into"):
        list(walk(World(grown, world.anas, world.betos, world.browsers)))


def test_an_address_nobody_wrote_down_is_closed_to_strangers_all_the_same(services):
    grown = create_app(services)
    grown.add_url_rule("/everything", "everything", lambda: "all rows", methods=["GET", "POST"])
    stranger = grown.test_client()
    assert stranger.get("/everything").status_code == LOGIN
    assert stranger.post("/everything").status_code == LOGIN


def test_nobody_writes_without_the_token_of_a_form(world, app):
    admin = world.browsers["admin"]
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            place = address(app, rule, world.anas)
            sent = form(rule, world.anas)
            assert admin.client.post(place, data=sent | {"csrf_token": "made up"}).status_code == BAD, rule
            assert admin.client.post(place, data=sent).status_code == BAD, rule


def test_who_operates_for_one_taxpayer_and_only_looks_at_another_changes_nothing_of_the_other(world, browser):
    """Roles are per taxpayer: the right to do something for Beto does nothing for Ana, whose rows they do see."""
    ana, beto = world.anas, world.betos
    both = signed_in(browser(), Role.OPERATOR, (beto.taxpayer.id,))
    person = people.Person.get(people.Person.email == both.email)
    row = {"person": person.id, "role": Role.VIEWER, "tenant_id": ana.taxpayer.id, "granted_by": "test"}
    GrantOfRole.insert(row | {"granted_at": person.created_at}).execute()
    own, looked_at = beto.rows["documents"], ana.rows["documents"]
    assert "Reintentar" in both.read("/documents/")
    assert f'name="rowid" value="{own}"' in both.read("/documents/")
    assert f'name="rowid" value="{looked_at}"' not in both.read("/documents/")
    assert both.get(f"/documents/{looked_at}/").status_code == OK
    assert both.post(f"/documents/{looked_at}/retry").status_code == MISSING
    assert (
        both.post("/documents/action/", {"action": "retry", "rowid": [own, looked_at]}).status_code == MISSING
    )
    assert both.post(f"/documents/{own}/retry").status_code == LOGIN


def test_an_auditor_of_one_taxpayer_reads_the_audit_of_no_other_they_only_look_at(world, browser):
    reader = signed_in(browser(), Role.AUDITOR, (world.betos.taxpayer.id,))
    person = people.Person.get(people.Person.email == reader.email)
    row = {
        "person": person.id,
        "role": Role.VIEWER,
        "tenant_id": world.anas.taxpayer.id,
        "granted_by": "test",
    }
    GrantOfRole.insert(row | {"granted_at": person.created_at}).execute()
    assert SECRET_BUYER in reader.read("/documents/")
    page = reader.read("/audit/?order=oldest")
    assert f"traza {world.betos.taxpayer.ruc}" in page
    assert f"traza {world.anas.taxpayer.ruc}" not in page


@pytest.mark.parametrize("of", ["documents", "runs", "alerts", "audit"])
def test_narrowing_by_a_foreign_taxpayer_looks_like_narrowing_by_none_there_is(world, of):
    viewer = world.browsers["auditor"]
    viewer.read("/")  # what was still to be told of earlier steps is told here
    foreign = viewer.read(f"/{of}/?tenant={world.anas.taxpayer.id}")
    missing = viewer.read(f"/{of}/?tenant=987654321")
    here, nowhere = f"tenant={world.anas.taxpayer.id}", "tenant=987654321"
    assert without_token(foreign).replace(here, nowhere) == without_token(missing)
    nothing_of_anas(foreign, world.anas, of)


def test_a_foreign_document_is_not_found_by_anything_written_in_the_search_box(world):
    viewer, document = world.browsers["viewer"], world.anas.taxpayer.read(world.anas.rows["documents"])
    for words in (document.access_key, SECRET_BUYER, "compradora", document.reference):
        page = viewer.get("/documents/", query_string={"q": words, "order": "oldest"}).get_data(as_text=True)
        assert "Nada coincide" in page, words
    same = viewer.get("/documents/", query_string={"q": document.number, "order": "oldest"})
    nothing_of_anas(same.get_data(as_text=True), world.anas, "search by number")
    assert viewer.get("/documents/", query_string={"q": document.access_key}).status_code == OK


def test_a_document_of_ones_own_does_not_lead_to_a_foreign_exchange(world):
    viewer = world.browsers["viewer"]
    own, foreign = world.betos.rows["documents"], world.anas.rows["exchange_id"]
    for end in ("", "answer.txt"):
        place = f"/documents/{own}/exchanges/{foreign}/{end}"
        assert viewer.get(place).status_code == MISSING


def test_an_action_on_a_foreign_row_among_ones_own_does_nothing_at_all(world):
    viewer = world.browsers["viewer"]
    rows = {"action": "retry", "rowid": [world.betos.rows["documents"], world.anas.rows["documents"]]}
    assert viewer.post("/documents/action/", rows).status_code == NOT_YOURS


def test_refused_attempts_are_on_record_for_admins_only(world):
    viewer, admin = world.browsers["viewer"], world.browsers["admin"]
    foreign = world.anas.rows["documents"]
    viewer.get(f"/documents/{foreign}/ride.pdf")
    viewer.post(f"/documents/{foreign}/retry")
    seen = admin.read(f"/audit/?result=refused&by={viewer.email}")
    assert f"/documents/{foreign}/ride.pdf" in seen
    assert f"/documents/{foreign}/retry" in seen
    assert "falta el permiso document.retry" in seen
    assert f"/documents/{foreign}/" not in world.browsers["auditor"].read("/audit/?result=refused")


def test_ids_no_database_could_hold_are_simply_not_there(world):
    for number in ("0", "-1", "9223372036854775808", "9" * 60, "1e3"):
        assert world.browsers["admin"].get(f"/documents/{number}/").status_code == MISSING, number
    assert world.browsers["admin"].get("/documents/%00/").status_code in (BAD, MISSING)
    for name in ("tenant", "behind", "before"):
        assert world.browsers["admin"].get(f"/documents/?{name}=9223372036854775808").status_code == BAD
