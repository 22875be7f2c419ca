"""When the SRI was away: an outage lasts from the opening of a service's circuit to its next answer.

The database itself notes them, by a trigger of ``jobs.circuit``; nobody else writes here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from app.rollups import COARSE_KEPT
from app.store.base import database
from app.store.engine import Outage

KEPT = COARSE_KEPT
"""As long as the hours and days that charts are made of."""

CATCHING_UP = timedelta(minutes=10)
"""How long after the SRI's return what has piled up goes out, and nobody is late for it."""
NEEDED: Mapping[str, tuple[str, ...]] = {"signed": ("submit", "query"), "pending_authorization": ("query",)}
"""By state, the services whose silence explains that documents wait in it: what may have been sent is asked about."""

_ABSENCES = """
select c.environment, c.service, seen.since, count(o.id),
    coalesce(extract(epoch from sum(least(coalesce(o.until, %(now)s), %(now)s) - greatest(o.since, seen.since))
        filter (where o.id is not null)), 0)
from jobs.circuit c
cross join lateral (select greatest(c.on_record_since, %(since)s) as since) seen
left join jobs.outage o on o.environment = c.environment and o.service = c.service
    and o.since < %(now)s and (o.until is null or o.until > seen.since)
where c.environment = any(%(environments)s)
group by c.environment, c.service, seen.since order by c.environment desc, c.service desc
"""


@dataclass(frozen=True)
class Absence:
    """How often and how long one service was away between two moments: ``since``, and that of asking.

    ``since`` is later than asked for when the record began later.
    """

    environment: int
    service: str
    since: datetime
    times: int
    seconds: float
    share: float
    """The part of that time in which it was not away."""


def latest(environments: Collection[int], most: int) -> list[Outage]:
    """The newest first, before them those that last."""
    theirs = Outage.select().where(Outage.environment.in_(environments))
    return list(
        theirs.order_by(Outage.until.is_null().desc(), Outage.since.desc(), Outage.id.desc()).limit(most)
    )


def felt() -> set[tuple[int, str]]:
    """Ambiente and state in which documents wait, or did until a moment ago, for the SRI to answer. Needs no scope."""
    lately = Outage.until.is_null() | (Outage.until > fn.now() - CATCHING_UP)
    away = {(row.environment, row.service) for row in Outage.select().where(lately)}
    return {
        (environment, state)
        for environment, service in away
        for state, services in NEEDED.items()
        if service in services
    }


def longest(
    since: datetime, upto: datetime, environments: Collection[int], most: int
) -> tuple[Sequence[Outage], int]:
    """Those that lasted longest of all that stood at any time between two moments, and how many more there were."""
    stood = Outage.select().where(
        Outage.environment.in_(environments),
        Outage.since < upto,
        Outage.until.is_null() | (Outage.until > since),
    )
    length = fn.coalesce(Outage.until, fn.now()) - Outage.since
    found = list(stood.order_by(length.desc(), Outage.id).limit(most))
    return found, stood.count() - len(found) if len(found) == most else 0


def absences(environments: Collection[int], over: timedelta, now: datetime) -> list[Absence]:
    """How long each service was away of late, producción first. The moment the record began counts for nothing."""
    known = {"environments": list(environments), "since": now - over, "now": now}
    found = []
    for environment, service, since, times, seconds in database.execute_sql(_ABSENCES, known).fetchall():
        length = max((now - since).total_seconds(), 1.0)
        away = min(float(seconds), length)
        found.append(Absence(environment, service, since, times, away, 1 - away / length))
    return found
