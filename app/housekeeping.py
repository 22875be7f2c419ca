"""What must be done now and then: partitions of runs, old ticks and outages, and the invariants as alerts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from peewee import fn

from app.alerts import raise_alert, resolve_alert
from app.errors import Text
from app.invariants import find_violations
from app.outages import KEPT
from app.services import Services
from app.store.base import database
from app.store.engine import Outage, Tick
from app.store.people import Alert
from app.tenancy import SYSTEM, every_tenant_scope, tenant_scope

VIOLATED, NUMBERING = "invariant_violated", "sequence_gap"
SEALS = "I13 audit"
"""What the alert about an altered audit is about."""
CHECK = "check_invariants"
"""The schedule that looks."""
DAYS_AHEAD = 3


@dataclass(frozen=True)
class Verified:
    """The last time the seals of the audit were computed anew, and what was found altered, if anything."""

    at: datetime
    altered: Text | None


def keep_runs(succeeded_hours: float, failed_days: float) -> dict[str, int]:
    """Make the coming days' partitions of runs and drop those that are old enough; how many of each.

    A day goes as a whole, so a run is kept up to a day longer than asked. Documents are never touched.
    """
    now = datetime.now(UTC)
    with database.atomic():
        made = _call("select jobs.make_run_partitions(%s)", DAYS_AHEAD)
        passing = _call(
            "select jobs.drop_run_partitions('passing', %s)", now - timedelta(hours=succeeded_hours)
        )
        kept = _call("select jobs.drop_run_partitions('kept', %s)", now - timedelta(days=failed_days))
    return {"made": made, "dropped": passing + kept}


def forget_ticks(days: float) -> int:
    """Forget ticks that ended more than ``days`` ago, but the last of each schedule; how many."""
    last = Tick.select(fn.max(Tick.id)).group_by(Tick.schedule)
    over = (Tick.due_at < datetime.now(UTC) - timedelta(days=days)) & Tick.outcome.not_in(("due", "running"))
    return int(Tick.delete().where(over, Tick.id.not_in(last)).execute())


def forget_outages() -> int:
    """Forget outages of the SRI that were over ``KEPT`` ago; how many. One that lasts stays, however old."""
    return int(Outage.delete().where(Outage.until < datetime.now(UTC) - KEPT).execute())


def size_of_what_passes() -> int:
    """Bytes that runs and ticks take on the disk, indexes included."""
    row = database.execute_sql(
        "select sum(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = 'jobs' and c.relkind = 'r' and (c.relname like 'run%%' or c.relname = 'tick')"
    ).fetchone()
    return int(row[0] or 0)


def check_invariants(services: Services) -> int:
    """Raise an alert for each violation, resolve those that are over; how many stand."""
    found = {
        (violation.tenant_id, f"{violation.invariant} {violation.subject}"): violation
        for violation in find_violations(services)
    }
    with every_tenant_scope():
        for (tenant_id, subject), violation in found.items():
            raise_alert(tenant_id, _kind(subject), subject, violation.sentence)
        standing = Alert.select(Alert.tenant_id, Alert.kind, Alert.subject).where(
            Alert.kind.in_((VIOLATED, NUMBERING)), Alert.resolved_at.is_null()
        )
        for alert in list(standing):
            if (alert.tenant_id, alert.subject) not in found or alert.kind != _kind(alert.subject):
                resolve_alert(alert.tenant_id, alert.kind, alert.subject)
    return len(found)


def audit_verified() -> Verified | None:
    """What the last check found of the audit's newest seals; None before the first. Outside any scope."""
    with tenant_scope(SYSTEM):
        ended = (Tick.schedule == CHECK) & (Tick.outcome == "done")
        tick = Tick.select(Tick.finished_at).where(ended).order_by(Tick.id.desc()).first()
        about = (Alert.tenant_id == SYSTEM, Alert.kind == VIOLATED, Alert.subject == SEALS)
        alert = Alert.select().where(*about, Alert.resolved_at.is_null()).first()
    if tick is None:
        return Verified(alert.last_seen_at, alert.said) if alert else None
    return Verified(tick.finished_at, alert.said if alert else None)


def _kind(subject: str) -> str:
    return NUMBERING if subject.startswith("I7 ") else VIOLATED


def _call(sql: str, value: object) -> int:
    return int(database.execute_sql(sql, (value,)).fetchone()[0])
