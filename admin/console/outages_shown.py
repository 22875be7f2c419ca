"""The SRI's outages on record, in words, and how much of the time each of its services was there."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import url_for

from admin.console.formats import count_of, day, number, span
from admin.console.navigation import ambientes
from admin.console.sri_away import in_words
from admin.console.texts import t, word
from app import outages
from app.ecuador import ECUADOR
from app.outages import Absence
from app.store.engine import Outage

LATELY = 10
MOST_ON_CHARTS = 20
DAYS = 30
"""Over so many days it is said how much of the time a service was there."""
LEAST = timedelta(days=1)
"""A shorter record says nothing about a share of the time."""
BEFORE = timedelta(minutes=2)
"""The calls whose silence opened a circuit began a little before it did."""
_CLOCK = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Shown:
    """One outage as pages show it; ``seconds`` until now while it lasts."""

    row: Outage
    seconds: float
    name: str
    said: str
    why: str
    in_the_end: str
    calls: str


@dataclass(frozen=True)
class Available:
    """One service of one ambiente, how much of the time it was there, and how often and long it was not."""

    environment: int
    service: str
    share: str
    away: str


def lately() -> list[Shown]:
    """Those that last and the newest, of the ambientes in which the reader's taxpayers issue. Inside ``mine()``."""
    return [_shown(row) for row in outages.latest(ambientes(), LATELY)]


def within(since: datetime, upto: datetime) -> tuple[list[Shown], int]:
    """The longest that stood between two moments, and how many shorter ones did; of the same. Inside ``mine()``."""
    found, more = outages.longest(since, upto, ambientes(), MOST_ON_CHARTS)
    return [_shown(row) for row in found], more


def availability() -> list[Available]:
    """Each service of the same ambientes over the last ``DAYS`` days, or since the record began. Inside ``mine()``."""
    now = datetime.now(UTC)
    return [_available(one, now) for one in outages.absences(ambientes(), timedelta(days=DAYS), now)]


def _shown(row: Outage) -> Shown:
    seconds = ((row.until or datetime.now(UTC)) - row.since).total_seconds()
    service = word("service", row.service).lower()
    place = word("environment", str(row.environment)).lower()
    name = t("outage.was" if row.until else "outage.is", service=service, environment=place)
    why, last = in_words(row.reason), in_words(row.last_reason)
    said = f"{name} {_stretch(row.since, row.until)}"
    return Shown(row, max(seconds, 0.0), name, said, why, last if last != why else "", _calls(row))


def _stretch(since: datetime, until: datetime | None) -> str:
    """From when until when, each with its day unless it is the day already named, or today."""
    if until is None:
        return t("outage.stretch", since=_at(since))
    there, back = since.astimezone(ECUADOR), until.astimezone(ECUADOR)
    if there.date() == back.date():
        return f"{_at(since)}–{back:%H:%M}"
    return f"{_at(since)} – {_at(until)}"


def _at(moment: datetime) -> str:
    there = moment.astimezone(ECUADOR)
    today = there.date() == datetime.now(ECUADOR).date()
    return f"{there:%H:%M}" if today else f"{day(there.date())} {there:%H:%M}"


def _calls(row: Outage) -> str:
    """Where its calls are listed, with those that opened the circuit and the answer that closed it."""
    asked: dict[str, Any] = {"environment": row.environment, "operation": row.service}
    asked["after"] = f"{(row.since - BEFORE).astimezone(ECUADOR):{_CLOCK}}"
    if row.until:
        asked["until"] = f"{(row.until + timedelta(minutes=1)).astimezone(ECUADOR):{_CLOCK}}"
    return url_for("exchanges.index_view", **asked)


def _available(one: Absence, now: datetime) -> Available:
    """The share is rounded down: what was away at all was not there the whole time."""
    share = number(math.floor(one.share * 1_000) / 10, 1)
    length = now - one.since
    if length < LEAST:
        said = t("outage.on_record", since=_at(one.since))
    elif length < timedelta(days=DAYS):
        said = t("outage.available_since", share=share, since=_at(one.since))
    else:
        said = t("outage.available", share=share, days=DAYS)
    times = count_of("outage.times", one.times)
    away = t("outage.away", times=times, length=span(one.seconds)) if one.times else t("outage.never")
    return Available(one.environment, one.service, said, away)
