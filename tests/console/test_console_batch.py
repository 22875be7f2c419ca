"""What was handed in together has a page: how far it is, what is wrong with some, and its failed ones retried."""

import json
import re
from dataclasses import replace
from io import BytesIO

import pytest
from cast import Taxpayer
from console_cast import Browser, change, signed_in, words
from documents_cast import invoice
from peewee import fn

from app import batches, intake
from app.auditing import Audit
from app.bulk import running
from app.intake import Offer
from app.lifecycle import State
from app.permissions import Role
from app.store.bulk import Bulk, BulkItem
from app.tenancy import tenant_scope


@pytest.fixture
def sara(app, ana: Taxpayer) -> Browser:
    return signed_in(Browser(app.test_client()), Role.SUPERVISOR, (ana.id,))


def handed_in(person: Browser, taxpayer: Taxpayer, number: int, called: str = "") -> tuple[str, list[int]]:
    """Invoices handed in at once; the page that follows, and their ids."""
    files = [
        (
            BytesIO(json.dumps(invoice(razonSocialComprador=f"{called} Comprador {place}")).encode()),
            f"{place}.json",
        )
        for place in range(number)
    ]
    answer = person.post("/import/", {"tenant": taxpayer.id, "files": files, "called": called})
    assert answer.status_code == 302, words(answer.get_data(as_text=True))
    page = person.read(answer.location)
    ids = {int(found) for found in re.findall(r'href="/documents/(\d+)/"', page)}
    return answer.location, sorted(ids)


def set_aside(taxpayer: Taxpayer, *documents: int) -> None:
    for one in documents:
        parked = {"needs_person_since": fn.now(), "needs_person_code": "undecided"}
        change(taxpayer.read(one), next_attempt_at=None, needs_person_reason="el SRI no decidió", **parked)


def test_a_batch_is_searched_like_anything_else(sara: Browser, ana: Taxpayer, beto: Taxpayer):
    place, ids = handed_in(sara, ana, 3)
    handed_in(sara, ana, 2)
    (number,) = re.findall(r"\d+", place)
    ana.bring(ids[0], State.AUTHORIZED)
    page = sara.read(place)

    def found(query: str) -> set[int]:
        return {int(one) for one in re.findall(r'href="/documents/(\d+)/"', sara.read(query))}

    assert f'href="/documents/?q=batch:{number}"' in page
    assert found(f"/documents/?q=lote:{number}") == set(ids)
    assert f'href="/documents/?q=batch:{number}+state:draft"' in page
    assert found(f"/documents/?q=batch:{number}+state:draft") == set(ids[1:])
    assert found("/documents/?q=batch:999999999") == set()
    stranger = signed_in(Browser(sara.client.application.test_client()), Role.SUPERVISOR, (beto.id,))
    assert not re.findall(r'href="/documents/(\d+)/"', stranger.read(f"/documents/?q=batch:{number}"))


def test_files_handed_in_together_lead_to_their_batch_and_others_are_not_on_it(sara: Browser, ana: Taxpayer):
    alone = ana.import_invoice()
    place, ids = handed_in(sara, ana, 3, called="Ventas de noviembre")
    assert re.fullmatch(r"/batches/\d+/", place)
    assert len(ids) == 3
    page = words(sara.read(place))
    assert "Lote «Ventas de noviembre»" in page
    assert "comprobantes: 3; archivos: 3" in page
    assert f"lo entregó {sara.email}" in page
    assert "3 en camino; 0 esperan a una persona." in page
    for one in ids:
        assert f'href="{place}"' in sara.read(f"/documents/{one}/")
    assert "/batches/" not in sara.read(f"/documents/{alone}/")


def test_one_file_alone_leads_to_its_document(sara: Browser, ana: Taxpayer):
    sent = {"tenant": ana.id, "files": [(BytesIO(json.dumps(invoice()).encode()), "f.json")]}
    assert re.fullmatch(r"/documents/\d+/", sara.post("/import/", sent).location)


def test_its_failed_ones_are_grouped_and_retried_by_an_operation_and_it_ends_with_some_failed(
    sara: Browser, ana: Taxpayer
):
    place, ids = handed_in(sara, ana, 3)
    ana.bring(ids[0], State.AUTHORIZED)
    page = words(sara.read(place))
    assert "2 en camino" in page
    assert "A este paso, quedan unos" in page
    set_aside(ana, *ids[1:])
    batches.finish_over()
    page = sara.read(place)
    assert "Nada se mueve ya; 2 esperan a una persona." in words(page)
    assert "Autorizados: 1; necesitaban a una persona: 2 (rechazados por el SRI: 0)." in words(page)
    assert "El SRI no decidió dentro del plazo" in words(page)
    click = re.search(r'name="click" value="([^"]+)"', page)[1]
    number = re.search(r'name="batch" value="(\d+)"', page)[1]
    answer = sara.post("/operations/propose", {"action": "retry", "click": click, "batch": number})
    with tenant_scope(ana.id):
        bulk = int(re.findall(r"/operations/(\d+)/", answer.location)[0])
        items = BulkItem.select().where(BulkItem.bulk_id == bulk)
        assert sorted(item.document_id for item in items) == ids[1:]
    assert f'href="{place}"' in sara.read(answer.location)


def test_what_a_person_mends_later_is_on_its_page_beside_how_it_ended(sara: Browser, ana: Taxpayer):
    place, ids = handed_in(sara, ana, 2)
    ana.bring(ids[0], State.AUTHORIZED)
    set_aside(ana, ids[1])
    batches.finish_over()
    change(ana.read(ids[1]), needs_person_since=None, needs_person_code=None, needs_person_reason=None)
    ana.bring(ids[1], State.AUTHORIZED)
    page = words(sara.read(place))
    assert "Todo terminó: nada espera." in page
    assert "Autorizados: 1; necesitaban a una persona: 1" in page


def test_its_documents_are_read_page_by_page_and_those_that_wait_for_a_person_apart(
    sara: Browser, ana: Taxpayer
):
    offers = [Offer(json.dumps(invoice(referencia=str(n))).encode(), f"{n}.json") for n in range(60)]
    accepted = intake.accept_all(ana.id, offers, by="command line")
    ids = sorted(one.document_id for one in accepted)
    place = f"/batches/{accepted[0].batch}/"
    shown = re.compile(r'href="/documents/(\d+)/"')
    first = sara.read(place)
    assert [int(one) for one in shown.findall(first)] == ids[:50]
    behind = re.search(rf'href="({place}\?behind=\d+)"', first)[1]
    assert [int(one) for one in shown.findall(sara.read(behind))] == ids[50:]
    set_aside(ana, ids[7], ids[55])
    assert [int(one) for one in shown.findall(sara.read(place + "?show=person"))] == [ids[7], ids[55]]


def test_the_list_has_the_newest_first_says_which_are_over_and_can_be_narrowed(sara: Browser, ana: Taxpayer):
    first, ids = handed_in(sara, ana, 2, called="Primero")
    second, _ = handed_in(sara, ana, 2, called="Segundo")
    set_aside(ana, *ids)
    batches.finish_over()
    page = sara.read("/batches/")
    assert re.findall(r'class="name" href="(/batches/\d+/)"', page) == [second, first]
    assert 'class="state draft">' in page
    moving, over = sara.read("/batches/?state=moving"), sara.read("/batches/?state=over")
    assert ("Segundo" in moving, "Primero" in moving) == (True, False)
    assert ("Segundo" in over, "Primero" in over) == (False, True)
    assert sara.get("/batches/?state=otro").status_code == 400
    for address in ("/import/", "/documents/"):
        assert 'href="/batches/' in sara.read(address)


def test_a_viewer_reads_it_and_is_offered_nothing_and_another_taxpayers_sees_none(
    sara: Browser, ana: Taxpayer, beto: Taxpayer, viewer_of
):
    place, ids = handed_in(sara, ana, 2, called="De Ana")
    set_aside(ana, ids[0])
    page = viewer_of(ana).read(place)
    assert "Lote «De Ana»" in words(page)
    assert 'action="/operations/propose"' not in page
    assert viewer_of(beto).get(place).status_code == 404
    assert "De Ana" not in viewer_of(beto).read("/batches/")
    assert viewer_of(ana).get(place + "?x=1").status_code == 400


def test_the_alert_of_its_end_is_read_in_the_readers_language_and_leads_to_it(sara: Browser, ana: Taxpayer):
    place, ids = handed_in(sara, ana, 2, called="Noviembre")
    set_aside(ana, *ids)
    batches.finish_over()
    page = sara.read("/alerts/?kind=batch_finished")
    assert "Terminó el lote «Noviembre». Autorizados: 0; necesitan a una persona: 2" in words(page)
    assert f'href="{place}"' in page
    assert "is over. Authorized" not in words(page)
    sara.post("/preferences", {"language": "en"})
    assert "is over. Authorized: 0; in need of a person: 2" in words(
        sara.read("/alerts/?kind=batch_finished")
    )


def ordered(person: Browser, place: str, what: str, **form: str) -> str:
    """Where the order about the batch of the page leads; the click is the page's."""
    page = person.read(place)
    click = re.search(rf'name="click" value="([^"]+{what})"', page)[1]
    return person.post(f"{place}{what.replace('_', '-')}", {"click": click, **form}).location


def reasons(taxpayer: Taxpayer, ids: list[int]) -> list[str | None]:
    return [taxpayer.read(one).needs_person_reason for one in ids]


def test_whoever_works_holds_back_what_was_not_sent_of_it_and_lets_it_go_on(
    app, services, ana: Taxpayer, sara: Browser
):
    olga = signed_in(Browser(app.test_client()), Role.OPERATOR, (ana.id,))
    place, ids = handed_in(olga, ana, 4)
    ana.bring(ids[0], State.AUTHORIZED)
    ana.bring(ids[1], State.PENDING_AUTHORIZATION)
    ana.bring(ids[2], State.SIGNED)
    assert "Retener los que faltan (2)" in words(olga.read(place))
    operation = ordered(olga, place, "hold", reason="los precios están mal")
    bulk = int(re.fullmatch(r"/operations/(\d+)/", operation)[1])
    running.step(bulk, services, most=100)
    assert reasons(ana, ids) == [None, None, "los precios están mal", "los precios están mal"]
    page = words(olga.read(place))
    assert "Una persona lo retuvo para revisarlo." in page
    assert "Dejar seguir los retenidos (2)" in page
    assert "Retener los que faltan" not in page
    operation = ordered(olga, place, "let_go", reason="están bien")
    running.step(int(re.fullmatch(r"/operations/(\d+)/", operation)[1]), services, most=100)
    assert reasons(ana, ids) == [None] * 4
    with tenant_scope(ana.id):
        acts = Audit.select(Audit.action, Audit.reason).where(Audit.target == f"document {ids[3]}")
        assert list(acts.order_by(Audit.id).tuples()) == [
            ("held_back", "los precios están mal"),
            ("retry", "están bien"),
        ]
    assert "los precios están mal" in words(olga.read(f"/documents/{ids[3]}/"))


def test_what_was_held_back_is_not_let_go_on_with_the_failed_ones(services, sara: Browser, ana: Taxpayer):
    place, ids = handed_in(sara, ana, 3)
    ana.bring(ids[0], State.PENDING_AUTHORIZATION)
    set_aside(ana, ids[0])
    operation = ordered(sara, place, "hold", reason="los precios están mal")
    running.step(int(re.fullmatch(r"/operations/(\d+)/", operation)[1]), services, most=100)
    page = sara.read(place)
    assert "Reintentarlos (1)" in words(page)
    assert "Dejar seguir los retenidos (2)" in words(page)
    number = re.search(r'name="batch" value="(\d+)"', page)[1]
    form = {"action": "retry", "click": "otro clic distinto", "batch": number}
    bulk = int(re.findall(r"/operations/(\d+)/", sara.post("/operations/propose", form).location)[0])
    with tenant_scope(ana.id):
        items = BulkItem.select().where(BulkItem.bulk_id == bulk)
        assert [item.document_id for item in items] == [ids[0]]


def test_the_same_click_holds_back_once_and_without_a_reason_nothing(sara: Browser, ana: Taxpayer):
    place, _ = handed_in(sara, ana, 2)
    assert ordered(sara, place, "hold", reason=" ") == place
    assert "indique el motivo" in words(sara.read(place))
    form = {"click": "el mismo clic", "reason": "precios"}
    first, second = (sara.post(f"{place}hold", form).location for _ in range(2))
    assert first == second
    with tenant_scope(ana.id):
        assert Bulk.select().where(Bulk.action == "hold").count() == 1
    assert sara.post(f"{place}hold", {"click": "corto", "reason": "x"}).status_code == 400


def test_of_many_that_were_held_back_their_number_is_typed_to_let_them_go_on(
    app, services, sara: Browser, ana: Taxpayer, monkeypatch
):
    monkeypatch.setitem(
        app.extensions,
        "services",
        replace(services, settings=services.settings.model_copy(update={"bulk_confirm_over": 1})),
    )
    place, ids = handed_in(sara, ana, 2)
    operation = ordered(sara, place, "hold", reason="precios")  # in a hurry: no number
    running.step(int(operation.split("/")[2]), services, most=100)
    assert ordered(sara, place, "let_go", reason="ya") == place
    assert reasons(ana, ids) == ["precios"] * 2
    assert "/operations/" in ordered(sara, place, "let_go", reason="ya", typed="2")


def test_one_document_is_held_back_from_its_page_and_a_viewer_is_not_offered_it(
    sara: Browser, ana: Taxpayer, viewer_of
):
    document = ana.document(State.DRAFT)
    place = f"/documents/{document.id}/"
    assert f'action="{place}hold"' in sara.read(place)
    assert f'action="{place}hold"' not in viewer_of(ana).read(place)
    assert viewer_of(ana).post(f"{place}hold", {"reason": "x"}).status_code == 403
    sara.post(f"{place}hold", {"reason": "falta una línea"})
    page = words(sara.read(place))
    assert "Retenido: espera a una persona" in page
    assert "Una persona lo retuvo para revisarlo." in page
    assert "falta una línea" in page
    sara.post(f"{place}retry")
    assert ana.read(document.id).needs_person_since is None
