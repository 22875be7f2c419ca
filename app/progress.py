"""How far the documents are: what still moves by itself, and what has come to rest."""

from dataclasses import dataclass
from typing import Any

from peewee import fn

from app.lifecycle import MOVING
from app.store.base import database
from app.store.documents import Document, Ride
from app.store.tenants import Halt
from app.tenancy import scope

COUNTED_UP_TO = 10_000


@dataclass(frozen=True)
class Progress:
    """Counts of documents (and RIDEs) of some taxpayers at one moment."""

    by_state: dict[str, int]
    moving: int  # documents the engine will still move, and RIDEs it will still make
    held: int  # not moving because a halt stands
    needs_person: int

    @property
    def total(self) -> int:
        """All documents."""
        return sum(self.by_state.values())


def last_minute() -> dict[str, int]:
    """What came of documents within the last minute, by event, the failed runs, and how many still wait for the SRI.

    Inside the system scope.
    """
    counted = database.execute_sql(
        "select event, count(*) from history where at > now() - interval '1 minute' group by event"
    ).fetchall()
    failed = database.execute_sql(
        "select count(*) from jobs.run where failed and started_at > now() - interval '1 minute'"
    ).fetchone()[0]
    pending = Document.select().where(Document.state == "pending_authorization").limit(COUNTED_UP_TO)
    return {
        **{str(event): int(number) for event, number in counted},
        "errors": int(failed),
        "still_pending": int(pending.count()),
    }


def measure(tenant_ids: tuple[int, ...] | None) -> Progress:
    """The progress of ``tenant_ids``, or of every taxpayer for None."""
    with scope(tenant_ids):
        counted: Any = (
            Document.select(Document.state, fn.count(Document.id)).group_by(Document.state).tuples()
        )
        by_state = {str(state): int(count) for state, count in counted}
        moving = Document.select().where(
            Document.state.in_([str(state) for state in MOVING]), Document.needs_person_since.is_null()
        )
        halted = moving.where(_halted(), Document.state.in_(["draft", "signed"]))
        rides = Ride.select().where(Ride.path.is_null(), Ride.needs_person_since.is_null())
        waiting = Document.select().where(Document.needs_person_since.is_null(False))
        held = halted.count()
        return Progress(by_state, moving.count() - held + rides.count(), held, waiting.count())


def _halted() -> object:
    return fn.EXISTS(
        Halt.select().where(
            Halt.tenant_id == Document.tenant_id,
            Halt.lifted_at.is_null(),
            Halt.establishment.is_null() | (Halt.establishment == Document.establishment),
        )
    )
