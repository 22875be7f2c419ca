"""Code 45, another key has the number: our own keys are asked about first, then a person may take a new one."""

import pytest
from cast import Taxpayer

from app.correcting import correct
from app.errors import Refused
from app.finding import find_document
from app.invariants import Violation, find_violations
from app.lifecycle import State
from app.outcome import Later, Moved, Parked
from app.sri.gateway import Received
from app.store.base import database
from app.store.documents import Document, DocumentAuthorization, Emission, Ride, SriExchange
from app.store.people import Audit
from app.store.tenants import Sequence
from app.tenancy import tenant_scope

FIRST, SECOND = "001-002-000000001", "001-002-000000002"


@pytest.fixture
def hurried(ana: Taxpayer) -> Taxpayer:
    """Ana, served by an installation that asks three times without waiting a minute."""
    return ana.under(ask_before_resend_s=0.001)


def returned(simulator, ana: Taxpayer, *codes: str) -> Document:
    """A document returned with each of ``codes`` in turn, corrected in between."""
    document_id = ana.import_invoice()
    for place, code in enumerate(codes):
        simulator.script([{"ruc": ana.ruc, "code": code, "stage": "recepcion", "times": 1}])
        if place:
            ana.correct(document_id)
        ana.bring(document_id, State.RETURNED)
    return ana.read(document_id)


def redated(simulator, ana: Taxpayer) -> tuple[Document, Document]:
    """A document returned with 65, and the same signed anew under another key."""
    before = returned(simulator, ana, "65")
    ana.correct(before.id)
    return before, ana.bring(before.id, State.SIGNED)


def take_in(ana: Taxpayer, document: Document, version: int = 1) -> None:
    """The SRI receives an earlier version after all."""
    with tenant_scope(ana.id):
        sent = Emission.get(Emission.document_id == document.id, Emission.version == version)
    assert isinstance(ana.services.sri(sent.access_key).submit(bytes(sent.xml)), Received)


def asked(ana: Taxpayer, document: Document, key: str) -> list[str]:
    """What came of each question about ``key``."""
    return [
        call.outcome
        for call in ana.exchanges(document.id)
        if (call.access_key, call.operation) == (key, "query")
    ]


def violations(ana: Taxpayer) -> list[Violation]:
    return [one for one in find_violations(ana.services) if one.tenant_id == ana.id]


def test_a_number_somebody_else_used_is_returned_at_once_for_a_person_to_decide(ana, simulator):
    document = returned(simulator, ana, "45")
    assert [call.operation for call in ana.exchanges(document.id)] == ["submit"]
    assert (document.number, ana.history(document.id)[-1]) == (FIRST, "returned")


def test_the_documents_own_earlier_key_turns_out_to_be_authorized(ana, simulator):
    before, after = redated(simulator, ana)
    take_in(ana, before)
    assert isinstance(ana.step(after.id), Later)
    still = ana.read(after.id)
    assert (still.state, still.last_error_code) == (State.SIGNED, "45")
    assert ana.step(after.id) == Moved(State.AUTHORIZED)
    authorized = ana.read(after.id)
    assert (authorized.access_key, authorized.number, authorized.issue_date) == (
        before.access_key,
        before.number,
        before.issue_date,
    )
    assert ana.exchanges(after.id)[-1].version == 1
    [alarm] = ana.alerts("earlier_version_authorized")
    assert alarm.subject == before.access_key
    ana.render(after.id)
    with tenant_scope(ana.id):
        assert DocumentAuthorization.get_by_id(after.id).number == before.access_key
        assert before.access_key in Ride.get_by_id(after.id).path
    assert violations(ana) == []


def test_a_document_is_found_by_every_key_it_ever_had(ana, simulator):
    before, after = redated(simulator, ana)
    assert {find_document(key).id for key in (before.access_key, after.access_key)} == {before.id}


def test_an_earlier_key_the_sri_said_no_to_leaves_the_number_to_a_person(ana, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "46", "stage": "autorizacion", "times": 1}])
    before = ana.document(State.REJECTED)
    simulator.script([{"ruc": ana.ruc, "code": "65", "stage": "recepcion", "times": 1}])
    ana.correct(before.id)
    ana.bring(before.id, State.RETURNED)
    ana.correct(before.id)
    ana.bring(before.id, State.SIGNED)
    assert isinstance(ana.step(before.id), Later), "the SRI has the number under the first key"
    assert ana.step(before.id) == Moved(State.RETURNED)
    assert asked(ana, before, before.access_key)[-1] == "rejected"


def test_an_earlier_key_the_sri_does_not_know_is_asked_about_three_times(hurried, simulator):
    before, after = redated(simulator, hurried)
    simulator.script([{"ruc": hurried.ruc, "code": "45", "stage": "recepcion", "times": 1}])
    outcomes = [hurried.step(after.id) for _ in range(4)]
    assert all(isinstance(outcome, Later) for outcome in outcomes[:3])
    assert outcomes[3] == Moved(State.RETURNED)
    assert asked(hurried, after, before.access_key) == ["not_found"] * 3
    assert hurried.read(after.id).number == FIRST


def test_three_empty_answers_within_a_minute_are_not_enough(ana, simulator):
    before, after = redated(simulator, ana)
    simulator.script([{"ruc": ana.ruc, "code": "45", "stage": "recepcion", "times": 1}])
    for _ in range(6):
        assert isinstance(ana.step(after.id), Later)
    assert asked(ana, after, before.access_key) == ["not_found"] * 5
    assert len([call for call in ana.exchanges(after.id) if call.operation == "submit"]) == 2


@pytest.mark.parametrize("fault", ["http_503", "wrong_key", "unknown_word", "in_process"])
def test_no_odd_answer_about_an_earlier_key_decides_anything(ana, simulator, fault):
    before, after = redated(simulator, ana)
    take_in(ana, before)
    assert isinstance(ana.step(after.id), Later)
    simulator.script([{"ruc": ana.ruc, "fault": fault, "stage": "autorizacion"}])
    assert isinstance(ana.step(after.id), Later)
    assert ana.read(after.id).state == State.SIGNED
    assert len(ana.alerts("unknown_sri_word")) == (fault == "unknown_word")
    assert ana.step(after.id) == Moved(State.AUTHORIZED)


def test_an_earlier_key_that_stays_in_process_for_a_day_is_shown_to_a_person(ana, simulator):
    before, after = redated(simulator, ana)
    take_in(ana, before)
    simulator.script([{"ruc": ana.ruc, "fault": "in_process", "stage": "autorizacion", "times": 2}])
    for _ in range(2):
        assert isinstance(ana.step(after.id), Later)
    assert isinstance(ana.under(poll_for_hours=1e-9).step(after.id), Parked)
    assert ana.read(after.id).needs_person_code == "undecided"


def test_another_document_of_ours_that_once_bore_the_number_is_named(hurried, simulator):
    other = returned(simulator, hurried, "45")
    correct(hurried.id, other.id, by="olga", reason="tomado", new_number=True)
    hurried.bring(other.id, State.AUTHORIZED)
    take_in(hurried, other)
    with tenant_scope(hurried.id):
        Sequence.update(next_number=1).where(Sequence.tenant_id == hurried.id).execute()
    document = hurried.document(State.SIGNED)
    assert document.number == FIRST
    assert isinstance(hurried.step(document.id), Later)
    assert hurried.step(document.id) == Moved(State.RETURNED)
    [alert] = hurried.alerts("number_of_another_document")
    assert (alert.subject, f"id {other.id}" in alert.message) == (document.access_key, True)
    with tenant_scope(hurried.id):
        [question] = SriExchange.select().where(
            SriExchange.document_id == other.id,
            SriExchange.access_key == other.access_key,
            SriExchange.operation == "query",
        )
    assert question.outcome == "authorized"


# A new number


def test_after_45_a_person_may_take_a_new_number_and_the_old_one_has_its_reason(ana, simulator):
    before = returned(simulator, ana, "45")
    done = correct(ana.id, before.id, by="olga", reason="lo usó el facturero anterior", new_number=True)
    assert done.kept == "nothing"
    draft = ana.read(before.id)
    assert (draft.number, draft.access_key, draft.sequence_number) == (None, None, None)
    assert violations(ana) == [], "neither while it waits for its signature"
    after = ana.bring(before.id, State.AUTHORIZED)
    assert (before.number, after.number, after.reference) == (FIRST, SECOND, before.reference)
    assert violations(ana) == []
    with tenant_scope(ana.id):
        skipped = Audit.get(Audit.tenant_id == ana.id, Audit.action == "numbers_skipped")
    assert (skipped.by, skipped.reason, skipped.facts["first"], skipped.facts["last"]) == (
        "olga",
        "lo usó el facturero anterior",
        1,
        1,
    )
    assert find_document(before.access_key).id == before.id


def test_after_45_the_number_may_be_kept_too(ana, simulator):
    before = returned(simulator, ana, "45")
    assert correct(ana.id, before.id, by="olga", reason="se anuló la otra").kept == "key"
    assert ana.bring(before.id, State.AUTHORIZED).number == before.number


@pytest.mark.parametrize(
    ("code", "stage", "state"),
    [
        ("35", "recepcion", State.RETURNED),
        ("65", "recepcion", State.RETURNED),
        ("46", "autorizacion", State.REJECTED),
    ],
)
def test_after_any_other_code_a_new_number_is_refused_and_the_sentence_says_why(
    ana, simulator, code, stage, state
):
    simulator.script([{"ruc": ana.ruc, "code": code, "stage": stage, "times": 1}])
    before = ana.document(state)
    with pytest.raises(Refused, match=f"después del código 45.*respondió {code}.*conserva el número {FIRST}"):
        correct(ana.id, before.id, by="olga", reason="x", new_number=True)
    assert ana.read(before.id).__data__ == before.__data__


def test_no_new_number_before_every_earlier_key_was_asked_about(hurried, simulator):
    _, after = redated(simulator, hurried)
    simulator.script([{"ruc": hurried.ruc, "code": "45", "stage": "recepcion", "times": 1}])
    hurried.bring(after.id, State.RETURNED)
    with tenant_scope(hurried.id):  # as if the questions had been asked before the refusal
        Emission.insert(
            document_id=after.id,
            version=0,
            tenant_id=hurried.id,
            access_key=f"{'1' * 49}",
            xml=b"<f/>",
            sha256="x",
            certificate_id=Emission.get(Emission.document_id == after.id).certificate_id,
            by="test",
            reason="test",
        ).execute()
    with pytest.raises(Refused, match="todavía no se ha preguntado al SRI por la clave anterior 1111"):
        correct(hurried.id, after.id, by="olga", reason="x", new_number=True)
    assert hurried.read(after.id).state == State.RETURNED


def test_the_keys_of_a_number_are_found_without_reading_every_document(ana):
    ana.document(State.SIGNED)
    with tenant_scope(ana.id):
        database.execute_sql("set local enable_seqscan = off")
        plan = database.execute_sql(
            "explain select document_id, version from emission where tenant_id = %s and substr(access_key, 9, 31) = %s",
            (ana.id, "x"),
        ).fetchall()
    assert "emission_by_key" in str(plan)
