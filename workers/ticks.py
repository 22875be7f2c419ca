"""Ticks: one row per schedule and due time, whoever noticed it first."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from app.store.base import database
from app.store.engine import Schedule, Tick

_RUNS: dict[str, None] = dict.fromkeys(("paused_since", "paused_by", "pause_reason", "resume_at"))


def take(schedule: str, due_at: datetime, *, origin: str, by: str, outcome: str = "due") -> int | None:
    """The id of the new tick, or None when another scheduler took this due time already."""
    rows = list(
        Tick.insert(
            schedule=schedule,
            due_at=due_at,
            origin=origin,
            by=by,
            outcome=outcome,
            created_at=SQL("clock_timestamp()"),
        )
        .on_conflict_ignore()
        .returning(Tick.id)
        .execute()
    )
    return int(rows[0].id) if rows else None


def paused(schedule: str) -> bool:
    """Whether a person has paused the schedule; a pause whose time is over ends here."""
    Schedule.update(**_RUNS).where(Schedule.name == schedule, Schedule.resume_at <= fn.now()).execute()
    return bool(
        Schedule.select().where(Schedule.name == schedule, Schedule.paused_since.is_null(False)).exists()
    )


def last_due(schedule: str) -> datetime | None:
    """The latest due time on record, by the clock."""
    found: datetime | None = (
        Tick.select(fn.max(Tick.due_at)).where(Tick.schedule == schedule, Tick.origin == "clock").scalar()
    )
    return found


def record_missed(schedule: str, due: Sequence[datetime], *, by: str) -> None:
    """A row for each due time that nobody took when it came."""
    rows = [
        {
            "schedule": schedule,
            "due_at": at,
            "origin": "clock",
            "by": by,
            "outcome": "missed",
            "created_at": fn.now(),
        }
        for at in due
    ]
    for start in range(0, len(rows), 500):
        Tick.insert_many(rows[start : start + 500]).on_conflict_ignore().execute()


def missed_policy(schedule: str) -> str:
    """``skip`` or ``run_once``: what becomes of the latest due time when it is found late."""
    found = Schedule.select(Schedule.missed_policy).where(Schedule.name == schedule).scalar()
    return str(found or "skip")


def pause(schedule: str, *, by: str, reason: str | None, until: datetime | None = None) -> bool:
    """Let the schedule's ticks be skipped from now on, or ``until`` then; whether there is such a schedule that ran."""
    return bool(
        Schedule.update(paused_since=fn.now(), paused_by=by, pause_reason=reason, resume_at=until)
        .where(Schedule.name == schedule, Schedule.paused_since.is_null())
        .execute()
    )


def resume(schedule: str) -> bool:
    """Let it run again; whether there is such a schedule that was paused."""
    return bool(
        Schedule.update(**_RUNS)
        .where(Schedule.name == schedule, Schedule.paused_since.is_null(False))
        .execute()
    )


def close_lost(after_s: float) -> int:
    """Record what never ran, because its message was lost, and what was cut off, because its process was killed."""
    old = fn.now() - SQL("make_interval(secs => %s)", (after_s,))
    lost = (
        Tick.update(outcome="missed", finished_at=fn.now(), detail="its message was lost")
        .where(Tick.outcome == "due", Tick.created_at < old)
        .execute()
    )
    cut = (
        Tick.update(outcome="failed", finished_at=fn.now(), detail="its process was killed")
        .where(Tick.outcome == "running", Tick.started_at < old)
        .execute()
    )
    return int(lost) + int(cut)


RUNS_AT_MOST_S = 180.0
"""A fan-out that has run for longer is dead: its process was killed."""


class Running:
    """A tick whose work is under way, and what it found so far."""

    def __init__(self, tick_id: int | None) -> None:
        self._tick_id = tick_id
        self._found: dict[str, Any] = {}

    def found(self, **values: Any) -> None:
        """Have ``values`` written to the tick's row when it ends."""
        self._found |= values

    def end(self, outcome: str, detail: str | None = None) -> None:
        """Write how the tick ended; a run without a tick (sent by hand) has no row."""
        if self._tick_id is not None:
            Tick.update(
                outcome=outcome, finished_at=SQL("clock_timestamp()"), detail=detail, **self._found
            ).where(Tick.id == self._tick_id).execute()


class Overlap(Exception):
    """The schedule's tick before this one is still at work; this one is recorded as skipped."""


@contextmanager
def running(tick_id: int | None) -> Iterator[Running]:
    """Mark the tick as running, then as done or failed.

    Raises ``Overlap``, the tick being recorded as skipped, while an earlier tick of its schedule runs.
    """
    tick = Running(tick_id)
    if tick_id is not None and not _begin(tick_id):
        tick.end("skipped", "the one before still ran")
        raise Overlap
    try:
        yield tick
    except BaseException as error:
        tick.end("failed", f"{type(error).__name__}: {error}"[:500])
        raise
    tick.end("done")


def _begin(tick_id: int) -> bool:
    """Whether the tick may run: nothing of its schedule does, or what does has run for too long to be alive.

    Two ticks of one schedule ask one after the other: each would see the other as not yet running. That it runs need
    not be on disk: the server that forgets it takes the tick's whole work with it.
    """
    busy = Tick.alias()
    rival = busy.select(busy.id).where(
        busy.schedule == Tick.schedule,
        busy.id != tick_id,
        busy.outcome == "running",
        busy.started_at > fn.now() - SQL("make_interval(secs => %s)", (RUNS_AT_MOST_S,)),
    )
    with database.atomic():
        list(
            Tick.select(
                fn.set_config("synchronous_commit", "off", True),
                fn.pg_advisory_xact_lock(fn.hashtext(Tick.schedule)),
            )
            .where(Tick.id == tick_id)
            .tuples()
        )
        return bool(
            Tick.update(outcome="running", started_at=SQL("clock_timestamp()"))
            .where(Tick.id == tick_id, ~fn.EXISTS(rival))
            .execute()
        )
