"""Ticks: one row per schedule and due time, whoever noticed it first."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from app.store.engine import Schedule, Tick


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
    """Whether a person has paused the schedule."""
    return bool(
        Schedule.select().where(Schedule.name == schedule, Schedule.paused_since.is_null(False)).exists()
    )


def last_due(schedule: str) -> datetime | None:
    """The latest due time on record, by the clock."""
    found: datetime | None = (
        Tick.select(fn.max(Tick.due_at)).where(Tick.schedule == schedule, Tick.origin == "clock").scalar()
    )
    return found


class Running:
    """A tick whose work is under way; ``note`` what it found."""

    def __init__(self, tick_id: int | None) -> None:
        self._tick_id = tick_id

    def note(self, **values: Any) -> None:
        """Write ``values`` to the tick's row; a run without a tick (sent by hand) has none."""
        if self._tick_id is not None:
            Tick.update(**values).where(Tick.id == self._tick_id).execute()


@contextmanager
def running(tick_id: int | None) -> Iterator[Running]:
    """Mark the tick as running, then as done or failed."""
    tick = Running(tick_id)
    tick.note(outcome="running", started_at=SQL("clock_timestamp()"))
    try:
        yield tick
    except BaseException as error:
        tick.note(
            outcome="failed",
            finished_at=SQL("clock_timestamp()"),
            detail=f"{type(error).__name__}: {error}"[:500],
        )
        raise
    tick.note(outcome="done", finished_at=SQL("clock_timestamp()"))
