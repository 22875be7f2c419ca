"""Certificates that end: one alert per threshold, true every day, over when a later certificate is in force."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import PASSWORD, Taxpayer, p12_of

from app import certificate_store, certificate_watch, tenants
from app.certificate_texts import day
from app.ecuador import ECUADOR
from app.store.people import Alert
from app.store.tenants import Certificate
from app.tenancy import tenant_scope

DAY = timedelta(days=1)
ENDS = datetime.now(ECUADOR).replace(hour=13, minute=0, second=0, microsecond=0) + 100 * DAY
"""One in the afternoon in Ecuador, which is the same day in UTC."""


@pytest.fixture
def ending(ana: Taxpayer) -> Taxpayer:
    """A taxpayer whose certificate has 100 days left."""
    with tenant_scope(ana.id):
        Certificate.update(not_after=ENDS).where(Certificate.tenant_id == ana.id).execute()
    return ana


def standing(taxpayer: Taxpayer) -> list[Alert]:
    with tenant_scope(taxpayer.id):
        return list(Alert.select().where(Alert.tenant_id == taxpayer.id, Alert.resolved_at.is_null()))


def look(taxpayer: Taxpayer, now: datetime) -> list[str]:
    """The subjects of the alerts that stand after a look at ``now``."""
    certificate_watch.look_at_all(now)
    return [alert.subject for alert in standing(taxpayer)]


def add(taxpayer: Taxpayer, start: datetime | None = None, not_after: datetime | None = None) -> None:
    p12 = p12_of(taxpayer.ruc, "SIGUIENTE", not_after=not_after)
    certificate_store.install(
        tenants.find(taxpayer.ruc), p12, PASSWORD, taxpayer.services.box, by="test", start=start
    )


@pytest.mark.parametrize(
    ("days_before", "subject"),
    [
        (61, None),
        (60, "60 días"),
        (31, "60 días"),
        (30, "30 días"),
        (16, "30 días"),
        (15, "15 días"),
        (8, "15 días"),
        (7, "7 días"),
        (2, "7 días"),
        (1, "1 día"),
        (0, "1 día"),
    ],
)
def test_each_threshold_has_its_alert_from_its_day_on(ending, days_before, subject):
    assert look(ending, ENDS - days_before * DAY - timedelta(hours=5)) == ([subject] if subject else [])


def test_each_threshold_is_raised_once_and_says_the_days_that_are_left_each_day(ending):
    for days_before in range(65, -1, -1):
        look(ending, ENDS - days_before * DAY - timedelta(hours=5))
        for alert in standing(ending):
            left = f"quedan {days_before} días" if days_before != 1 else "queda 1 día"
            assert str(ENDS.date()) in alert.message and left in alert.message
    raised = sorted(ending.alerts(certificate_watch.ENDS), key=lambda alert: alert.id)
    assert [alert.subject for alert in raised] == ["60 días", "30 días", "15 días", "7 días", "1 día"]
    assert [alert.times for alert in raised] == [1] * 5
    assert [alert.resolved_at is None for alert in raised] == [False] * 4 + [True]


def test_a_look_that_was_missed_raises_the_nearest_threshold_only(ending):
    look(ending, ENDS - 70 * DAY)
    assert look(ending, ENDS - 10 * DAY) == ["15 días"]
    assert len(ending.alerts(certificate_watch.ENDS)) == 1


def test_days_are_those_of_the_calendar_in_ecuador(ending):
    look(ending, (ENDS - DAY).replace(hour=23, minute=59))
    (alert,) = standing(ending)
    assert "queda 1 día" in alert.message
    assert day(datetime(2027, 3, 11, 4, 59, tzinfo=UTC)) == "2027-03-10"


def test_once_it_has_ended_the_alert_says_that_nothing_is_signed(ending):
    look(ending, ENDS - DAY)
    look(ending, ENDS + timedelta(seconds=1))
    look(ending, ENDS + DAY)
    (alert,) = standing(ending)
    assert (alert.kind, alert.subject, alert.times) == ("certificate_not_valid", "signing", 1)
    assert f"caducó el {ENDS.date()}" in alert.message and "autoriza certificate add" in alert.message


def test_a_later_certificate_in_force_ends_every_alert_at_once(ending):
    look(ending, ENDS - 5 * DAY)
    assert standing(ending)
    add(ending)
    assert standing(ending) == []


def test_a_staged_one_that_leaves_no_gap_is_as_good(ending):
    look(ending, ENDS - 5 * DAY)
    add(ending, ENDS - 2 * DAY)
    assert standing(ending) == []
    assert look(ending, ENDS - DAY) == []


def test_a_staged_one_that_comes_too_late_leaves_the_warning_which_names_its_day(ending):
    add(ending, ENDS + 3 * DAY)
    look(ending, ENDS - 5 * DAY)
    (alert,) = standing(ending)
    assert "quedan 5 días" in alert.message and f"firma desde el {(ENDS + 3 * DAY).date()}" in alert.message


def test_a_staged_one_that_itself_ends_soon_is_warned_of_by_its_own_last_day(ending):
    add(ending, ENDS - 50 * DAY, not_after=ENDS + 8 * DAY)
    look(ending, ENDS - 5 * DAY)
    (alert,) = standing(ending)
    assert alert.subject == "15 días" and str((ENDS + 8 * DAY).date()) in alert.message


def test_only_taxpayers_concerned_are_looked_at(ending, beto, monkeypatch):
    seen = []
    monkeypatch.setattr(certificate_watch, "look", lambda tenant_id, _: seen.append(tenant_id))
    certificate_watch.look_at_all(ENDS - 30 * DAY)
    assert ending.id in seen and beto.id not in seen
    assert certificate_watch.look_at_all(ENDS - 30 * DAY) == len(seen) / 2
