"""What was refused for its certificate is signed anew as it is, once each; nothing that was refused for its content."""

from itertools import count

from cast import Taxpayer
from trouble_cast import refused

from app import work
from app.bulk import orders, proposing, running
from app.bulk.progress import Progress, measure
from app.lifecycle import State
from app.permissions import ALLOWED, Permission
from app.possible import Action
from app.sri.codes import CATALOGUE, SIGNED_ANEW, Actor
from app.store.bulk import Bulk
from app.store.documents import Document, Emission
from app.tenancy import tenant_scope

_clicks = count(1)
SARA = "sara@example.ec"


def proposed(taxpayer: Taxpayer) -> Bulk:
    theirs = Document.select(Document.tenant_id, Document.id).where(Document.tenant_id == taxpayer.id)
    with tenant_scope(taxpayer.id):
        click = f"anew-click-{next(_clicks)}"
        return proposing.propose(Action.CORRECT, theirs, described={}, by=SARA, click=click)


def started(taxpayer: Taxpayer) -> Bulk:
    operation = proposed(taxpayer)
    with tenant_scope(taxpayer.id):
        orders.change(operation.id, "start", by=SARA, over=1_000, reason="otro certificado")
    return operation


def step(taxpayer: Taxpayer, operation: Bulk) -> running.Step:
    with tenant_scope(taxpayer.id):
        Bulk.update(next_step_at=work.in_seconds(-60)).where(Bulk.id == operation.id).execute()
    return running.step(operation.id, taxpayer.services, most=100)


def progress(taxpayer: Taxpayer, operation: Bulk) -> Progress:
    with tenant_scope(taxpayer.id):
        return measure(operation.id)


def test_the_dry_run_leaves_alone_what_was_not_refused_or_was_for_its_content(ana: Taxpayer, simulator):
    refused(ana, simulator, "39")
    refused(ana, simulator, "52")
    ana.document(State.SIGNED)
    found = progress(ana, proposed(ana))
    assert found.by_outcome == {"waiting": 1, "skipped": 2}
    assert found.because == {("skipped", "needs_content"): 1, ("skipped", "not_refused"): 1}


def test_each_is_a_draft_again_under_its_key_with_who_and_why_and_is_authorized(ana: Taxpayer, simulator):
    document = refused(ana, simulator, "39")
    operation = started(ana)
    (wake,) = step(ana, operation).wakes
    assert (wake.document_id, wake.kind, wake.state) == (document.id, "document", State.DRAFT)
    with tenant_scope(ana.id):
        Bulk.update(stage="running").where(Bulk.id == operation.id).execute()
    assert step(ana, operation).wakes == [], "what was done is not done again"
    assert progress(ana, operation).by_outcome == {"done": 1}
    again = ana.bring(document.id, State.AUTHORIZED)
    assert (again.access_key, again.number, again.content) == (
        document.access_key,
        document.number,
        document.content,
    )
    with tenant_scope(ana.id):
        assert Emission.select().where(Emission.document_id == document.id).count() == 2
    assert ana.history(document.id).count("corrected") == 1


def test_one_that_was_refused_for_its_content_since_the_dry_run_is_left_alone(ana: Taxpayer, simulator):
    document = refused(ana, simulator, "40")
    operation = started(ana)
    ana.correct(document.id)
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion", "times": 1}])
    ana.bring(document.id, State.REJECTED)
    assert step(ana, operation).wakes == []
    ((outcome, why),) = progress(ana, operation).because
    assert outcome == "skipped" and "rechazó su contenido" in why
    assert ana.read(document.id).state == State.REJECTED


def test_nothing_that_its_writer_must_mend_is_signed_anew_but_for_its_day():
    assert {"39", "40", "42", "65"} <= SIGNED_ANEW
    assert {code for code in SIGNED_ANEW if CATALOGUE[code].actor is Actor.WRITER} <= {"65"}
    assert not SIGNED_ANEW & {"35", "45", "52"}


def test_whoever_may_act_on_many_may_correct_one():
    assert ALLOWED[Permission.BULK] <= ALLOWED[Permission.CORRECT]
