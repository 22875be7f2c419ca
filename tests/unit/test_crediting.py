"""The law of notas de crédito, kept at intake: nothing is taken back twice, too early or to nobody."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cast import Taxpayer, at_once
from documents_cast import credit_note, invoice

from app import crediting, intake
from app.documents.reading import read
from app.errors import Invalid, Problem, Refused
from app.finding import find_document
from app.intake import Accepted, Offer, OffersRefused
from app.lifecycle import State
from app.outcome import Stored
from app.store.documents import Document
from app.store.tenants import Tenant
from app.tenancy import tenant_scope

FINAL_CONSUMER = {
    "tipoIdentificacionComprador": "07",
    "identificacionComprador": "9999999999999",
    "razonSocialComprador": "CONSUMIDOR FINAL",
}
NUMBER = "infoNotaCredito.numDocModificado"


def note_of(document: Document, price: str = "20.00", **changes: Any) -> bytes:
    """A nota de crédito over ``document``: ``price`` and its IVA of 15 %."""
    facts = {
        "numDocModificado": document.number,
        "fechaEmisionDocSustento": f"{document.issue_date:%d/%m/%Y}",
        "detalles": [credit_note()["detalles"][0] | {"precioUnitario": price}],
    }
    return json.dumps(credit_note(**facts | changes)).encode()


def credit(taxpayer: Taxpayer, document: Document, price: str = "20.00", **changes: Any) -> Accepted:
    return intake.accept(taxpayer.id, note_of(document, price, **changes), "nota.json", by="test")


def refusal(taxpayer: Taxpayer, document: Document, price: str = "20.00", **changes: Any) -> Problem:
    with pytest.raises(Invalid) as refused:
        credit(taxpayer, document, price, **changes)
    (problem,) = refused.value.problems
    return problem


def notes(taxpayer: Taxpayer) -> int:
    with tenant_scope(taxpayer.id):
        return Document.select().where(Document.doc_type == "04").count()


@pytest.fixture
def factura(ana: Taxpayer) -> Document:
    """An authorized factura of USD 23.00."""
    return ana.document(State.AUTHORIZED)


def test_a_factura_is_taken_back_whole_and_the_sri_authorizes_it(ana, factura):
    accepted = credit(ana, factura)
    assert (accepted.new, accepted.warnings) == (True, ())
    note = ana.bring(accepted.document_id, State.AUTHORIZED)
    assert (note.doc_type, str(note.total), note.access_key[8:10]) == ("04", "23.00", "04")
    assert (note.modified_type, note.modified_number) == ("01", factura.number)
    assert note.number == "001-002-000000001"  # its own numbering
    assert isinstance(ana.render(note.id), Stored)


def test_no_more_is_taken_back_than_is_left(ana, factura):
    credit(ana, factura, "15.00")
    problem = refusal(ana, factura, "5.01")
    assert problem.field == "infoNotaCredito.valorModificacion"
    assert "quedan 5.75" in problem.rule.es
    assert credit(ana, factura, "5.00").new
    assert notes(ana) == 2


def test_a_refused_note_takes_nothing(ana, factura, simulator):
    first = ana.read(credit(ana, factura).document_id)
    simulator.script([{"ruc": ana.ruc, "code": "35", "stage": "recepcion", "times": 1}])
    assert ana.bring(first.id, State.RETURNED).state == State.RETURNED
    assert credit(ana, factura, "19.99").new


def test_two_notes_at_once_cannot_both_take_what_is_left(ana, factura):
    def try_to(number: int) -> str:
        try:
            credit(ana, factura, "15.00", referencia=f"nota {number}")
        except Invalid as refused:
            return refused.problems[0].field
        return "accepted"

    assert sorted(at_once(6, try_to)) == ["accepted", *["infoNotaCredito.valorModificacion"] * 5]
    assert notes(ana) == 1


def test_the_same_note_sent_again_is_recognised_though_nothing_is_left(ana, factura):
    first = credit(ana, factura, referencia="nota 1")
    again = credit(ana, factura, referencia="nota 1")
    assert (again.document_id, again.new) == (first.document_id, False)


def test_in_one_import_the_notes_count_together(ana, factura):
    offers = [Offer(note_of(factura, "15.00"), "a.json"), Offer(note_of(factura, "5.01"), "b.json")]
    with pytest.raises(OffersRefused) as refused:
        intake.accept_all(ana.id, offers, by="test")
    assert len(refused.value.by_file) == 1
    assert notes(ana) == 0


@pytest.mark.parametrize("state", [State.SIGNED, State.PENDING_AUTHORIZATION])
def test_a_document_that_is_not_authorized_is_not_taken_back(ana, state):
    problem = refusal(ana, ana.document(state))
    assert (problem.field, problem.code) == (NUMBER, "68")
    assert state in problem.rule.es


def test_what_was_sold_to_nobody_is_not_taken_back_since_2026(ana):
    raw = json.dumps(invoice(**FINAL_CONSUMER)).encode()
    sold = intake.accept(ana.id, raw, "f.json", by="test", requested_date=date(2025, 12, 30))
    document = ana.bring(sold.document_id, State.AUTHORIZED)
    problem = refusal(ana, document)
    assert problem.field == NUMBER
    assert "consumidor final" in problem.rule.es
    earlier = note_of(document)
    assert intake.accept(ana.id, earlier, "n.json", by="test", requested_date=date(2025, 12, 31)).new


def test_the_day_of_the_document_must_be_its_own(ana, factura):
    problem = refusal(ana, factura, fechaEmisionDocSustento="01/04/2024")
    assert (problem.field, problem.code) == ("infoNotaCredito.fechaEmisionDocSustento", "68")


def test_another_buyer_is_worth_a_look(ana, factura):
    accepted = credit(ana, factura, tipoIdentificacionComprador="04", identificacionComprador="1790016919001")
    assert [warning.field for warning in accepted.warnings] == ["infoNotaCredito.identificacionComprador"]


def test_a_document_we_do_not_know_is_taken_back_with_a_warning(ana, beto, factura):
    accepted = credit(beto, factura)
    assert [(warning.field, warning.code) for warning in accepted.warnings] == [(NUMBER, "68")]
    assert notes(ana) == 0


def test_a_note_that_takes_nothing_back_may_exceed_the_document_it_is_about(ana, factura):
    on = factura.issue_date
    draft = read(note_of(factura, "500.00"), "nota.json", on)
    adding = replace(draft, modified=replace(draft.modified, taken_back=False))
    with tenant_scope(ana.id):
        tenant = Tenant.get_by_id(ana.id)
        assert crediting.judge(tenant, adding, on) == ()
        with pytest.raises(Invalid):
            crediting.judge(tenant, draft, on)
        other_day = replace(adding, modified=replace(adding.modified, issue_date=date(2026, 1, 2)))
        with pytest.raises(Invalid):
            crediting.judge(tenant, other_day, on)


def test_a_number_that_a_factura_and_its_note_share_is_asked_about_rather_than_guessed(ana, factura):
    note = ana.bring(credit(ana, factura).document_id, State.AUTHORIZED)
    if note.number != factura.number:
        assert find_document(factura.number, ana.ruc).id == factura.id
    with tenant_scope(ana.id):
        Document.update(number=factura.number).where(Document.id == note.id).execute()
    with pytest.raises(Refused) as refused:
        find_document(factura.number, ana.ruc)
    assert f"{factura.id} (Factura), {note.id} (Nota de crédito)" in str(refused.value)
