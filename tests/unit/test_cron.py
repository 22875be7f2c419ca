"""Schedules: due times to the second, in the country's own time, none skipped."""

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from app.ecuador import ECUADOR
from app.errors import Misconfigured
from workers.cron import Cron

# Second, minute, hour, day of month, month, day of week as in cron: 0 and 7 are Sunday.
LIMITS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def matches(spec: str, moment: datetime) -> bool:
    """Whether cron's own words mean this second; only ``*``, numbers, lists, ranges and steps."""
    at = moment.astimezone(ECUADOR)
    values = (at.second, at.minute, at.hour, at.day, at.month, at.isoweekday() % 7)
    second, minute, hour, day, month, weekday = (
        value in meant(field, *limits)
        for field, value, limits in zip(spec.split(), values, LIMITS, strict=True)
    )
    days = spec.split()
    either = day or weekday if days[3] != "*" and days[5] != "*" else day and weekday
    return second and minute and hour and month and either


def meant(field: str, low: int, high: int) -> set[int]:
    values: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        values |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return {value % 7 for value in values} if high == 7 else values


def following(spec: str, moment: datetime, step: timedelta, tries: int) -> datetime | None:
    """The first due time after ``moment`` on the grid of ``step``, by trying them all."""
    at = moment.replace(microsecond=0)
    at -= timedelta(seconds=(at.minute * 60 + at.second) % int(step.total_seconds()))
    for _ in range(tries):
        at += step
        if at > moment and matches(spec, at):
            return at
    return None


def random_field(dice: random.Random, low: int, high: int) -> str:
    one, other = sorted(dice.sample(range(low, high + 1), 2))
    return dice.choice(["*", str(one), f"{one},{other}", f"{one}-{other}", f"*/{dice.randint(2, 7)}"])


@pytest.mark.parametrize("seed", range(25))
def test_seconds_and_minutes_come_as_trying_every_second_says(seed):
    dice = random.Random(seed)
    spec = " ".join([*(random_field(dice, *limits) for limits in LIMITS[:2]), "* * * *"])
    moment = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=dice.randrange(10**7))
    for _ in range(3):
        expected = following(spec, moment, timedelta(seconds=1), 7_300)
        assert Cron(spec, "America/Guayaquil").next_valid_date(moment) == expected, spec
        moment = expected


@pytest.mark.parametrize("seed", range(25))
def test_hours_days_months_and_weekdays_come_as_trying_every_hour_says(seed):
    dice = random.Random(seed)
    spec = " ".join(["0 0", *(random_field(dice, *limits) for limits in LIMITS[2:])])
    moment = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=dice.randrange(10**4))
    expected = following(spec, moment, timedelta(hours=1), 24 * 366 * 2)
    if expected:
        assert Cron(spec, "America/Guayaquil").next_valid_date(moment) == expected, spec


@pytest.mark.parametrize("sunday", ["0", "7", "sun"])
def test_a_sunday_is_a_sunday_however_it_is_written(sunday):
    friday = datetime(2026, 2, 27, 12, tzinfo=ECUADOR)
    due = Cron(f"0 0 9 * * {sunday}", "America/Guayaquil").next_valid_date(friday)
    assert due == datetime(2026, 3, 1, 9, tzinfo=ECUADOR)


def test_every_thirty_seconds_is_every_thirty_seconds():
    at = datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC)
    spec = Cron("*/30 * * * * *", "America/Guayaquil")
    due = [at := spec.next_valid_date(at) for _ in range(3)]
    assert [moment.astimezone(UTC).strftime("%M:%S") for moment in due] == ["00:30", "01:00", "01:30"]


def test_no_quarter_of_the_hour_is_lost_when_the_hour_rolls_over():
    spec = Cron("*/15 9 * * *", "America/Guayaquil")
    at = datetime(2026, 3, 2, 10, 20, tzinfo=ECUADOR)
    due = [(at := spec.next_valid_date(at)).strftime("%d %H:%M") for _ in range(5)]
    assert due == ["03 09:00", "03 09:15", "03 09:30", "03 09:45", "04 09:00"]


def test_midnight_is_midnight_in_ecuador():
    due = Cron("0 0 * * *", "America/Guayaquil").next_valid_date(datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert due == datetime(2026, 3, 3, 5, tzinfo=UTC)


def test_a_moment_is_due_to_the_second():
    spec = Cron("*/10 * * * * *", "America/Guayaquil")
    at = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
    assert spec.validate(at)
    assert spec.validate(at.replace(microsecond=999_999))
    assert not spec.validate(at + timedelta(seconds=1))


@pytest.mark.parametrize("wrong", ["", "* * * *", "61 * * * * *", "* * * * * * * *", "cada minuto"])
def test_what_is_no_cron_expression_is_refused_by_name(wrong):
    with pytest.raises(Misconfigured, match="cron"):
        Cron(wrong, "America/Guayaquil")


def test_a_cron_can_be_read_without_a_broker():
    code = (
        "import sys, workers.cron; "
        "sys.exit(any(name in sys.modules for name in ('workers.broker', 'dramatiq', 'redis', 'peewee')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
