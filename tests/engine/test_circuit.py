"""The circuit breaker: silence opens it, one probe at a time goes through, an answer closes it slowly."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app import circuit
from app.errors import Unavailable
from app.lifecycle import State
from app.sri.gateway import Environment
from app.store.base import database
from app.store.engine import Circuit
from app.work import in_seconds

PRUEBAS = Environment.PRUEBAS
SILENCE = Unavailable("timeout", "no answer in 15 s")


@pytest.fixture(autouse=True)
def _closed(services):
    with database.connection_context():
        Circuit.update(state="closed", failures=0, probe_at=None, changed_at=in_seconds(-3600)).execute()


def silence(times: int = 1, kind: Unavailable = SILENCE) -> None:
    for _ in range(times):
        circuit.note_silence(PRUEBAS, "submit", kind, opens_after=5, probe_every_s=30)


def probe_now() -> None:
    Circuit.update(probe_at=in_seconds(-1)).where(Circuit.state != "closed").execute()


def state() -> str:
    return circuit.read(PRUEBAS, "submit").state


def test_it_opens_after_five_silences_in_a_row_and_only_for_that_service_and_ambiente():
    silence(4)
    assert state() == "closed"
    silence()
    assert state() == "open"
    assert circuit.read(PRUEBAS, "query").state == "closed"
    assert circuit.read(Environment.PRODUCCION, "submit").state == "closed"


def test_one_answer_between_two_silences_keeps_it_closed():
    silence(4)
    circuit.note_answer(PRUEBAS, "submit")
    silence(4)
    assert state() == "closed"


@pytest.mark.parametrize("kind", sorted(circuit.OF_ONE_DOCUMENT))
def test_an_answer_that_is_useless_for_one_document_says_nothing_about_the_service(kind):
    silence(20, Unavailable(kind, "odd"))
    assert state() == "closed"


def test_nobody_probes_before_its_time_and_then_exactly_one_of_eight_does(services):
    silence(5)
    assert not circuit.take_probe(PRUEBAS, "submit", patience_s=25)
    probe_now()

    def take(_: int) -> bool:
        with database.connection_context():
            return circuit.take_probe(PRUEBAS, "submit", patience_s=25)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1
    assert state() == "probing"


def test_a_failed_probe_opens_it_again_for_the_whole_pause():
    silence(5)
    probe_now()
    assert circuit.take_probe(PRUEBAS, "submit", patience_s=25)
    silence()
    assert state() == "open"
    assert not circuit.take_probe(PRUEBAS, "submit", patience_s=25)


def test_a_probe_whose_worker_died_is_replaced_after_its_patience():
    silence(5)
    probe_now()
    assert circuit.take_probe(PRUEBAS, "submit", patience_s=25)
    probe_now()
    assert circuit.take_probe(PRUEBAS, "submit", patience_s=25)


def test_late_silences_of_calls_under_way_do_not_push_the_probe_away():
    silence(5)
    before = circuit.read(PRUEBAS, "submit").probe_at
    silence(10)
    assert circuit.read(PRUEBAS, "submit").probe_at == before


def test_after_an_answer_the_rate_grows_from_a_tenth_to_all_of_it():
    silence(5)
    probe_now()
    circuit.take_probe(PRUEBAS, "submit", patience_s=25)
    circuit.note_answer(PRUEBAS, "submit")
    standing = circuit.read(PRUEBAS, "submit")
    shares = [standing.share(standing.changed_at + timedelta(seconds=after)) for after in (0, 3, 15, 30, 300)]
    assert shares == [0.1, 0.1, 0.5, 1.0, 1.0]


def test_a_probe_that_fails_spends_no_attempt_and_lets_another_document_be_the_next(ana, simulator):
    signed = ana.document(State.SIGNED)
    silence(5)
    probe_now()
    simulator.script([{"ruc": ana.ruc, "fault": "http_503", "stage": "recepcion"}])
    again = ana.under(circuit_probe_s=30).step(signed.id)
    assert again.seconds > 2 * 30
    assert ana.read(signed.id).attempts == 0
    assert len(ana.exchanges(signed.id)) == 1
