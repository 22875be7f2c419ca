"""Whatever can go wrong is explained, in the reader's language and with its remedy, on Failures and on the document."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from cast import Taxpayer, next_ruc, take_on
from console_cast import Browser, signed_in, words
from peewee import fn
from pydantic import SecretStr
from trouble_cast import held, parked, refused, silenced, without_ride

from admin.console import texts, trouble_groups
from app import causes, sentences, tenants, work
from app.causes import Fault
from app.config import Settings
from app.errors import LANGUAGES
from app.lifecycle import State
from app.permissions import Role
from app.sri.codes import CATALOGUE, Follow
from app.sri.gateway import Environment
from app.store.delivery import Delivery
from app.store.tenants import Certificate, Sequence
from app.tenancy import tenant_scope
from app.tenants import TaxpayerFacts

ROOT = Path(__file__).parents[2]
SILENT = {
    "http_503": "http",
    "http_200": "not_xml",
    "soap_fault": "fault",
    "empty": "empty",
    "drop_before": "reset",
    "unknown_word": "unknown_word",
}
"""What the simulator can be told to do, and the code by which the engine calls it."""
REFUSALS = (Follow.CORRECT, Follow.NEW_KEY, Follow.HALT_TENANT, Follow.HALT_ESTABLISHMENT, Follow.PERSON)
REFUSED = [code for code, row in CATALOGUE.items() if row.follow in REFUSALS]
PARKED = (
    "held_back",
    "undecided",
    "failed",
    "crashed",
    "no_access_key",
    "maybe_issued",
    "key_of_another_sale",
)
BY_MAIL = ("mail_later", "mail_maybe", "mail_undelivered")
FACTS = {
    "hours": 24,
    "times": 5,
    "error": "OSError: x",
    "document": 7,
    "state": "signed",
    "number": "001-002-000000009",
}
FACTS |= {"key": "7" * 49, "to": "m@example.ec", "why": "450 x"}
"""What stands in the sentences of the engine."""
UNCOUNTED = {"pending"}
"""The usual wait for a verdict is no failure; its document says so all the same."""


def _by_the_simulator(fault: str) -> Callable[[Taxpayer, object], int]:
    return lambda ana, simulator: silenced(ana, simulator, fault)


def _refused(code: str) -> Callable[[Taxpayer, object], int]:
    return lambda ana, simulator: refused(ana, simulator, code).id


def _asleep(code: str, state: State = State.PENDING_AUTHORIZATION) -> Callable[[Taxpayer, object], int]:
    def make(ana: Taxpayer, _simulator: object) -> int:
        claim = held(ana, ana.document(state).id)
        with tenant_scope(ana.id):
            work.sleep(claim, 600, code=code, why=f"as the engine says of {code}")
        return claim.id

    return make


def _set_aside(code: str) -> Callable[[Taxpayer, object], int]:
    why = "as a person wrote it" if code == "held_back" else sentences.said(code, **FACTS).es
    return lambda ana, _simulator: parked(ana, code, why)


def _mail(code: str) -> Callable[[Taxpayer, object], int]:
    def make(ana: Taxpayer, _simulator: object) -> int:
        document = ana.document(State.AUTHORIZED)
        ana.render(document.id)
        trouble = {"last_error_code": code, "last_error": "450 vuelva luego"}
        if causes.OWN[code].meanwhile is Fault.CONTENT:
            trouble |= {"needs_person_code": code, "needs_person_reason": sentences.said(code, **FACTS).es}
            trouble |= {"needs_person_since": fn.now()}
        with tenant_scope(ana.id):
            mine = Delivery.document_id == document.id
            assert Delivery.update(outcome=None, address="m@example.ec", **trouble).where(mine).execute()
        return document.id

    return make


def _without_certificate(ana: Taxpayer, _simulator: object) -> int:
    """The signing step of a taxpayer who never had one."""
    ruc = next_ruc()
    facts = TaxpayerFacts("Av. Amazonas N34-56, Quito")
    tenant_id = tenants.create(ruc, "SIN FIRMA S.A.", Environment.PRUEBAS, facts, by="test")
    return _left_by_signing(Taxpayer(ana.services, tenant_id, ruc))


def _certificate_over(ana: Taxpayer, _simulator: object) -> int:
    """The signing step of a taxpayer whose certificate has ended."""
    late = take_on(ana.services, "FIRMA CADUCADA S.A.")
    with tenant_scope(late.id):
        Certificate.update(not_after=work.in_seconds(-60)).where(Certificate.tenant_id == late.id).execute()
    return _left_by_signing(late)


def _no_number_left(ana: Taxpayer, _simulator: object) -> int:
    """The signing step at an emission point that has used up its numbers."""
    document_id = ana.import_invoice(ptoEmi="009")
    place = {"doc_type": "01", "establishment": "001", "emission_point": "009"}
    with tenant_scope(ana.id):
        Sequence.insert(tenant_id=ana.id, environment=1, next_number=1_000_000_000, **place).execute()
    ana.step(document_id)
    return document_id


def _left_by_signing(taxpayer: Taxpayer) -> int:
    document_id = taxpayer.import_invoice()
    taxpayer.step(document_id)
    return document_id


SEEDS: dict[str, Callable[[Taxpayer, object], int]] = (
    {code: _asleep(code) for code in causes.OWN}
    | {code: _set_aside(code) for code in PARKED}
    | {code: _mail(code) for code in BY_MAIL}
    | {code: _by_the_simulator(fault) for fault, code in SILENT.items()}
    | {f"{code} rejected": _refused(code) for code in REFUSED}
    | {f"{code} pending_authorization": _asleep(code) for code in ("39", "45")}
    | {
        "no_certificate": _without_certificate,
        "certificate_not_valid": _certificate_over,
        "sequence_exhausted": _no_number_left,
        "storage_away": lambda ana, _: without_ride(ana),
    }
)
"""How each comes about: by the engine's own step where one can be made to fail, else as that step leaves the row."""


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """An installation that sends mail: what is in trouble there counts as well."""
    return settings.model_copy(
        update={"smtp_url": SecretStr("smtp://127.0.0.1:9"), "mail_from": "a@example.ec"}
    )


@pytest.fixture(scope="module")
def seeded(services, simulator) -> dict[str, int]:
    """One document per cause."""
    ana = take_on(services, "ANA MOREIRA CÍA. LTDA.")
    found = {}
    for name, make in SEEDS.items():
        found[name] = make(ana, simulator)
        simulator.reset()
    return found


@pytest.fixture(scope="module")
def read(app, seeded) -> Iterator[Callable[[str, str], str]]:
    """Pages as somebody sees them who sees all taxpayers, each read once in each language."""
    client = app.test_client()
    reader = signed_in(Browser(client), Role.ADMIN, ())

    @cache
    def page(address: str, language: str) -> str:
        return reader.get(address, headers={"Accept-Language": language}).get_data(as_text=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trouble_groups, "MOST_GROUPS", 2 * len(SEEDS))  # never so many at once but here
        yield page


def part(page: str, mark: str) -> str:
    """The words of the section of a page that ``mark`` is in."""
    (found,) = [one for one in re.findall(r"<section.*?</section>", page, re.DOTALL) if mark in one]
    return unescape(words(found))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SEEDS)
def test_a_fault_shows_its_sentence_and_its_remedy_on_failures_and_on_its_document(
    read, seeded, name, language
):
    (code, _, stage), document = name.partition(" "), seeded[name]
    page = read(f"/documents/{document}/", language)
    person = stage == "rejected" or 'class="card next person"' in page or code == "mail_undelivered"
    cause = causes.explain(code, person=person)
    meaning, remedy = cause.meaning.read_in(language), cause.remedy.read_in(language)
    why = part(page, 'aria-labelledby="h-why"')
    assert meaning in why
    assert remedy in why
    if name in UNCOUNTED:
        return
    wanted = stage or "[a-z_]+"
    groups = set(re.findall(rf'data-id="({wanted} {code} [^"]*)"', read("/failures/", language)))
    assert groups
    for group in groups:
        shown = part(read("/failures/", language), f'data-id="{group}"')
        assert meaning in shown
        assert remedy in shown
        assert texts.LANGUAGES[language][f"fault.{cause.fault}"] in shown


def test_every_class_of_fault_is_among_them(read, seeded):
    page = read("/failures/", "es")
    assert [fault for fault in Fault if f'class="card group {fault}"' not in page] == []


def _spelled(node: ast.expr | None, names: dict[str, str]) -> set[str]:
    match node:
        case ast.Constant(value=str(value)):
            return {value}
        case ast.Name(id=name) if name in names:
            return {names[name]}
        case ast.IfExp(body=body, orelse=other):
            return _spelled(body, names) | _spelled(other, names)
    return set()


def _left_by(tree: ast.Module) -> set[str]:
    """The codes that calls in a module put on a row, as far as they are spelled out in it."""
    names = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    found: set[str] = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        match call.func:
            case ast.Name(id="TenantMustAct"):
                found |= _spelled(call.args[0], names)
            case ast.Attribute(value=ast.Name(id="work"), attr="park"):
                found |= _spelled(call.args[1], names)
            case ast.Attribute(attr="sleep" | "update"):
                codes = ("code", "needs_person_code", "last_error_code")
                for given in call.keywords:
                    found |= _spelled(given.value, names) if given.arg in codes else set()
    return found


def test_every_code_the_engine_leaves_on_a_row_is_explained():
    folders = (ROOT / "app", ROOT / "workers")
    left = set().union(
        *(_left_by(ast.parse(path.read_text("utf-8"))) for folder in folders for path in folder.rglob("*.py"))
    )
    assert len(left) > 15
    assert {code for code in left if code not in causes.OWN and code not in CATALOGUE} == {"not_taken"}, (
        "app/causes.py does not explain them; a notice's not_taken is told by its own page"
    )
