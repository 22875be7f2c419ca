"""How often a schedule may run when a person sets it, and in which words anything else is refused."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.errors import Refused
from app.rhythm import RAREST, accepted, spacing
from app.schedule_settings import ScheduleSettings, comes_due
from workers.cron import Cron


@pytest.mark.parametrize(
    ("schedule", "cron"),
    [
        ("sign_drafts", "*/5 * * * * *"),
        ("sign_drafts", "0,30 * * * * *"),
        ("generate_rides", "* * * * *"),
        ("evaluate_alerts", "0 */2 * * * *"),
        ("watch_certificates", "0 6 * * *"),
        ("reconcile_rides", "0 30 3 * * sun"),
    ],
)
def test_what_keeps_the_promises_is_taken(schedule, cron):
    assert accepted(schedule, f"  {cron} ") == cron


@pytest.mark.parametrize(
    ("schedule", "cron", "spanish", "english"),
    [
        ("sign_drafts", "0 0 0 30 2 *", "llegue a cumplirse", "ever comes due"),
        ("sign_drafts", "R * * * * *", "llegue a cumplirse", "ever comes due"),
        ("sign_drafts", "cada diez segundos", "escriba cinco campos", "write five fields"),
        ("sign_drafts", "@hourly", "escriba cinco campos", "write five fields"),
        ("sign_drafts", "* * * * * * 2030", "escriba cinco campos", "write five fields"),
        ("sign_drafts", "*/4 * * * * *", "más de una vez cada 5 segundos", "more than once in 5 seconds"),
        ("sign_drafts", "0,57 * * * * *", "más de una vez cada 5 segundos", "more than once in 5 seconds"),
        ("sign_drafts", "0 */2 * * * *", "al menos cada 60 segundos", "at least every 60 seconds"),
        ("submit_signed", "*/10 * 8-18 * * *", "hasta 13 horas sin correr", "away for up to 13 hours"),
        ("keep_house", "30 */10 * * * *", "al menos cada 5 minutos", "at least every 5 minutes"),
        ("watch_certificates", "0 0 6 * * 1-5", "hasta 3 días sin correr", "away for up to 3 days"),
        ("check_invariants", "0 0 0 29 2 *", "al menos cada 24 horas", "at least every 24 hours"),
    ],
)
def test_what_would_break_a_promise_is_refused_in_words(schedule, cron, spanish, english):
    with pytest.raises(Refused) as refused:
        accepted(schedule, cron)
    assert spanish in refused.value.text.es
    assert english in refused.value.text.en


def test_every_schedule_has_a_bound_that_its_setting_keeps():
    for name, bound in RAREST.items():
        setting = {"submit_signed": "submit_signed", "keep_house": "housekeeping"}.get(name, name)
        default = ScheduleSettings.model_fields[f"{setting}_cron"].default
        assert spacing(default)[1] <= bound.most_s, name
        assert accepted(name, default) == default


@pytest.mark.parametrize("seed", range(8))
def test_gaps_are_those_that_walking_from_due_time_to_due_time_finds(seed):
    dice = random.Random(seed)
    minute, hours = dice.choice(["50", "7,51", "0"]), dice.choice(["*/6", "3", "8-10"])
    days = dice.choice(["* * *", "*/9 * *", "* * 1-5", "1 * *", "* 3 *"])
    cron = f"0 {minute} {hours} {days}"
    at, due = datetime(2027, 1, 1, tzinfo=UTC) - timedelta(seconds=1), []
    while at < datetime(2028, 6, 1, tzinfo=UTC):
        at = Cron(cron, "UTC").next_valid_date(at)
        due.append(at)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(due)]
    assert spacing(cron) == (min(gaps), max(gaps)), cron


@pytest.mark.parametrize("drawn", ["R R * * *", "0 R(0-30) * * * *", "H * * * *"])
def test_no_setting_draws_lots(drawn):
    with pytest.raises(ValueError, match="lots"):
        comes_due(drawn)


@pytest.mark.parametrize("named", ["0 0 6 * mar thu", "0 0 6 * APR FRI"])
def test_names_of_days_and_months_are_no_lots(named):
    assert comes_due(named) == named
