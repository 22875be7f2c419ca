"""Which cron expression a schedule keeps to: the setting's, or the one a person set; and the one before it, until when.

Up to the moment of a change the due times are those of before, after it the new one's: so a look back over a change
finds no due time that never was one, whichever scheduler looks, and however late it noticed. Of several changes while
no scheduler runs only the last is told apart: what was due before it is taken for that of the one next to last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

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
    """``cron`` is in force, since ``since`` when it took over from ``before``."""

    cron: Cron
    since: datetime | None = None
    before: Cron | None = None

    def due(self, after: datetime, until: datetime) -> list[datetime]:
        """Due times later than ``after`` and not later than ``until``; the latest, when they are too many."""
        changed = self.since or after
        old = _due(self.before, after, min(changed, until)) if self.before else []
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
        Schedule.update(cron_before=Schedule.cron, cron_since=fn.now()).where(
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
    return Rhythm(chosen, row.cron_since, before)


def change(name: str, cron: str, *, by: str, reason: str) -> Change:
    """Let the schedule keep to ``cron`` from now on. Raises ``Refused`` when there is none, or it does so already."""
    with database.atomic():
        row = _taken(name)
        before = row.cron_set or row.cron
        if before == cron:
            raise Refused(Text(f"ya corre con «{cron}»", f"it runs by '{cron}' already"))
        values = {"cron_set": cron, "cron_set_by": by, "cron_set_reason": reason, "cron_before": before}
        Schedule.update(**values, cron_since=SQL("clock_timestamp()")).where(Schedule.name == name).execute()
    return Change(before, cron, row.cron)


def give_back(name: str) -> Change:
    """Let the schedule keep to its setting again. Raises ``Refused`` when it does."""
    with database.atomic():
        row = _taken(name)
        if row.cron_set is None:
            raise Refused(Text("ya corre como está configurado", "it runs as configured already"))
        values = _AS_CONFIGURED | {"cron_before": row.cron_set}
        Schedule.update(**values, cron_since=SQL("clock_timestamp()")).where(Schedule.name == name).execute()
    return Change(row.cron_set, row.cron, row.cron)


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
