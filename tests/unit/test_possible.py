"""What a person may do with a document, for each situation; and that nothing else is done."""

from datetime import UTC, datetime

import pytest
from cast import Taxpayer
from trouble_cast import silenced

from app import halts, holding, noting, rebuilding, retrying, second_opinion
from app.correcting import refusal_codes
from app.errors import Refused
from app.lifecycle import State
from app.number_taken import never_asked_about
from app.outcome import Done, Moved
from app.possible import NOT_YOURS, Action, Situation, possible
from app.sri.gateway import Received
from app.store.documents import Document, Emission, Ride
from app.store.people import Audit
from app.store.tenants import Halt
from app.tenancy import tenant_scope


def offered(
    taxpayer: Taxpayer, document_id: int, *, mail: bool = True, may=lambda action: True
) -> set[Action]:
    return {one.action for one in judged(taxpayer, document_id, mail=mail, may=may) if one.now} - {
        Action.NOTE
    }


def judged(taxpayer: Taxpayer, document_id: int, *, mail: bool = True, may=lambda action: True):
    with tenant_scope(taxpayer.id):
        document = Document.get_by_id(document_id)
        standing = list(Halt.select().where(Halt.tenant_id == taxpayer.id, Halt.lifted_at.is_null()))
        ride = Ride.get_or_none(Ride.id == document_id)
        codes = refusal_codes(document)
        unasked = never_asked_about(document)
        sent = document.state == State.SIGNED and holding.may_be_at_the_sri(document)
    return possible(Situation(document, ride, standing, codes, unasked, mail, datetime.now(UTC), sent), may)


def test_each_state_offers_what_makes_sense_in_it(ana, simulator):
    draft, signed = ana.document(State.DRAFT), ana.document(State.SIGNED)
    pending, fresh = ana.document(State.PENDING_AUTHORIZATION), ana.document(State.AUTHORIZED)
    done = ana.document(State.AUTHORIZED)
    ana.render(done.id)
    simulator.script([{"ruc": ana.ruc, "code": "35", "stage": "recepcion", "times": 1}])
    returned = ana.document(State.RETURNED)
    simulator.script([{"ruc": ana.ruc, "code": "45", "stage": "recepcion", "times": 1}])
    taken = ana.document(State.RETURNED)
    assert offered(ana, draft.id) == {Action.RETRY, Action.HOLD}
    assert offered(ana, signed.id) == {Action.RETRY, Action.HOLD}
    assert offered(ana, pending.id) == {Action.RETRY, Action.ASK_SRI}
    assert offered(ana, fresh.id) == {Action.RETRY}
    assert offered(ana, done.id) == {Action.RESEND_MAIL, Action.REBUILD_RIDE}
    assert offered(ana, done.id, mail=False) == {Action.REBUILD_RIDE}
    assert offered(ana, returned.id) == {Action.ASK_SRI, Action.CORRECT}
    assert offered(ana, taken.id) == {Action.ASK_SRI, Action.CORRECT, Action.NEW_NUMBER}


def test_a_halt_is_lifted_before_anything_is_retried(ana):
    draft = ana.document(State.DRAFT)
    halts.place(ana.id, None, code="57", reason="permiso suspendido", by="SRI")
    assert offered(ana, draft.id) == {Action.HOLD, Action.LIFT_HALT}
    pending = ana.document(State.PENDING_AUTHORIZATION)
    assert Action.LIFT_HALT not in offered(ana, pending.id)


def test_what_is_held_back_is_let_go_by_a_retry_and_what_may_be_at_the_sri_is_not_held(ana, simulator):
    held, silent = ana.document(State.DRAFT), silenced(ana, simulator, "accept_then_drop")
    holding.hold(ana.id, held.id, by="olga", reason="precios")
    assert offered(ana, held.id) == offered(ana, silent) == {Action.RETRY}
    why = {one.action: one.why_not for one in judged(ana, held.id)}
    assert why[Action.HOLD] == holding.WAITS_ALREADY
    why = {one.action: one.why_not for one in judged(ana, silent)}
    assert why[Action.HOLD] == holding.MAYBE_SENT


def test_a_document_somebody_works_on_is_left_to_them_and_the_reason_says_so(ana):
    draft = ana.document(State.DRAFT)
    assert ana.claim(Document, draft.id)
    [retry] = [one for one in judged(ana, draft.id) if one.action == Action.RETRY]
    assert "se está trabajando en él" in retry.why_not.es


def test_whoever_may_not_is_told_that_it_is_their_role(ana):
    draft = ana.document(State.DRAFT)
    found = judged(ana, draft.id, may=lambda action: action != Action.RETRY)
    assert [(one.action, one.why_not) for one in found if one.forbidden] == [(Action.RETRY, NOT_YOURS)]


def doubted(ana: Taxpayer, document_id: int):
    """A person asks about a refused document, and the engine does so."""
    retrying.ask(ana.id, document_id, by="ana@example.ec", reason="en el portal consta autorizado")
    claim = ana.claim(Document, document_id)
    assert claim
    return second_opinion.ask(claim, ana.services)


@pytest.mark.parametrize("state", [State.RETURNED, State.REJECTED])
def test_the_sri_asked_again_authorizes_what_it_had_refused(ana, simulator, state):
    code, stage = ("35", "recepcion") if state == State.RETURNED else ("46", "autorizacion")
    simulator.script([{"ruc": ana.ruc, "code": code, "stage": stage, "times": 1}])
    refused = ana.document(state)
    with tenant_scope(ana.id):
        xml = bytes(Emission.get(Emission.document_id == refused.id).xml)
    assert isinstance(ana.services.sri(refused.access_key).submit(xml), Received)
    assert doubted(ana, refused.id) == Moved(State.AUTHORIZED)
    assert ana.history(refused.id)[-1] == "authorized"


def test_a_no_confirmed_leaves_the_document_where_it_was_and_plans_nothing(ana, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "46", "stage": "autorizacion", "times": 1}])
    rejected = ana.document(State.REJECTED)
    assert isinstance(doubted(ana, rejected.id), Done)
    after = ana.read(rejected.id)
    assert (after.state, after.next_attempt_at, after.lease_until) == (State.REJECTED, None, None)
    assert offered(ana, rejected.id) == {Action.ASK_SRI, Action.CORRECT}


def test_while_the_sri_is_silent_it_is_asked_again_later(ana, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "46", "stage": "autorizacion", "times": 1}])
    rejected = ana.document(State.REJECTED)
    simulator.script([{"ruc": ana.ruc, "fault": "http_503", "stage": "autorizacion"}])
    doubted(ana, rejected.id)
    after = ana.read(rejected.id)
    assert after.state == State.REJECTED
    assert after.next_attempt_at is not None


def test_nobody_asks_about_what_the_sri_cannot_know_or_has_said_yes_to(ana):
    draft, done = ana.document(State.DRAFT), ana.document(State.AUTHORIZED)
    for one, why in ((draft, "todavía no consta"), (done, "ya está autorizado")):
        with pytest.raises(Refused, match=why):
            retrying.ask(ana.id, one.id, by="ana@example.ec")
        assert ana.read(one.id).__data__ == one.__data__


def test_beto_cannot_ask_about_or_rebuild_anything_of_anas(ana, beto):
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    with pytest.raises(Refused):
        retrying.ask(beto.id, document.id, by="beto")
    with pytest.raises(Refused):
        rebuilding.rebuild(beto.id, document.id, beto.services, by="beto", reason="x")


def test_a_ride_is_rebuilt_whatever_became_of_its_file(ana):
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    with tenant_scope(ana.id):
        stored = Ride.get_by_id(document.id)
        Ride.update(sha256="another release drew it").where(Ride.id == document.id).execute()
    file = ana.services.settings.autoriza_home / "storage" / stored.path
    file.write_bytes(b"%PDF altered")
    assert rebuilding.rebuild(ana.id, document.id, ana.services, by="ana", reason="se ve mal")
    assert not rebuilding.rebuild(ana.id, document.id, ana.services, by="ana", reason="otra vez")
    with tenant_scope(ana.id):
        now = Ride.get_by_id(document.id)
        lines = list(Audit.select().where(Audit.action == "rebuild_ride", Audit.tenant_id == ana.id))
    assert (now.sha256, now.size) == (stored.sha256, file.stat().st_size)
    assert [line.reason for line in lines] == ["se ve mal", "otra vez"]


def test_a_ride_is_not_rebuilt_without_a_reason_or_before_there_is_one(ana):
    document = ana.document(State.AUTHORIZED)
    with pytest.raises(Refused, match="por qué"):
        rebuilding.rebuild(ana.id, document.id, ana.services, by="ana", reason=" ")
    with pytest.raises(Refused, match="todavía no tiene"):
        rebuilding.rebuild(ana.id, document.id, ana.services, by="ana", reason="x")


def test_a_note_stays_beside_its_document_and_changes_nothing_else(ana, beto):
    document = ana.document(State.DRAFT)
    noting.note(ana.id, document.id, by="ana@example.ec", text=" llamé al cliente ")
    assert ana.read(document.id).__data__ == document.__data__
    with tenant_scope(ana.id):
        [line] = Audit.select().where(Audit.action == "note", Audit.tenant_id == ana.id)
    assert (line.target, line.reason) == (f"document {document.id}", "llamé al cliente")
    for tenant, text in ((ana.id, " "), (ana.id, "x" * 1_001), (beto.id, "hola")):
        with pytest.raises(Refused):
            noting.note(tenant, document.id, by="x", text=text)
