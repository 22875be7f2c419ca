"""Ticks: one row per due time, whoever notices it; missed, skipped and overlapping ones are on record."""

import contextlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from cast import at_once
from schedule_cast import Actor

from app.store.base import database
from app.store.engine import Schedule, Tick

START = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)


def outcomes(name: str) -> list[str]:
    with database.connection_context():
        return [tick.outcome for tick in Tick.select().where(Tick.schedule == name).order_by(Tick.due_at)]


def test_two_schedulers_make_one_tick_and_one_message(engine, scheduler_of):
    actor = Actor("twice")
    one, two = scheduler_of(actor), scheduler_of(actor)
    for second in range(31):
        for scheduler in (one, two):
            scheduler.send_actors([actor], START + timedelta(seconds=second))
    assert outcomes("twice") == ["due"] * 4
    assert len(actor.sent) == 4


def test_three_hours_without_a_scheduler_are_on_record_and_bring_no_burst(engine, scheduler_of):
    actor = Actor("asleep")
    scheduler_of(actor).send_actors([actor], START)
    woken = scheduler_of(actor)
    woken.send_actors([actor], START + timedelta(hours=3, seconds=9.9))
    found = outcomes("asleep")
    assert found.count("missed") == 3 * 360 - 1
    assert found[-1] == "due"
    assert len(actor.sent) == 2


@pytest.mark.parametrize(("policy", "sent"), [("skip", 1), ("run_once", 2)])
def test_a_due_time_found_late_is_skipped_or_run_once_as_its_schedule_says(
    engine, scheduler_of, policy, sent
):
    name = f"nightly-{policy}"
    actor = Actor(name, "0 0 7 * * *")
    scheduler_of(actor).send_actors([actor], START)
    Schedule.update(missed_policy=policy).where(Schedule.name == name).execute()
    scheduler_of(actor).send_actors([actor], START + timedelta(days=2, hours=3))
    assert outcomes(name) == (["due", "missed", "missed"] if policy == "skip" else ["due", "missed", "due"])
    assert len(actor.sent) == sent


def test_a_paused_schedule_records_its_ticks_as_skipped_until_it_is_resumed(engine, scheduler_of):
    actor = Actor("paused")
    scheduler = scheduler_of(actor)
    engine.by_hand.pause("paused", by="Olga", reason="mantenimiento")
    scheduler.send_actors([actor], START)
    engine.by_hand.resume("paused", by="Olga")
    scheduler.send_actors([actor], START + timedelta(seconds=10))
    assert outcomes("paused") == ["skipped", "due"]
    assert len(actor.sent) == 1


def test_a_tick_that_overlaps_with_the_one_before_is_skipped(engine):
    first = engine.ticks.take("slow", START, origin="clock", by="test")
    second = engine.ticks.take("slow", START + timedelta(seconds=10), origin="clock", by="test")
    with engine.ticks.running(first), pytest.raises(engine.ticks.Overlap), engine.ticks.running(second):
        pytest.fail("two ran at once")
    assert outcomes("slow") == ["done", "skipped"]


def test_a_tick_whose_process_was_killed_does_not_hold_up_its_schedule_for_ever(engine):
    killed = engine.ticks.take("killed", START, origin="clock", by="test")
    Tick.update(outcome="running", started_at=START).where(Tick.id == killed).execute()
    following = engine.ticks.take("killed", START + timedelta(seconds=10), origin="clock", by="test")
    with engine.ticks.running(following):
        pass
    assert outcomes("killed") == ["running", "done"]


def test_what_a_tick_raises_is_kept_as_its_failure(engine):
    tick_id = engine.ticks.take("failing", START, origin="clock", by="test")
    with pytest.raises(ZeroDivisionError), engine.ticks.running(tick_id):
        raise ZeroDivisionError("by zero")
    assert outcomes("failing") == ["failed"]


def test_of_two_ticks_that_begin_at_once_the_later_one_waits_and_is_skipped(engine):
    with database.connection_context():
        due = [START + timedelta(seconds=second) for second in range(2)]
        first, second = (engine.ticks.take("at once", at, origin="clock", by="test") for at in due)

    def run(place: int) -> None:
        if place:
            time.sleep(0.3)
            with contextlib.suppress(engine.ticks.Overlap), engine.ticks.running(second):
                pass
        else:
            with database.atomic():  # begun, and not yet visible to anybody
                assert engine.ticks._begin(first)
                time.sleep(1)

    at_once(2, run)
    assert outcomes("at once") == ["running", "skipped"]
