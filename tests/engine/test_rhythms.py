"""A schedule that a person sets to another cron: every scheduler takes it up, and no due time is made up."""

from datetime import UTC, datetime, timedelta

import pytest
from peewee import OperationalError
from schedule_cast import Actor

from app.errors import Refused
from app.store.base import database
from app.store.engine import Schedule, Tick
from app.store.people import Audit
from app.tenancy import every_tenant_scope
from workers import rhythms

NAME = "sign_drafts"
NIGHTLY, OFTEN = "0 0 3 * * *", "*/10 * * * * *"
NOON = datetime(2026, 11, 25, 17, 0, 0, tzinfo=UTC)
"""Noon in Ecuador."""


@pytest.fixture(autouse=True)
def _never_announced(services):
    with database.connection_context():
        Schedule.delete().execute()
        Tick.delete().execute()


def change(name: str, cron: str, at: datetime) -> None:
    """As ``at`` were now."""
    with database.connection_context():
        rhythms.change(name, cron, by="olga", reason="mucho por hacer")
        Schedule.update(cron_since=at).where(Schedule.name == name).execute()


def ticks(name: str, outcome: str | None = None) -> list[str]:
    with database.connection_context():
        rows = Tick.select().where(Tick.schedule == name).order_by(Tick.due_at)
        return [
            f"{tick.due_at.astimezone(UTC):%H:%M:%S}"
            for tick in rows
            if outcome is None or tick.outcome == outcome
        ]


def test_a_running_scheduler_takes_a_change_up_at_its_next_look(engine, scheduler_of):
    actor = Actor("taken up")
    scheduler = scheduler_of(actor)
    scheduler.send_actors([actor], NOON)
    change("taken up", "*/20 * * * * *", NOON + timedelta(seconds=5))
    for second in range(1, 62):
        scheduler.send_actors([actor], NOON + timedelta(seconds=second))
    assert ticks("taken up") == ["17:00:00", "17:00:20", "17:00:40", "17:01:00"]
    assert ticks("taken up", "missed") == []


@pytest.mark.parametrize(("old", "new"), [(NIGHTLY, OFTEN), (OFTEN, NIGHTLY)])
def test_a_change_invents_no_missed_tick_of_the_old_rhythm_or_of_the_new(engine, scheduler_of, old, new):
    actor = Actor("honest", old)
    scheduler = scheduler_of(actor)
    scheduler.send_actors([actor], NOON)
    change("honest", new, NOON + timedelta(seconds=3))
    for second in range(4, 25):
        scheduler.send_actors([actor], NOON + timedelta(seconds=second))
    assert ticks("honest", "missed") == []
    assert len(ticks("honest")) == (2 if new == OFTEN else 1)


def test_a_scheduler_that_starts_after_a_change_records_what_both_rhythms_missed_and_no_more(
    engine, scheduler_of
):
    actor = Actor("asleep")
    scheduler_of(actor).send_actors([actor], NOON)
    change("asleep", "0 */10 * * * *", NOON + timedelta(minutes=1, seconds=5))
    scheduler_of(actor).send_actors([actor], NOON + timedelta(minutes=30, seconds=1))
    by_the_old = [f"17:00:{second}" for second in range(10, 60, 10)] + ["17:01:00"]
    assert ticks("asleep", "missed") == [*by_the_old, "17:10:00", "17:20:00"]
    assert ticks("asleep", "due") == ["17:00:00", "17:30:00"]


def test_two_schedulers_make_one_tick_though_one_notices_later(engine, scheduler_of):
    actor = Actor("two of them")
    early, late = scheduler_of(actor), scheduler_of(actor)
    for scheduler in (early, late):
        scheduler.send_actors([actor], NOON)
    change("two of them", "*/15 * * * * *", NOON + timedelta(seconds=1))
    for second in range(2, 32):
        early.send_actors([actor], NOON + timedelta(seconds=second))
    late.send_actors([actor], NOON + timedelta(seconds=32))
    assert ticks("two of them", "due") == ["17:00:00", "17:00:15", "17:00:30"]
    assert ticks("two of them") == ticks("two of them", "due")
    assert len(actor.sent) == 3


def test_given_back_it_keeps_to_its_setting_again(engine, scheduler_of):
    actor = Actor("given back")
    scheduler = scheduler_of(actor)
    change("given back", "*/30 * * * * *", NOON)
    scheduler.send_actors([actor], NOON + timedelta(seconds=1))
    with database.connection_context():
        told = rhythms.give_back("given back")
        Schedule.update(cron_since=NOON + timedelta(seconds=12)).where(
            Schedule.name == "given back"
        ).execute()
    for second in range(13, 32):
        scheduler.send_actors([actor], NOON + timedelta(seconds=second))
    assert vars(told) == {"before": "*/30 * * * * *", "after": OFTEN, "configured": OFTEN}
    assert ticks("given back") == ["17:00:20", "17:00:30"]


@pytest.mark.parametrize("restarts", [False, True])
def test_one_set_for_a_moment_and_given_back_owes_nothing_of_before_that_moment(
    engine, scheduler_of, restarts
):
    """A nightly schedule hastened at 53:45, given back at 54:20: "every five minutes" was never due at 50:00."""
    actor = Actor("hastened", NIGHTLY)
    scheduler = scheduler_of(actor)
    scheduler.send_actors([actor], NOON - timedelta(hours=9))
    hastened = NOON + timedelta(minutes=53, seconds=45)
    change("hastened", "0 */5 * * * *", hastened)
    scheduler.send_actors([actor], hastened + timedelta(seconds=5))
    with database.connection_context():
        rhythms.give_back("hastened")
        Schedule.update(cron_since=hastened + timedelta(seconds=35)).where(
            Schedule.name == "hastened"
        ).execute()
    if restarts:
        scheduler = scheduler_of(actor)
    scheduler.send_actors([actor], hastened + timedelta(seconds=40))
    assert ticks("hastened") == ["08:00:00"]


def test_a_setting_that_changed_with_a_restart_invents_nothing_and_overrides_nobody(engine, scheduler_of):
    daily, often = Actor("restarted", NIGHTLY), Actor("restarted", OFTEN)
    scheduler_of(daily).send_actors([daily], NOON - timedelta(hours=9))
    scheduler = scheduler_of(often)
    since = NOON + timedelta(minutes=1)
    with database.connection_context():
        assert Schedule.get_by_id("restarted").cron_before == NIGHTLY
        Schedule.update(cron_since=since).where(Schedule.name == "restarted").execute()
    scheduler.send_actors([often], since + timedelta(seconds=10))
    assert ticks("restarted") == ["08:00:00", "17:01:10"]
    change("restarted", "*/30 * * * * *", since)
    scheduler_of(Actor("restarted", "*/20 * * * * *"))
    with database.connection_context():
        row = Schedule.get_by_id("restarted")
    assert (row.cron, row.cron_set, row.cron_since) == ("*/20 * * * * *", "*/30 * * * * *", since)


def test_what_stands_in_the_row_and_never_comes_due_does_not_stop_the_clock(engine, scheduler_of):
    actor = Actor("nonsense")
    scheduler = scheduler_of(actor)
    change("nonsense", "*/30 * * * * *", NOON)
    with database.connection_context():
        Schedule.update(cron_set="0 0 0 30 2 *", cron_before="?!").where(
            Schedule.name == "nonsense"
        ).execute()
    scheduler.send_actors([actor], NOON + timedelta(seconds=10))
    assert ticks("nonsense") == ["17:00:10"]


def test_a_database_that_is_away_when_a_change_would_be_looked_up_is_waited_for(
    engine, scheduler_of, monkeypatch
):
    actor = Actor("away")
    scheduler = scheduler_of(actor)

    def away(_):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(rhythms, "in_force", away)
        assert not scheduler._try(lambda: scheduler.send_actors([actor], NOON))
    assert scheduler._try(lambda: scheduler.send_actors([actor], NOON + timedelta(seconds=1)))
    assert scheduler._until_next(NOON) >= 0.05


def test_who_changes_a_schedule_gives_a_reason_and_is_on_record_with_before_and_after(engine, scheduler_of):
    scheduler_of(Actor(NAME))
    with pytest.raises(Refused, match="por qué"):
        engine.by_hand.set_cron(NAME, "*/20 * * * * *", by="olga", reason="  ")
    with pytest.raises(Refused, match="al menos cada"):
        engine.by_hand.set_cron(NAME, "0 0 * * * *", by="olga", reason="menos carga")
    assert (
        engine.by_hand.set_cron(NAME, " */20 * * * *  * ", by="olga", reason="menos carga")
        == "*/20 * * * * *"
    )
    with pytest.raises(Refused, match="ya corre con"):
        engine.by_hand.set_cron(NAME, "*/20 * * * * *", by="olga", reason="otra vez")
    assert engine.by_hand.as_configured(NAME, by="ana") == OFTEN
    with pytest.raises(Refused, match="como está configurado"):
        engine.by_hand.as_configured(NAME, by="ana")
    with database.connection_context(), every_tenant_scope():
        lines = list(Audit.select().where(Audit.target == NAME).order_by(Audit.id))
    assert [(line.by, line.action, line.reason) for line in lines] == [
        ("olga", "schedule_set", "menos carga"),
        ("ana", "schedule_as_configured", None),
    ]
    assert lines[0].facts == {"before": OFTEN, "after": "*/20 * * * * *", "configured": OFTEN}
    assert lines[1].facts == {"before": "*/20 * * * * *", "after": OFTEN, "configured": OFTEN}


@pytest.mark.parametrize("name", ["drop_tables", "sign_drafts"])
def test_a_schedule_that_nobody_announced_cannot_be_set(engine, name):
    with pytest.raises(Refused, match="no hay un programa"):
        engine.by_hand.set_cron(name, OFTEN, by="olga", reason="x")
    with pytest.raises(Refused, match="no hay un programa"):
        engine.by_hand.as_configured(name, by="olga")


def test_every_schedule_of_this_installation_has_its_bound(engine):
    from app.rhythm import RAREST

    assert {actor.actor_name for actor in engine.schedules.PERIODIC} == set(RAREST)
