"""Every fault of the simulator leaves our SOAP client with silence or an odd value, never with a wrong state."""

import time
from collections.abc import Iterator

import pytest
from sri_cast import client, signed

from app.errors import Unavailable
from app.sri.gateway import Authorized, InProcess, NotFound, Received, Rejected, UnknownWord
from app.sri.simulator import Simulator
from app.sri.soap import SoapSri

# Fault, what our client is told, whether the request may have left, HTTP status; and its limits where they decide.
FAULTS = [
    ({"fault": "refuse", "seconds": 60}, "refused", False, None, {}),
    ({"fault": "drop_before"}, "reset", True, None, {}),
    ({"fault": "accept_then_drop"}, "reset", True, None, {}),
    ({"fault": "stall", "seconds": 20}, "timeout", True, None, {"read_s": 0.4}),
    ({"fault": "drip", "seconds": 0.05}, "deadline", True, None, {"total_s": 0.5}),
    ({"fault": "drip", "seconds": 0.004}, "deadline", True, 200, {"total_s": 1.0}),  # within the body
    ({"fault": "http_503"}, "http", True, 503, {}),
    ({"fault": "http_200"}, "not_xml", True, 200, {}),
    ({"fault": "soap_fault"}, "fault", True, 500, {}),
    ({"fault": "truncated"}, "reset", True, 200, {}),
    ({"fault": "empty"}, "empty", True, 200, {}),
    ({"fault": "maintenance", "seconds": 60}, "http", True, 503, {}),
]
TAKEN = ("accept_then_drop", "stall", "drip", "truncated", "empty")


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


@pytest.fixture
def sri(simulator) -> Iterator[SoapSri]:
    opened = client(simulator.url)
    yield opened
    opened.close()


@pytest.mark.parametrize("reused", [False, True], ids=["first call", "kept connection"])
@pytest.mark.parametrize("service", ["submit", "query"])
@pytest.mark.parametrize(("entry", "kind", "sent", "status", "limits"), FAULTS)
def test_every_way_of_not_answering_is_silence_and_the_invoice_is_issued_once(
    simulator, sri, entry, kind, sent, status, limits, service, reused
):
    document, tried = signed(), client(simulator.url, **limits)
    if service == "query":
        sri.submit(document.xml)
    if reused:
        tried.query(document.access_key)
    calls = len(simulator.log())
    simulator.script([entry])
    started = time.monotonic()
    with pytest.raises(Unavailable) as silence:
        tried.submit(document.xml) if service == "submit" else tried.query(document.access_key)
    assert time.monotonic() - started < 5.0
    assert (silence.value.kind, silence.value.sent, silence.value.http_status) == (kind, sent, status)
    assert len(simulator.log()) == calls + sent  # it was tried once

    simulator.heal()
    if isinstance(sri.query(document.access_key), NotFound):
        assert isinstance(sri.submit(document.xml), Received)
    assert isinstance(sri.query(document.access_key), Authorized)
    assert simulator.verdict().violations == []


@pytest.mark.parametrize("entry", [entry for entry, *_ in FAULTS if entry["fault"] in TAKEN])
def test_an_answer_lost_on_its_way_leaves_the_invoice_with_the_sri(simulator, sri, entry):
    document = signed()
    simulator.script([entry])
    with pytest.raises(Unavailable):
        client(simulator.url, read_s=0.4, total_s=0.4).submit(document.xml)
    assert isinstance(sri.query(document.access_key), Authorized)


def test_the_limit_of_a_call_holds_although_each_byte_keeps_the_limit_between_two(simulator):
    simulator.script([{"fault": "drip", "seconds": 1.4}])
    started = time.monotonic()
    with pytest.raises(Unavailable, match="deadline"):
        client(simulator.url, read_s=5, total_s=1.5).query(signed().access_key)
    assert time.monotonic() - started < 2.5


@pytest.mark.parametrize("fault", ["drop_before", "http_503", "http_200", "soap_fault"])
def test_a_request_lost_on_its_way_is_unknown_to_the_sri(simulator, sri, fault):
    document = signed()
    simulator.script([{"fault": fault}])
    with pytest.raises(Unavailable):
        sri.submit(document.xml)
    assert isinstance(sri.query(document.access_key), NotFound)


def test_what_came_back_is_kept_for_the_record(simulator, sri):
    simulator.script([{"fault": "http_200"}])
    with pytest.raises(Unavailable) as silence:
        sri.submit(signed().xml)
    assert b"Request Rejected" in silence.value.raw


@pytest.mark.parametrize("service", ["recepcion", "autorizacion"])
def test_a_word_nobody_knows_is_no_refusal(simulator, sri, service):
    document = signed()
    simulator.script([{"fault": "unknown_word", "stage": service}])
    first, second = sri.submit(document.xml), sri.query(document.access_key)
    answer = first if service == "recepcion" else second
    assert isinstance(answer, UnknownWord)
    assert answer.word == "PENDIENTE DE REVISIÓN"
    assert isinstance(sri.query(document.access_key), Authorized)


def test_an_answer_about_another_invoice_decides_nothing(simulator, sri):
    document = signed()
    sri.submit(document.xml)
    simulator.script([{"fault": "wrong_key"}])
    with pytest.raises(Unavailable, match="wrong_key"):
        sri.query(document.access_key)
    assert isinstance(sri.query(document.access_key), Authorized)


def test_in_process_is_not_decided(simulator, sri):
    document = signed()
    sri.submit(document.xml)
    simulator.script([{"fault": "in_process"}])
    assert isinstance(sri.query(document.access_key), InProcess)
    assert isinstance(sri.query(document.access_key), Authorized)


@pytest.mark.parametrize(("code", "verdict"), [("60", Authorized), ("63", Rejected)])
def test_of_two_verdicts_the_authorized_or_else_the_newest_counts(simulator, sri, code, verdict):
    simulator.script([{"code": code, "stage": "autorizacion"}, {"fault": "two_verdicts"}])
    document = signed()
    sri.submit(document.xml)
    answer = sri.query(document.access_key)
    assert isinstance(answer, verdict)
    assert "39" not in [message.code for message in answer.messages]
    assert answer.raw.count(b"<autorizacion>") == 2
