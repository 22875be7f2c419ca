"""Intake: the same thing sent twice is one document; what is wrong leaves nothing behind."""

import json
from datetime import date
from typing import Any

import pytest
from cast import Taxpayer, at_once, take_on
from documents_cast import invoice

from app import intake
from app.errors import Invalid, Refused
from app.intake import Accepted, Offer, OffersRefused
from app.lifecycle import State
from app.sri.gateway import Environment
from app.store.base import database
from app.store.documents import Document
from app.store.tenants import Establishment
from app.tenancy import tenant_scope


def send(
    taxpayer: Taxpayer, *, on: date | None = None, reference: str | None = None, **changes: Any
) -> Accepted:
    raw = json.dumps(invoice(**changes)).encode()
    return intake.accept(taxpayer.id, raw, "f.json", by="ana", requested_date=on, reference=reference)


def documents(taxpayer: Taxpayer) -> list[Document]:
    with tenant_scope(taxpayer.id):
        return list(Document.select().where(Document.tenant_id == taxpayer.id).order_by(Document.id))


def test_an_accepted_invoice_is_a_draft_without_number_due_at_once(ana):
    accepted = send(ana, razonSocialComprador="Ñandú  & Cía. ÁGIL", referencia="pedido 1")
    [draft] = documents(ana)
    assert accepted.new
    assert (draft.id, draft.reference) == (accepted.document_id, "pedido 1")
    assert (draft.state, draft.number, draft.access_key, draft.sequence_number) == ("draft", None, None, None)
    assert (draft.buyer_key, draft.imported_by) == ("nandu & cia. agil", "ana")
    assert (str(draft.total), draft.establishment, draft.emission_point) == ("23.00", "001", "002")
    assert ana.claim(Document, draft.id)
    assert ana.history(draft.id) == ["imported"]


def test_the_same_reference_and_content_again_is_the_same_document(ana):
    first, again = send(ana, referencia="a"), send(ana, referencia="a")
    assert (again.document_id, first.new, again.new) == (first.document_id, True, False)
    assert ana.history(first.document_id) == ["imported"]


def test_the_same_document_may_come_again_long_after_it_was_signed(ana):
    document = ana.document(State.SIGNED, referencia="a")
    assert send(ana, referencia="a") == Accepted(ana.id, document.id, "a", new=False)
    assert ana.read(document.id).state == State.SIGNED


@pytest.mark.parametrize(
    "other",
    [{"razonSocialComprador": "Otra"}, {"ptoEmi": "003"}, {"on": date(2026, 1, 5)}],
    ids=["buyer", "emission point", "date"],
)
def test_the_same_reference_with_other_content_is_refused_and_changes_nothing(ana, other):
    send(ana, referencia="a")
    [before] = documents(ana)
    with pytest.raises(Invalid) as refusal:
        send(ana, referencia="a", **other)
    [problem] = refusal.value.problems
    assert problem.field == "referencia"
    assert "«a» ya se recibió con otro contenido" in problem.sentence()
    assert [row.__data__ for row in documents(ana)] == [before.__data__]


def test_without_a_reference_the_content_itself_is_one(ana):
    first, again = send(ana), send(ana)
    assert first.document_id == again.document_id
    assert len(first.reference) == 64
    assert send(ana, razonSocialComprador="Otra").new


def test_the_callers_reference_outranks_the_documents_own(ana):
    assert send(ana, referencia="own", reference="callers").reference == "callers"


def test_two_taxpayers_may_use_the_same_reference(ana, beto):
    assert send(ana, referencia="a").document_id != send(beto, referencia="a").document_id
    assert len(documents(ana)) == len(documents(beto)) == 1


def test_the_same_import_eight_times_at_once_is_one_document(ana):
    answers = at_once(8, lambda _: send(ana, referencia="a"))
    assert len({answer.document_id for answer in answers}) == 1
    assert [answer.new for answer in answers].count(True) == 1
    assert ana.history(answers[0].document_id) == ["imported"]


def test_two_contents_at_once_under_one_reference_keep_one_and_refuse_the_other(ana):
    def one(number: int) -> bool:
        try:
            return send(ana, referencia="a", razonSocialComprador=f"Buyer {number}").new
        except Invalid:
            return False

    assert sorted(at_once(2, one)) == [False, True]
    assert len(documents(ana)) == 1


@pytest.mark.parametrize(
    ("raw", "filename"),
    [
        (json.dumps(invoice(estab="077", pagos=[{"formaPago": "20", "total": "1.00"}])).encode(), "f.json"),
        (b"{not json", "f.json"),
        (b"<factura/>", "f.xml"),
        (b"", "f.json"),
    ],
    ids=["wrong total", "broken json", "empty factura", "empty file"],
)
def test_bad_input_says_what_is_wrong_and_stores_nothing(ana, raw, filename):
    with pytest.raises(Invalid) as refusal:
        intake.accept(ana.id, raw, filename, by="ana")
    assert refusal.value.problems
    assert documents(ana) == []
    with tenant_scope(ana.id):
        assert not Establishment.select().where(Establishment.tenant_id == ana.id).exists()


def test_a_date_of_ones_own_is_kept_in_pruebas(ana):
    document = ana.bring(send(ana, on=date(2026, 1, 5)).document_id, State.SIGNED)
    assert (document.issue_date, document.access_key[:8]) == (date(2026, 1, 5), "05012026")


def test_a_date_of_ones_own_is_refused_in_produccion_and_nothing_stored(services):
    carla = take_on(services, "CARLA S.A.", Environment.PRODUCCION)
    with pytest.raises(Refused, match="solo es posible en pruebas"):
        send(carla, on=date(2026, 1, 5))
    assert documents(carla) == []
    document = carla.bring(send(carla).document_id, State.SIGNED)
    assert (document.environment, document.access_key[23]) == (2, "2")


def offer(name: str, **changes: Any) -> Offer:
    return Offer(json.dumps(invoice(referencia=name, **changes)).encode(), name)


def test_of_several_files_all_are_stored_or_none_and_each_wrong_one_is_named(ana):
    send(ana, referencia="known")
    good, known = offer("good"), offer("known", razonSocialComprador="Otra")
    for bad in (offer("bad", detalles=[]), known):
        with pytest.raises(OffersRefused) as refusal:
            intake.accept_all(ana.id, [good, bad], by="ana")
        assert list(refusal.value.by_file) == [bad.filename]
        assert len(documents(ana)) == 1
    accepted = intake.accept_all(ana.id, [good, offer("known")], by="ana")
    assert [one.new for one in accepted] == [True, False]


def test_a_document_and_its_history_are_kept_together_or_not_at_all(ana, monkeypatch):
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("killed here")

    monkeypatch.setattr(intake, "append", crash)
    with pytest.raises(RuntimeError):
        send(ana)
    assert not database.in_transaction()
    assert documents(ana) == []


def test_two_imports_of_the_same_files_in_opposite_order_do_not_block_each_other(ana):
    send(ana)  # the place is known: nothing else makes one wait for the other
    offers = [offer(f"{number:02d}") for number in range(30)]
    forth, back = at_once(2, lambda way: intake.accept_all(ana.id, offers[:: 1 - 2 * way], by="ana"))
    assert [one.reference for one in forth] == [one.reference for one in reversed(back)]
    assert len(documents(ana)) == 31
