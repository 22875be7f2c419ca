"""The engine as it is now: queues, how fast they are served, processes and what they do, and what is stuck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import fn

from admin.console.texts import reread
from app import outages, pausing, work
from app.lifecycle import MOVING, State
from app.processes import VERSION, is_silent
from app.store.base import database
from app.store.documents import Document, Ride
from app.store.engine import Process, Run
from app.store.tenants import Halt
from app.tenancy import SYSTEM

LATEST = 1_000
STUCK_SHOWN = 20
LOOKED_AT = 500
"""The oldest rows due of each state among which the stuck ones are sought."""
RUNS_AT_MOST = timedelta(minutes=3)
UNTAKEN_AFTER = timedelta(minutes=2)

# The latest runs that ended well, by the index over state and id; not a count over all there are.
_TIMINGS = """
select queue, count(*),
    percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from started_at - enqueued_at)),
    percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from finished_at - started_at)),
    min(finished_at)
from (
    select queue, enqueued_at, started_at, finished_at from jobs.run
    where state >= 'succeeded' and state <= 'succeeded' and not failed
    order by state desc, id desc limit %s
) latest
group by queue
"""


@dataclass(frozen=True)
class Timing:
    """How long messages of one queue waited and ran of late, in seconds: the middle one, and one of twenty worse."""

    runs: int
    wait_p50: float
    wait_p95: float
    run_p50: float
    run_p95: float
    since: datetime


@dataclass(frozen=True)
class Doing:
    """What one thread does: since when, and until when the row is its own; no taxpayer is the installation."""

    actor: str
    tenant_id: int
    document_id: int | None
    since: datetime
    lease_until: datetime | None


@dataclass(frozen=True)
class Alive:
    """One process as it last reported."""

    row: Process
    silent: bool
    doing: Sequence[Doing]


@dataclass(frozen=True)
class Stuck:
    """One row nobody works on although it is due, or that killed whoever did."""

    kind: str
    tenant_id: int
    document_id: int
    since: datetime | None
    holder: str | None
    why: str


def timings() -> dict[str, Timing]:
    """By queue, of the latest runs. Inside a scope."""
    found = {}
    for queue, runs, wait, took, since in database.execute_sql(_TIMINGS, (LATEST,)).fetchall():
        waited = (max(wait[0], 0.0), max(wait[1], 0.0))  # the clocks of two machines are never equal
        found[queue] = Timing(runs, waited[0], waited[1], took[0], took[1], since)
    return found


def per_minute(timings: Mapping[str, Timing], now: datetime) -> dict[str, float]:
    """By queue, how many of the latest runs there were per minute since the first of them all."""
    since = min((timing.since for timing in timings.values()), default=now)
    minutes = max((now - since).total_seconds(), 1.0) / 60
    return {queue: timing.runs / minutes for queue, timing in timings.items()}


def processes(now: datetime) -> list[Alive]:
    """Every process that was heard of within a day, workers first. Inside a scope."""
    rows = list(Process.select().order_by(Process.kind.desc(), Process.host, Process.pid))
    ids = {work.get("document") for row in rows for work in row.work if work.get("document")}
    leases = {
        row.id: row.lease_until
        for row in Document.select(Document.id, Document.lease_until).where(Document.id.in_(ids or {0}))
    }
    return [Alive(row, is_silent(row, now), [_doing(work, leases) for work in row.work]) for row in rows]


def versions(alive: Sequence[Alive]) -> set[str]:
    """The releases at work; more than one while a deploy is under way, or when one failed halfway."""
    return {one.row.version for one in alive if not one.silent} | {VERSION}


def stuck(now: datetime) -> list[Stuck]:
    """What stands still though it should not, at most ``STUCK_SHOWN`` of each kind. Inside a scope."""
    found, felt = [], outages.felt()
    for state in sorted(MOVING):
        silent = [environment for environment, waiting in felt if waiting == state]
        late = Document.select(Document.id).where(
            Document.state == state,
            Document.next_attempt_at <= now - UNTAKEN_AFTER,
            *_held_by_nothing(state, silent),
        )
        oldest = Document.select().where(
            Document.id.in_(late.order_by(Document.next_attempt_at).limit(LOOKED_AT))
        )
        expired = oldest.where(Document.lease_until < now)
        found += [_stuck("lease", row) for row in expired.limit(STUCK_SHOWN)]
        unsent = oldest.where(
            Document.lease_until.is_null(),
            Document.published_at.is_null() | (Document.published_at < now - UNTAKEN_AFTER),
        )
        found += [_stuck("untaken", row) for row in unsent.limit(STUCK_SHOWN)]
    crashed = Document.select().where(
        Document.last_error_code == "crashed", Document.last_error_code != work.UNDECIDED_YET
    )
    found += [_stuck("crashed", row) for row in crashed.limit(STUCK_SHOWN)]
    rides = Ride.select().where(Ride.needs_person_since.is_null(False), Ride.needs_person_code == "crashed")
    return found + [_stuck("crashed", row) for row in rides.limit(STUCK_SHOWN)]


def long_runs(now: datetime) -> list[Run]:
    """Runs under way for longer than any step may take: their process is dead, or hangs. Inside a scope."""
    running = Run.select().where(
        Run.state >= "running", Run.state <= "running", ~Run.failed, Run.started_at < now - RUNS_AT_MOST
    )
    return list(running.order_by(Run.state, Run.id).limit(STUCK_SHOWN))


def _held_by_nothing(state: State, silent: Sequence[int]) -> list[Any]:
    """Neither a person nor the silence of the SRI in the ambientes ``silent``, or what piled up, keeps it there."""
    halted = Halt.select().where(
        Halt.tenant_id == Document.tenant_id,
        Halt.lifted_at.is_null(),
        Halt.establishment.is_null() | (Halt.establishment == Document.establishment),
    )
    asks = [~pausing.holds(pausing.STAGE_OF[state], of_documents=True)]
    asks += [Document.environment.not_in(silent)] if silent else []
    return asks if state == State.PENDING_AUTHORIZATION else [*asks, ~fn.EXISTS(halted)]


def _stuck(kind: str, row: Any) -> Stuck:
    since = row.needs_person_since if kind == "crashed" else row.lease_until or row.next_attempt_at
    return Stuck(kind, row.tenant_id, row.id, since, row.lease_owner, reread(row.needs_person_reason))


def _doing(work: dict[str, Any], leases: dict[int, datetime | None]) -> Doing:
    since = datetime.fromisoformat(work["since"]).astimezone(UTC)
    return Doing(
        work["actor"], work["tenant"] or SYSTEM, work["document"], since, leases.get(work["document"] or 0)
    )
