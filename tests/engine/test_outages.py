"""Each time the SRI is away stays on record: from the circuit's opening to the next answer, whoever wrote it down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer, at_once

from app import circuit, outages
from app.errors import Unavailable
from app.lifecycle import State
from app.sri.gateway import Environment
from app.store.base import database
from app.store.engine import Circuit, Outage
from app.work import in_seconds

PRUEBAS = Environment.PRUEBAS
SILENCE = Unavailable("timeout", "no answer in 15 s")
HERE = (Circuit.environment == PRUEBAS) & (Circuit.service == "submit")
MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def _nothing_on_record(services) -> Iterator[None]:
    with database.connection_context():
        Circuit.update(state="closed", failures=0, probe_at=None, changed_at=in_seconds(-3600)).execute()
        Circuit.update(on_record_since=in_seconds(-90 * 86_400)).execute()
        Outage.delete().execute()
    yield
    with database.connection_context():
        Circuit.update(state="closed", failures=0, probe_at=None).execute()


def silence(times: int = 1, said: Unavailable = SILENCE) -> None:
    for _ in range(times):
        circuit.note_silence(PRUEBAS, "submit", said, opens_after=5, probe_every_s=30)


def probed() -> None:
    Circuit.update(probe_at=in_seconds(-1)).where(Circuit.state != "closed").execute()
    assert circuit.take_probe(PRUEBAS, "submit", patience_s=25)


def on_record() -> list[Outage]:
    return list(Outage.select().order_by(Outage.id))


def moment_of_change() -> datetime:
    return Circuit.get(HERE).changed_at


def test_an_outage_is_one_row_from_the_opening_to_the_answer_with_why_and_how_often_it_was_tried(services):
    silence(4)
    assert on_record() == [], "four calls without an answer are no outage"
    silence()
    opened = moment_of_change()
    (row,) = on_record()
    assert (row.environment, row.service, row.since, row.until) == (PRUEBAS, "submit", opened, None)
    assert row.reason.startswith("timeout")
    silence(3)  # calls that were under way
    probed()
    silence(1, Unavailable("http", "503"))
    probed()
    probed()  # the one before never reported
    circuit.note_answer(PRUEBAS, "submit")
    (row,) = on_record()
    assert (row.since, row.until) == (opened, moment_of_change())
    assert row.until > opened
    assert (row.reason, row.last_reason) == (str(SILENCE), str(Unavailable("http", "503")))
    assert row.probes == 3


def test_an_answer_to_a_call_that_is_on_record_ends_it(ana: Taxpayer):
    signed = ana.document(State.SIGNED)
    silence(5)
    Circuit.update(probe_at=in_seconds(-1)).where(Circuit.state != "closed").execute()
    ana.step(signed.id)
    (row,) = on_record()
    assert row.until is not None and row.probes == 1


def test_two_workers_that_open_it_at_once_make_one(services):
    silence(4)

    def open_it(_: int) -> None:
        with database.connection_context():
            silence()

    at_once(2, open_it)
    with database.connection_context():
        assert len(on_record()) == 1


def test_it_opens_again_and_that_is_another(services):
    for _ in range(2):
        silence(5)
        probed()
        circuit.note_answer(PRUEBAS, "submit")
    first, second = on_record()
    assert first.until <= second.since <= second.until


def test_each_service_of_each_ambiente_has_its_own(services):
    silence(5)
    for _ in range(5):
        circuit.note_silence(Environment.PRODUCCION, "query", SILENCE, opens_after=5, probe_every_s=30)
    circuit.note_answer(PRUEBAS, "submit")
    assert [(row.environment, row.service, row.until is None) for row in on_record()] == [
        (1, "submit", False),
        (2, "query", True),
    ]


def test_an_answer_whose_transaction_began_before_the_outage_ends_it_at_once_and_not_before_it_began(
    services,
):
    """Within one transaction the clock stands still; the outage is put a minute ahead of it."""
    with database.atomic():
        silence(5)
        Outage.update(since=in_seconds(60)).execute()
        circuit.note_answer(PRUEBAS, "submit")
    (row,) = on_record()
    assert row.until == row.since


def test_a_circuit_opens_although_an_outage_stands_by_mistake(services):
    Outage.insert(environment=1, service="submit", since=in_seconds(-60)).execute()
    silence(5)
    assert circuit.read(PRUEBAS, "submit").state == "open"
    assert len(on_record()) == 1


def away(since: timedelta, until: timedelta | None) -> None:
    """An outage so long ago."""
    now = datetime.now(UTC)
    Outage.insert(
        environment=1, service="submit", since=now - since, until=None if until is None else now - until
    ).execute()


def test_the_time_away_of_a_month_is_that_within_the_month_of_what_lasts_too(services):
    day, hour = timedelta(days=1), timedelta(hours=1)
    away(31 * day, 29 * day)  # of which a day is within
    away(10 * day, 10 * day - 2 * hour)
    away(hour, None)
    now = datetime.now(UTC)
    found = {(one.environment, one.service): one for one in outages.absences((1, 2), MONTH, now)}
    assert len(found) == 4
    one, never = found[1, "submit"], found[2, "submit"]
    assert one.times == 3
    assert one.seconds == pytest.approx((day + 3 * hour).total_seconds(), abs=5)
    assert one.share == pytest.approx(1 - (day + 3 * hour) / MONTH, abs=1e-4)
    assert (never.times, never.seconds, never.share) == (0, 0.0, 1.0)


def test_nothing_is_said_of_the_time_before_the_record(services):
    now = datetime.now(UTC)
    Circuit.update(on_record_since=now - timedelta(hours=10)).execute()
    away(timedelta(hours=20), timedelta(hours=5))  # on record because it stood when the record began
    (one,) = (one for one in outages.absences((1,), MONTH, now) if one.service == "submit")
    assert one.since == now - timedelta(hours=10)
    assert one.share == pytest.approx(0.5, abs=1e-3)


def test_of_many_the_longest_are_told_and_how_many_more_there_were(services):
    for hours in (1, 5, 3):
        away(timedelta(hours=hours + 10), timedelta(hours=10))
    since, upto = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC)
    found, more = outages.longest(since, upto, (1,), 2)
    assert [round((one.until - one.since).total_seconds() / 3600) for one in found] == [5, 3]
    assert more == 1
    assert outages.longest(since, upto, (2,), 2) == ([], 0)
