"""Sending: every call is on record before it is made, and after an unknown outcome the SRI is asked first."""

from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from cast import Taxpayer

from app import exchanges
from app.lifecycle import State
from app.outcome import Later, Moved
from app.sri.codes import ALREADY_HELD
from app.sri.soap import SoapSri
from app.store.documents import Document, Emission, SriExchange
from app.tenancy import tenant_scope

UNHEARD = ("drop_before", "http_503", "http_200", "soap_fault")
HEARD = ("accept_then_drop", "stall", "truncated", "empty")
QUICK = {"sri_read_timeout_s": 0.3, "sri_total_timeout_s": 0.6}


def refuse(simulator, taxpayer: Taxpayer, code: str, **more: object) -> None:
    simulator.script([{"ruc": taxpayer.ruc, "code": code, "stage": "recepcion", "times": 1, **more}])


def fail(simulator, taxpayer: Taxpayer, fault: str, **more: object) -> None:
    simulator.script([{"ruc": taxpayer.ruc, "fault": fault, "stage": "recepcion", **more}])


def seen(simulator, document: Document) -> list[str]:
    """The services that were called about the document, as the SRI remembers it."""
    return [call.service for call in simulator.log() if call.access_key == document.access_key]


def submissions(simulator, document: Document) -> set[str]:
    """SHA-256 of everything that was sent under the document's key."""
    calls = (call for call in simulator.log() if call.access_key == document.access_key)
    return {call.sha256 for call in calls if call.service == "recepcion"}


def test_a_received_document_waits_for_its_verdict_and_is_asked_about_in_two_seconds(ana):
    signed = ana.document(State.SIGNED)
    assert ana.step(signed.id) == Moved(State.PENDING_AUTHORIZATION, due_in=2.0)
    pending, [call] = ana.read(signed.id), ana.exchanges(signed.id)
    assert (pending.state, pending.attempts) == (State.PENDING_AUTHORIZATION, 0)
    assert pending.next_attempt_at - pending.received_at == timedelta(seconds=2)
    assert (call.operation, call.outcome, call.sent, call.http_status) == ("submit", "received", True, 200)
    assert b"RECIBIDA" in bytes(call.response)
    with tenant_scope(ana.id):
        emission = Emission.get(Emission.document_id == signed.id)
    assert (call.request_sha256, call.access_key, call.version) == (emission.sha256, signed.access_key, 1)


def test_a_call_is_on_record_before_it_is_made(ana, servers, monkeypatch):
    signed, made = ana.document(State.SIGNED), []
    submit = SoapSri.submit

    def watched(self, xml):
        address = ana.services.settings.database_url.partition("?")[0].rpartition("/")[2]
        with psycopg2.connect(servers.superuser_url.replace("/autoriza?", f"/{address}?")) as witness:
            cursor = witness.cursor()
            cursor.execute(
                "select operation, finished_at from sri_exchange where document_id = %s", [signed.id]
            )
            made.extend(cursor.fetchall())
        return submit(self, xml)

    monkeypatch.setattr(SoapSri, "submit", watched)
    ana.step(signed.id)
    assert made == [("submit", None)]


def test_a_document_the_sri_returns_waits_for_its_correction_with_the_sris_words(ana, simulator):
    refuse(simulator, ana, "35", detail="falta el total")
    signed = ana.document(State.SIGNED)
    assert ana.step(signed.id) == Moved(State.RETURNED)
    returned = ana.read(signed.id)
    assert (returned.state, returned.next_attempt_at) == (State.RETURNED, None)
    assert returned.finished_at
    [call] = ana.exchanges(signed.id)
    assert (call.outcome, call.messages[0]["code"], call.messages[0]["detail"]) == (
        "returned",
        "35",
        "falta el total",
    )


@pytest.mark.parametrize("code", sorted(ALREADY_HELD))
def test_a_key_the_sri_already_holds_is_asked_about_and_no_error(ana, simulator, code):
    assert {"43", "70"} == ALREADY_HELD
    refuse(simulator, ana, code)
    signed = ana.document(State.SIGNED)
    assert ana.step(signed.id) == Moved(State.PENDING_AUTHORIZATION, due_in=2.0)
    assert ana.bring(signed.id, State.AUTHORIZED)


def test_an_internal_error_of_the_sri_is_answered_with_the_same_bytes_again(ana, simulator):
    refuse(simulator, ana, "50")
    signed = ana.document(State.SIGNED)
    assert isinstance(ana.step(signed.id), Later)
    assert ana.read(signed.id).state == State.SIGNED
    ana.bring(signed.id, State.AUTHORIZED)
    assert seen(simulator, signed) == ["recepcion", "recepcion", "autorizacion"]
    assert len(submissions(simulator, signed)) == 1


@pytest.mark.parametrize("fault", HEARD)
def test_a_lost_answer_is_asked_for_and_nothing_is_sent_twice(ana, simulator, fault):
    fail(simulator, ana, fault)
    ana = ana.under(**QUICK)
    signed = ana.document(State.SIGNED)
    assert isinstance(ana.step(signed.id), Later)
    assert ana.read(signed.id).state == State.SIGNED
    assert ana.step(signed.id) == Moved(State.AUTHORIZED)
    assert seen(simulator, signed) == ["recepcion", "autorizacion"]
    assert ana.history(signed.id) == ["imported", "signed", "authorized"]


@pytest.mark.parametrize("fault", UNHEARD)
def test_a_document_that_never_arrived_is_sent_again_unchanged_after_three_empty_answers(
    ana, simulator, fault
):
    fail(simulator, ana, fault)
    ana = ana.under(ask_before_resend_s=0.001)
    signed = ana.document(State.SIGNED)
    for _ in range(4):
        assert isinstance(ana.step(signed.id), Later)
    ana.bring(signed.id, State.AUTHORIZED)
    assert seen(simulator, signed) == ["recepcion", *["autorizacion"] * 3, "recepcion", "autorizacion"]
    assert len(submissions(simulator, signed)) == 1


def test_three_empty_answers_within_a_minute_are_not_enough_to_send_again(ana, simulator):
    fail(simulator, ana, "drop_before")
    signed = ana.document(State.SIGNED)
    for _ in range(6):
        ana.step(signed.id)
    assert seen(simulator, signed) == ["recepcion", *["autorizacion"] * 5]


def test_what_never_left_is_sent_without_asking(ana, simulator):
    signed = ana.document(State.SIGNED)
    assert isinstance(ana.under(sri_pruebas_url="http://127.0.0.1:9").step(signed.id), Later)
    [call] = ana.exchanges(signed.id)
    assert (call.outcome, call.sent) == ("unavailable", False)
    assert ana.step(signed.id) == Moved(State.PENDING_AUTHORIZATION, due_in=2.0)
    assert seen(simulator, signed) == ["recepcion"]


def test_a_worker_killed_during_its_call_leaves_a_question_and_no_second_sending(ana, simulator, services):
    signed = ana.document(State.SIGNED)
    killed = ana.claim(Document, signed.id, lease_s=-1)
    with tenant_scope(ana.id):
        emission = Emission.get(Emission.document_id == signed.id)
        exchanges.open_call(killed, "submit", emission)
    services.sri(signed.access_key).submit(bytes(emission.xml))
    assert ana.step(signed.id) == Moved(State.AUTHORIZED)
    left, asked = ana.exchanges(signed.id)
    assert (left.operation, left.outcome) == ("submit", "unknown")
    assert (asked.operation, asked.outcome) == ("query", "authorized")
    assert seen(simulator, signed) == ["recepcion", "autorizacion"]


def test_an_unknown_word_keeps_the_document_signed_raises_an_alert_and_is_asked_about(ana, simulator):
    fail(simulator, ana, "unknown_word")
    signed = ana.document(State.SIGNED)
    assert isinstance(ana.step(signed.id), Later)
    assert ana.read(signed.id).state == State.SIGNED
    [alert] = ana.alerts("unknown_sri_word")
    assert (alert.subject, "PENDIENTE DE REVISIÓN" in alert.message) == (signed.access_key, True)
    assert "PENDIENTE DE REVISIÓN".encode() in bytes(ana.exchanges(signed.id)[0].response)
    ana.step(signed.id)
    assert seen(simulator, signed) == ["recepcion", "autorizacion"]


def test_a_silent_sri_is_asked_at_longer_and_longer_intervals_and_the_reason_kept(ana):
    signed = ana.document(State.SIGNED)
    deaf = ana.under(sri_pruebas_url="http://127.0.0.1:9")
    waits = [deaf.step(signed.id).seconds for _ in range(6)]
    assert all(2**attempt * 0.75 <= wait <= 2**attempt for attempt, wait in enumerate(waits, start=1))
    silent = ana.read(signed.id)
    assert (silent.state, silent.last_error_code) == (State.SIGNED, "refused")
    assert silent.last_error.startswith("refused:")


NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def past(*calls: tuple[str, str | None, bool | None, int]) -> list[SriExchange]:
    """Calls as (operation, outcome, sent, seconds ago), oldest first."""
    return [
        SriExchange(
            id=number, operation=operation, outcome=outcome, sent=sent, started_at=NOW - timedelta(0, ago)
        )
        for number, (operation, outcome, sent, ago) in enumerate(calls)
    ]


SENT = ("submit", "unavailable", True, 90)
EMPTY = ("query", "not_found", True, 30)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([], "submit"),
        ([("submit", None, None, 90)], "query"),
        ([SENT], "query"),
        ([SENT, EMPTY, EMPTY], "query"),
        ([SENT, EMPTY, EMPTY, EMPTY], "submit"),
        ([SENT, EMPTY, EMPTY, ("query", "unavailable", True, 5)], "query"),
        ([SENT, EMPTY, EMPTY, EMPTY, ("submit", "unavailable", True, 5)], "query"),
        ([SENT, EMPTY, EMPTY, EMPTY, SENT], "query"),
        ([("submit", "unavailable", True, 50), EMPTY, EMPTY, EMPTY], "query"),
        ([("submit", "unknown", True, 90), EMPTY, EMPTY, EMPTY], "submit"),
        ([("submit", "unavailable", False, 5)], "submit"),
        ([("submit", "try_again", True, 5)], "submit"),
        ([("submit", "unknown_word", True, 90), EMPTY], "query"),
    ],
)
def test_the_record_of_past_calls_decides_whether_to_send_or_to_ask(calls, expected):
    assert exchanges.next_call(past(*calls), clock=lambda: NOW, ask_for_s=60) == expected


@pytest.mark.parametrize(
    ("sent_ago", "empty_answers", "expected"),
    [(2, 1, 29), (31, 2, 29), (45, 2, 15), (60, 3, 0), (20, 3, 40), (300, 1, 0), (300, 3, 0)],
)
def test_empty_answers_are_spread_over_the_time_of_asking_and_no_longer(sent_ago, empty_answers, expected):
    calls = [("submit", "unavailable", True, sent_ago), *[EMPTY] * empty_answers]
    assert exchanges.wait_after_empty(past(*calls), clock=lambda: NOW, ask_for_s=60) == expected
