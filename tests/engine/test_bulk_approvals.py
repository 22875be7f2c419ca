"""An operation on very many documents needs their number typed, or the word of a second person."""

from itertools import count

import pytest
from cast import Taxpayer
from peewee import IntegrityError

from app.bulk import orders, proposing, running
from app.errors import Refused
from app.lifecycle import State
from app.possible import Action
from app.store.bulk import Bulk
from app.store.documents import Document
from app.store.people import Audit
from app.tenancy import tenant_scope

SARA, TERE = "sara@example.ec", "tere@example.ec"
WHY = "el SRI ya responde"
_clicks = count(1)


@pytest.fixture
def three(ana: Taxpayer) -> Bulk:
    """A retry of three documents that Sara proposed; it is more than this installation takes unasked."""
    for _ in range(3):
        ana.document(State.SIGNED)
    documents = Document.select(Document.tenant_id, Document.id).where(Document.tenant_id == ana.id)
    with tenant_scope(ana.id):
        click = f"approval-{next(_clicks)}"
        return proposing.propose(Action.RETRY, documents, described={}, by=SARA, click=click)


def order(ana: Taxpayer, operation: Bulk, what: str, by: str = SARA, over: int = 2, **told: str) -> None:
    with tenant_scope(ana.id):
        orders.change(operation.id, what, by=by, over=over, **told)


def now(ana: Taxpayer, operation: Bulk) -> Bulk:
    with tenant_scope(ana.id):
        return Bulk.get_by_id(operation.id)


@pytest.mark.parametrize("typed", ["", "2", "33", "tres", "-3"])
def test_without_their_number_many_are_not_begun(ana, three, typed):
    with pytest.raises(Refused, match="son 3 comprobantes"):
        order(ana, three, "start", reason=WHY, typed=typed)
    assert now(ana, three).stage == "proposed"


@pytest.mark.parametrize("typed", ["3", " 3 "])
def test_with_their_number_they_are(ana, three, typed):
    order(ana, three, "start", reason=WHY, typed=typed)
    assert now(ana, three).stage == "running"


def test_a_number_is_read_as_people_write_it(ana, three, monkeypatch):
    monkeypatch.setattr(orders, "to_do", lambda _: 12_431)
    order(ana, three, "start", reason=WHY, typed="12.431")
    assert now(ana, three).stage == "running"


def test_few_need_only_a_reason(ana, three):
    order(ana, three, "start", over=3, reason=WHY)
    assert now(ana, three).stage == "running"


def test_another_person_approves_and_never_the_same(ana, three):
    with pytest.raises(Refused, match="indique el motivo"):
        order(ana, three, "ask", reason=" ")
    order(ana, three, "ask", reason=WHY)
    assert running.step(three.id, ana.services, most=10).items == 0, "nobody has approved it"
    with pytest.raises(Refused, match="no puede aprobarla"):
        order(ana, three, "approve")
    order(ana, three, "approve", by=TERE)
    approved = now(ana, three)
    assert (approved.stage, approved.asked_by, approved.approved_by) == ("running", SARA, TERE)
    assert running.step(three.id, ana.services, most=10).items == 3
    with tenant_scope(ana.id):
        lines = Audit.select().where(Audit.target == f"bulk {three.id}").order_by(Audit.id)
        assert [(line.action, line.by) for line in lines] == [("bulk_ask", SARA), ("bulk_approve", TERE)]


def test_whoever_asked_for_it_with_anothers_proposal_cannot_approve_either(ana, three):
    order(ana, three, "ask", by=TERE, reason=WHY)
    for person in (SARA, TERE):
        with pytest.raises(Refused):
            order(ana, three, "approve", by=person)
    order(ana, three, "approve", by="uma@example.ec")


def test_the_database_itself_refuses_an_approval_by_the_same_person(ana, three):
    with pytest.raises(IntegrityError, match="bulk_approved_by_another"), tenant_scope(ana.id):
        Bulk.update(approved_by=SARA).where(Bulk.id == three.id).execute()


def test_a_declined_one_is_over_and_what_awaits_is_not_begun_by_typing(ana, three):
    order(ana, three, "ask", reason=WHY)
    order(ana, three, "start", reason=WHY, typed="3")  # asked for already: nothing changes
    assert now(ana, three).stage == "awaits_approval"
    order(ana, three, "stop", by=TERE)
    with pytest.raises(Refused, match="ya terminó"):
        order(ana, three, "approve", by=TERE)


def test_what_awaits_approval_is_not_forgotten(ana, three):
    order(ana, three, "ask", reason=WHY)
    with tenant_scope(ana.id):
        Bulk.update(created_at="2020-01-01").where(Bulk.id == three.id).execute()
        proposing.forget_unstarted()
    assert now(ana, three).stage == "awaits_approval"
