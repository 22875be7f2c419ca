"""How far the documents are: what still moves by itself, and what has come to rest."""

from dataclasses import dataclass
from typing import Any

from peewee import fn

from app.lifecycle import MOVING
from app.store.documents import Document, Ride
from app.store.tenants import Halt
from app.tenancy import scope


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
