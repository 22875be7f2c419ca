"""Asking for the verdict: patient, and only an explicit word of the SRI ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer
from racing import another_writer

from app import issuing, work
from app.lifecycle import State
from app.outcome import Later, Moved, Parked
from app.sri.simulator import Simulator
from app.sri.simulator.tax_office import Policy
from app.store.documents import Document, DocumentAuthorization, Ride
from app.tenancy import tenant_scope

ODD_ANSWERS = (
    "drop_before",
    "accept_then_drop",
    "http_503",
    "http_200",
    "soap_fault",
    "truncated",
    "empty",
    "stall",
    "wrong_key",
    "unknown_word",
    "in_process",
)
UNDECIDED = Policy(decide_after_s=3600)


def fail(simulator, taxpayer: Taxpayer, fault: str, times: int = 1) -> None:
    simulator.script([{"ruc": taxpayer.ruc, "fault": fault, "stage": "autorizacion", "times": times}])


def waits(taxpayer: Taxpayer, document_id: int, polls: int) -> list[float]:
    outcomes = [taxpayer.step(document_id) for _ in range(polls)]
    assert all(isinstance(outcome, Later) for outcome in outcomes)
    return [outcome.seconds for outcome in outcomes]


def test_an_authorized_document_keeps_the_sris_answer_and_its_ride_is_due_at_once(ana):
    pending = ana.document(State.PENDING_AUTHORIZATION)
    assert ana.step(pending.id) == Moved(State.AUTHORIZED)
    authorized = ana.read(pending.id)
    assert (authorized.state, authorized.next_attempt_at) == (State.AUTHORIZED, None)
    with tenant_scope(ana.id):
        answer, ride = DocumentAuthorization.get_by_id(pending.id), Ride.get_by_id(pending.id)
    assert (answer.number, answer.as_sent) == (pending.access_key, True)
    assert answer.authorized_at == authorized.authorized_at
    assert answer.exchange_id == ana.exchanges(pending.id)[-1].id
    assert ride.path is None
    assert ana.claim(Ride, pending.id)
    assert ana.history(pending.id) == ["imported", "signed", "received", "authorized"]


def test_a_document_in_process_is_asked_about_less_and_less_often(ana, simulator):
    fail(simulator, ana, "in_process", times=12)
    pending = ana.document(State.PENDING_AUTHORIZATION)
    assert waits(ana, pending.id, 12) == [5, 10, 20, 40, 60, 120, 300, 600, 900, 900, 900, 900]
    assert ana.step(pending.id) == Moved(State.AUTHORIZED)


def test_an_empty_answer_after_it_was_received_means_wait_and_never_send_again(ana):
    with Simulator(policy=UNDECIDED) as slow:
        ana = ana.under(sri_pruebas_url=slow.url)
        pending = ana.document(State.PENDING_AUTHORIZATION)
        assert waits(ana, pending.id, 5) == [5, 10, 20, 40, 60]
        assert [call.service for call in slow.log()] == ["recepcion", *["autorizacion"] * 5]


@pytest.mark.parametrize("fault", ODD_ANSWERS)
def test_no_odd_answer_decides_anything_and_the_next_good_one_does(ana, simulator, fault):
    ana = ana.under(sri_read_timeout_s=0.3, sri_total_timeout_s=0.6)
    pending = ana.document(State.PENDING_AUTHORIZATION)
    fail(simulator, ana, fault)
    assert isinstance(ana.step(pending.id), Later)
    still = ana.read(pending.id)
    assert (still.state, still.lease_until) == (State.PENDING_AUTHORIZATION, None)
    assert still.next_attempt_at
    assert still.last_error
    assert ana.step(pending.id) == Moved(State.AUTHORIZED)


def test_an_unknown_word_raises_one_alert_however_often_it_comes(ana, simulator):
    pending = ana.document(State.PENDING_AUTHORIZATION)
    fail(simulator, ana, "unknown_word", times=3)
    waits(ana, pending.id, 3)
    [alert] = ana.alerts("unknown_sri_word")
    assert (alert.subject, alert.times) == (pending.access_key, 3)
    assert "PENDIENTE DE REVISIÓN".encode() in bytes(ana.exchanges(pending.id)[-1].response)


def received(taxpayer: Taxpayer, document_id: int, ago: timedelta) -> None:
    with tenant_scope(taxpayer.id):
        Document.update(received_at=datetime.now(UTC) - ago).where(Document.id == document_id).execute()


def test_after_a_day_without_verdict_a_person_is_asked(ana, simulator):
    pending = ana.document(State.PENDING_AUTHORIZATION)
    fail(simulator, ana, "in_process", times=2)
    received(ana, pending.id, timedelta(hours=23, minutes=59))
    assert isinstance(ana.step(pending.id), Later)
    received(ana, pending.id, timedelta(hours=24, minutes=1))
    assert isinstance(ana.step(pending.id), Parked)
    waiting = ana.read(pending.id)
    assert (waiting.state, waiting.needs_person_code) == (State.PENDING_AUTHORIZATION, "undecided")
    assert waiting.next_attempt_at is None
    assert "portal del SRI" in waiting.needs_person_reason
    [alert] = ana.alerts("undecided")
    assert alert.subject == pending.access_key


def test_a_silent_sri_hands_nothing_to_a_person_even_after_a_day(ana):
    pending = ana.document(State.PENDING_AUTHORIZATION)
    received(ana, pending.id, timedelta(days=2))
    deaf = ana.under(sri_pruebas_url="http://127.0.0.1:9")
    assert isinstance(deaf.step(pending.id), Later)
    assert ana.step(pending.id) == Moved(State.AUTHORIZED)


def answered_last(servers, services, document_id: int, hours_ago: int) -> None:
    """All that the SRI said about the document, it said so long ago; its RECIBIDA too."""
    with another_writer(servers, services) as past, past.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        ago = "now() - make_interval(hours => %s)"
        cursor.execute(f"update document set received_at = {ago} where id = %s", [hours_ago, document_id])
        cursor.execute(
            f"update sri_exchange set finished_at = {ago} where document_id = %s", [hours_ago, document_id]
        )
        past.commit()


def test_the_hours_of_an_outage_are_not_the_sris_time_to_decide(ana, simulator, servers, services):
    pending = ana.document(State.PENDING_AUTHORIZATION)
    answered_last(servers, services, pending.id, 48)
    assert isinstance(ana.under(sri_pruebas_url="http://127.0.0.1:9").step(pending.id), Later)
    fail(simulator, ana, "in_process", times=2)
    assert isinstance(ana.step(pending.id), Later)
    assert isinstance(ana.step(pending.id), Parked)


def test_nor_are_those_in_which_others_found_the_sri_silent_and_this_one_was_not_asked_about(
    ana, simulator, servers, services
):
    pending = ana.document(State.PENDING_AUTHORIZATION)
    fail(simulator, ana, "in_process", times=3)
    assert isinstance(ana.step(pending.id), Later)
    answered_last(servers, services, pending.id, 26)
    assert isinstance(ana.step(pending.id), Later)
    assert isinstance(ana.step(pending.id), Parked)


def corrected_and_lost(ana, simulator) -> Document:
    """A second version that never reached the SRI, which called it in process all the same; the first was refused."""
    simulator.script([{"ruc": ana.ruc, "code": "46", "stage": "autorizacion", "times": 1}])
    refused = ana.document(State.REJECTED)
    ana.correct(refused.id, razonSocialComprador="OTRO NOMBRE S.A.")
    simulator.script(
        [
            {"ruc": ana.ruc, "fault": "drop_before", "stage": "recepcion", "times": 1},
            {"ruc": ana.ruc, "fault": "in_process", "stage": "autorizacion", "times": 1},
        ]
    )
    ana.bring(refused.id, State.PENDING_AUTHORIZATION)
    return ana.read(refused.id)


def test_what_was_called_in_process_but_never_received_is_sent_again_after_three_empty_answers(
    ana, simulator
):
    ana = ana.under(ask_before_resend_s=0.001)
    lost = corrected_and_lost(ana, simulator)
    assert lost.version == 2
    waits(ana, lost.id, 4)
    assert [call.operation for call in ana.exchanges(lost.id)][-5:] == ["query"] * 4 + ["submit"]
    assert ana.step(lost.id) == Moved(State.AUTHORIZED)


def test_the_yes_beside_an_older_no_is_the_one_that_counts(ana, simulator):
    pending = ana.document(State.PENDING_AUTHORIZATION)
    fail(simulator, ana, "two_verdicts")
    assert ana.step(pending.id) == Moved(State.AUTHORIZED)


def test_an_explicit_no_rejects_and_keeps_the_sris_words(ana, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "46", "detail": "no existe", "stage": "autorizacion"}])
    pending = ana.document(State.PENDING_AUTHORIZATION)
    assert ana.step(pending.id) == Moved(State.REJECTED)
    rejected = ana.read(pending.id)
    assert (rejected.state, rejected.next_attempt_at) == (State.REJECTED, None)
    assert ana.exchanges(pending.id)[-1].messages[0]["detail"] == "no existe"
    assert ana.history(pending.id)[-1] == "rejected"


def test_a_late_worker_with_a_yes_in_hand_changes_nothing_the_other_one_wrote(ana, services):
    pending = ana.document(State.PENDING_AUTHORIZATION)
    ana.make_due(Document, pending.id)
    late, current = ana.claim(Document, pending.id, lease_s=-1), ana.claim(Document, pending.id)
    assert issuing.check(current, services) == Moved(State.AUTHORIZED)
    before = ana.read(pending.id)
    with pytest.raises(work.Refused):
        issuing.check(late, services)
    assert ana.read(pending.id).__data__ == before.__data__
    assert ana.history(pending.id).count("authorized") == 1
