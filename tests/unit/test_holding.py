"""What was not sent yet a person holds back, with a reason; nothing in flight is cut, and a retry lets it go on."""

import pytest
from cast import Taxpayer, at_once
from peewee import fn
from trouble_cast import silenced

from app import failure_groups, holding, retrying
from app.bulk import orders, proposing, running
from app.counting import fold
from app.errors import Refused
from app.lifecycle import State
from app.possible import Action
from app.store.bulk import BulkItem
from app.store.documents import Document, SriExchange
from app.store.people import Audit
from app.tenancy import every_tenant_scope, tenant_scope

WHO = {"by": "olga@example.ec", "reason": "los precios están por revisar"}


def call_that_never_left(taxpayer: Taxpayer, document: Document) -> None:
    with tenant_scope(taxpayer.id):
        SriExchange.insert(
            tenant_id=taxpayer.id,
            document_id=document.id,
            version=document.version,
            access_key=document.access_key,
            environment=1,
            operation="submit",
            request_sha256="x",
            started_at=fn.now(),
            finished_at=fn.now(),
            outcome="unavailable",
            sent=False,
        ).execute()


def audited(taxpayer: Taxpayer, document_id: int) -> list[tuple[str, str, str]]:
    with tenant_scope(taxpayer.id):
        acts = Audit.select().where(Audit.target == f"document {document_id}").order_by(Audit.id)
        return [(one.by, one.action, one.reason) for one in acts]


@pytest.mark.parametrize("state", [State.DRAFT, State.SIGNED])
def test_what_was_not_sent_waits_for_a_person_until_a_retry_and_keeps_its_state(ana, state):
    document = ana.document(state)
    holding.hold(ana.id, document.id, **WHO)
    held = ana.read(document.id)
    assert (held.state, held.next_attempt_at, held.needs_person_code) == (state, None, "held_back")
    assert held.needs_person_reason == WHO["reason"]
    assert ana.claim(Document, document.id) is None
    assert audited(ana, document.id) == [("olga@example.ec", "held_back", WHO["reason"])]
    retrying.retry(ana.id, document.id, by="olga@example.ec")
    assert ana.read(document.id).needs_person_since is None
    ana.bring(document.id, State.AUTHORIZED)


def test_what_somebody_works_on_is_not_cut(ana):
    document = ana.document(State.SIGNED)
    claim = ana.claim(Document, document.id)
    with pytest.raises(Refused, match="se está trabajando"):
        holding.hold(ana.id, document.id, **WHO)
    assert ana.read(document.id).fence == claim.fence


@pytest.mark.parametrize("fault", ["accept_then_drop", "http_503"])
def test_what_the_sri_may_hold_is_not_held_back(ana, simulator, fault):
    document_id = silenced(ana, simulator, fault)
    with pytest.raises(Refused, match="hay que saber qué fue de él"):
        holding.hold(ana.id, document_id, **WHO)
    assert ana.read(document_id).needs_person_since is None


def test_a_call_that_certainly_never_left_does_not_count_as_sent(ana):
    document = ana.document(State.SIGNED)
    call_that_never_left(ana, document)
    holding.hold(ana.id, document.id, **WHO)
    assert ana.read(document.id).needs_person_code == "held_back"


def test_a_corrected_draft_can_be_held_back_though_its_earlier_version_was_sent(ana, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "35", "stage": "recepcion", "times": 1}])
    document = ana.document(State.RETURNED)
    ana.correct(document.id)
    holding.hold(ana.id, document.id, **WHO)
    assert ana.read(document.id).needs_person_code == "held_back"


@pytest.mark.parametrize("state", [State.PENDING_AUTHORIZATION, State.AUTHORIZED])
def test_what_the_sri_has_is_not_held_back(ana, state):
    document = ana.document(state)
    with pytest.raises(Refused, match="ya se envió"):
        holding.hold(ana.id, document.id, **WHO)


def test_it_takes_a_reason_and_a_document_and_once_is_enough(ana, beto):
    document = ana.document(State.DRAFT)
    with pytest.raises(Refused, match="indique por qué"):
        holding.hold(ana.id, document.id, by="olga@example.ec", reason="  ")
    with pytest.raises(Refused):
        holding.hold(beto.id, document.id, **WHO)
    holding.hold(ana.id, document.id, **WHO)
    with pytest.raises(Refused, match="ya espera"):
        holding.hold(ana.id, document.id, **WHO)


def test_of_a_worker_and_a_person_who_come_at_the_same_moment_one_gets_the_row(ana):
    for _ in range(12):
        document = ana.document(State.SIGNED)
        ana.make_due(Document, document.id)

        def come(turn: int, row: int = document.id) -> bool:
            if turn:
                return ana.claim(Document, row) is not None
            with tenant_scope(ana.id):
                return holding.hold_many(ana.id, [row], **WHO)[row] is None

        assert sum(at_once(2, come)) == 1


def test_many_are_held_back_by_an_operation_and_what_was_sent_meanwhile_is_left_alone(ana, services):
    draft, signed, goes = (ana.document(State.DRAFT).id, ana.document(State.SIGNED).id, ana.import_invoice())
    ana.document(State.AUTHORIZED)
    with tenant_scope(ana.id):
        everything = Document.select(Document.tenant_id, Document.id).order_by(Document.id)
        operation = proposing.propose(Action.HOLD, everything, described={}, by="olga", click="el clic")
        orders.change(operation.id, "start", by="olga", over=100, reason="precios")
    ana.bring(goes, State.PENDING_AUTHORIZATION)
    assert running.step(operation.id, services, most=100).wakes == []
    with tenant_scope(ana.id):
        items = {one.document_id: one for one in BulkItem.select().where(BulkItem.bulk_id == operation.id)}
    assert [items[one].outcome for one in (draft, signed, goes)] == ["done", "done", "skipped"]
    assert "ya se envió al SRI" in items[goes].said
    assert {one.said for one in items.values() if one.document_id not in (draft, signed, goes)} == {
        "sent_already"
    }
    assert ana.read(draft).needs_person_reason == "precios"


def test_what_a_person_held_back_is_no_news_to_anybody(ana):
    holding.hold(ana.id, ana.document(State.DRAFT).id, **WHO)
    with every_tenant_scope():
        fold()
    failure_groups.look()
    with every_tenant_scope():
        assert list(failure_groups.news()) == []
