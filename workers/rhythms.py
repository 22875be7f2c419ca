"""Which cron expression a schedule keeps to: the setting's, or the one a person set; and which it kept to before.

Between two changes the due times are those of the rhythm in force between them, so a look back finds no due time that
never was one, whichever scheduler looks, and however late it noticed. The last two rhythms are known: of several
changes while no scheduler runs, what was due before the last but one is on nobody's record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from peewee import SQL, fn

from app.errors import Misconfigured, Refused, Text
from app.schedule_settings import comes_due
from app.store.base import database
from app.store.engine import Schedule
from workers.cron import Cron

log = structlog.get_logger("rhythms")
MISSED_AT_MOST = 5_000
_AS_CONFIGURED = dict.fromkeys(("cron_set", "cron_set_by", "cron_set_reason"))


@dataclass(frozen=True)
class Rhythm:
    """``cron`` is in force, from ``since`` on; before it ``before`` was, from ``before_since`` on."""

    cron: Cron
    since: datetime | None = None
    before: Cron | None = None
    before_since: datetime | None = None

    def due(self, after: datetime, until: datetime) -> list[datetime]:
        """Due times later than ``after`` and not later than ``until``; the latest, when they are too many."""
        changed = self.since or after
        begun = max(after, self.before_since or after)
        old = _due(self.before, begun, min(changed, until)) if self.before else []
        return (old + _due(self.cron, max(after, changed), until))[-MISSED_AT_MOST:]


@dataclass(frozen=True)
class Change:
    """What was in force, what is now, and what the setting says."""

    before: str
    after: str
    configured: str


def _due(cron: Cron, after: datetime, until: datetime) -> list[datetime]:
    due: list[datetime] = []
    at = cron.next_valid_date(after).astimezone(UTC)
    while at <= until:
        due.append(at)
        at = cron.next_valid_date(at).astimezone(UTC)
    return due[-MISSED_AT_MOST:]


def announce(name: str, configured: Cron) -> None:
    """Put on record what the settings say; what differs from the last time takes over now, unless a person set one."""
    values = {"cron": configured.spec, "timezone": configured.timezone, "actor": name, "updated_at": fn.now()}
    this = Schedule.name == name
    with database.atomic():
        Schedule.insert(name=name, **values).on_conflict_ignore().execute()
        Schedule.update(cron_before=Schedule.cron, **_taking_over("now()")).where(
            this, Schedule.cron != configured.spec, Schedule.cron_set.is_null()
        ).execute()
        Schedule.update(values).where(this).execute()


def in_force(configured: Mapping[str, Cron]) -> dict[str, Rhythm]:
    """What each schedule keeps to now, by its name; the setting, where nothing else is on record."""
    rows = {row.name: row for row in Schedule.select()}
    return {name: of(rows.get(name), cron) for name, cron in configured.items()}


def of(row: Schedule | None, configured: Cron) -> Rhythm:
    """What the schedule of this row keeps to; the setting again, when what was set does not come due."""
    if row is None or row.cron_since is None:
        return Rhythm(configured)
    chosen = _understood(row.cron_set, configured) if row.cron_set else configured
    before = _understood(row.cron_before, configured) if row.cron_before else None
    return Rhythm(chosen, row.cron_since, before, row.cron_before_since)


def change(name: str, cron: str, *, by: str, reason: str) -> Change:
    """Let the schedule keep to ``cron`` from now on. Raises ``Refused`` when there is none, or it does so already."""
    with database.atomic():
        row = _taken(name)
        before = row.cron_set or row.cron
        if before == cron:
            raise Refused(Text(f"ya corre con «{cron}»", f"it runs by '{cron}' already"))
        values = {"cron_set": cron, "cron_set_by": by, "cron_set_reason": reason, "cron_before": before}
        Schedule.update(**values, **_taking_over("clock_timestamp()")).where(Schedule.name == name).execute()
    return Change(before, cron, row.cron)


def give_back(name: str) -> Change:
    """Let the schedule keep to its setting again. Raises ``Refused`` when it does."""
    with database.atomic():
        row = _taken(name)
        if row.cron_set is None:
            raise Refused(Text("ya corre como está configurado", "it runs as configured already"))
        values = _AS_CONFIGURED | {"cron_before": row.cron_set}
        Schedule.update(**values, **_taking_over("clock_timestamp()")).where(Schedule.name == name).execute()
    return Change(row.cron_set, row.cron, row.cron)


def _taking_over(now: str) -> dict[str, Any]:
    """The one in force becomes the one before, with the moment from which it was."""
    return {"cron_before_since": Schedule.cron_since, "cron_since": SQL(now)}


def _taken(name: str) -> Schedule:
    row: Schedule | None = Schedule.select().where(Schedule.name == name).for_update().get_or_none()
    if row is None:
        raise Refused(Text(f"no hay un programa «{name}» en marcha", f"no schedule '{name}' runs"))
    return row


def _understood(spec: str, configured: Cron) -> Cron:
    try:
        return Cron(comes_due(spec), configured.timezone)
    except (ValueError, Misconfigured) as error:
        log.warning("cron_not_understood", cron=spec, error=str(error))
        return configured
