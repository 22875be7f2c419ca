"""The simulator's witness sees every call, and finds what must never be sent."""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sri_cast import AUTHORIZATION, RECEPTION, Clock, ask, asked, envelope, http_call, offer, offered, signed

from app.sri.simulator import Simulator

RUC, OTHER_RUC = "1790012345001", "1790016919001"


@pytest.fixture
def sri() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


def test_the_verdict_counts_documents_polls_and_calls_per_second():
    with Simulator(clock=Clock(datetime(2026, 3, 10, 12, tzinfo=UTC))) as sri:
        sri.script([{"number": "001-002-000000002", "code": "52"}])
        for number in (1, 2, 3):
            offer(sri.url, signed(number).xml)
        for number in (1, 1, 1, 2):
            ask(sri.url, signed(number).access_key)
        offer(sri.url, signed(4, ruc=OTHER_RUC).xml)
        verdict = sri.verdict()
        assert (verdict.documents.received, verdict.documents.authorized, verdict.documents.rejected) == (
            4,
            1,
            1,
        )
        assert (verdict.polls.max, verdict.polls.mean, verdict.calls) == (3, 2.0, 8)
        assert verdict.peak_calls_per_second == {RUC: 7, OTHER_RUC: 1}
        assert verdict.violations == []


def test_the_verdict_finds_one_number_under_two_keys(sri):
    one, two = signed(code=1), signed(code=2)
    offer(sri.url, one.xml)
    offer(sri.url, two.xml)
    [violation] = sri.verdict().violations
    assert all(word in violation for word in ("001-002-000000007", RUC, one.access_key, two.access_key))


def test_the_verdict_finds_a_second_key_even_when_the_first_call_was_dropped(sri):
    sri.script([{"fault": "drop_before"}])
    with pytest.raises(http.client.RemoteDisconnected):
        offer(sri.url, signed(code=1).xml)
    assert offered(sri.url, signed(code=2).xml) == "RECIBIDA"
    assert len(sri.verdict().violations) == 1


def test_a_new_key_for_the_same_number_is_right_after_65_and_only_then():
    with Simulator(clock=Clock(datetime(2026, 3, 2, 12, tzinfo=UTC))) as sri:
        assert offered(sri.url, signed(on=date(2026, 3, 3)).xml) == "DEVUELTA 65"
        assert offered(sri.url, signed(on=date(2026, 3, 2)).xml) == "RECIBIDA"
        assert sri.verdict().violations == []
        offer(sri.url, signed(on=date(2026, 3, 3)).xml)
        assert len(sri.verdict().violations) == 1


def test_a_key_that_is_accepted_after_its_65_holds_its_number_from_then_on():
    clock = Clock(datetime(2026, 3, 2, 12, tzinfo=UTC))
    with Simulator(clock=clock) as sri:
        tomorrow = signed(on=date(2026, 3, 3))
        assert offered(sri.url, tomorrow.xml) == "DEVUELTA 65"
        clock.now = datetime(2026, 3, 3, 12, tzinfo=UTC)
        assert offered(sri.url, tomorrow.xml) == "RECIBIDA"
        assert offered(sri.url, signed(on=date(2026, 3, 2)).xml) == "DEVUELTA 45"
        assert len(sri.verdict().violations) == 1


@pytest.mark.parametrize("first_answer", ["RECIBIDA", "lost", "DEVUELTA 50"])
def test_the_verdict_finds_other_bytes_under_a_key_that_nobody_refused(sri, first_answer):
    document = signed()
    if first_answer == "DEVUELTA 50":
        sri.script([{"code": "50", "times": 1}])
    if first_answer == "lost":
        sri.script([{"code": "35", "times": 1}, {"fault": "accept_then_drop"}])
        with pytest.raises(http.client.RemoteDisconnected):
            offer(sri.url, document.xml)
    else:
        assert offered(sri.url, document.xml) == first_answer
    offer(sri.url, document.differently().xml)
    [violation] = sri.verdict().violations
    assert document.access_key in violation


def test_the_verdict_finds_other_bytes_after_a_rejection_that_nobody_heard(sri):
    sri.script([{"code": "52", "times": 1}, {"fault": "truncated", "stage": "autorizacion"}])
    document = signed()
    offer(sri.url, document.xml)
    with pytest.raises(http.client.IncompleteRead):
        ask(sri.url, document.access_key)
    assert offered(sri.url, document.differently().xml) == "RECIBIDA"
    assert len(sri.verdict().violations) == 1


def test_one_refusal_allows_one_correction_even_when_that_was_lost(sri):
    sri.script([{"code": "28", "times": 1}])
    document = signed()
    offer(sri.url, document.xml)
    sri.script([{"fault": "drop_before"}])
    with pytest.raises(http.client.RemoteDisconnected):
        offer(sri.url, document.differently().xml)
    assert sri.verdict().violations == []
    offer(sri.url, document.xml)
    assert len(sri.verdict().violations) == 1


@pytest.mark.parametrize("code", ["28", "52"])
def test_other_bytes_after_a_refusal_are_right_once(sri, code):
    sri.script([{"code": code, "times": 1}])
    document = signed()
    offer(sri.url, document.xml)
    ask(sri.url, document.access_key)
    corrected = document.differently()
    assert offered(sri.url, corrected.xml) == "RECIBIDA"
    assert sri.verdict().violations == []
    offer(sri.url, document.xml)
    assert len(sri.verdict().violations) == 1


def test_the_log_has_every_call_with_what_was_answered_or_done_to_it(sri):
    document = signed()
    sri.script([{"fault": "http_503"}, {"fault": "empty", "stage": "autorizacion"}])
    http_call(sri.url, "POST", RECEPTION[0], b"<no/>")
    for _ in range(2):
        http_call(sri.url, "POST", RECEPTION[0], envelope(RECEPTION, "bm8="))
    offered(sri.url, document.xml)
    http_call(sri.url, "POST", AUTHORIZATION[0], envelope(AUTHORIZATION, document.access_key))
    calls = sri.log()
    assert [(call.service, call.answer, call.fault) for call in calls] == [
        ("recepcion", "Fault", ""),
        ("recepcion", "", "http_503"),
        ("recepcion", "DEVUELTA 35", ""),
        ("recepcion", "RECIBIDA", ""),
        ("autorizacion", "AUTORIZADO 60", "empty"),
    ]
    assert (calls[3].ruc, calls[3].number, calls[3].access_key) == (
        RUC,
        "001-002-000000007",
        document.access_key,
    )
    assert [len(call.sha256) for call in calls] == [0, 64, 64, 64, 0]
    assert sri.log(since=1, most=2) == calls[1:3]


def test_many_callers_at_once_are_all_served_and_nothing_is_lost(sri):
    documents = [signed(number) for number in range(1, 65)]

    def whole_way(document):
        return offered(sri.url, document.xml), asked(sri.url, document.access_key)

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(whole_way, documents)) == {("RECIBIDA", "AUTORIZADO 60")}
    verdict = sri.verdict()
    assert (verdict.documents.authorized, verdict.calls, verdict.violations) == (64, 128, [])
