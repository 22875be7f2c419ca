"""What was handed in at one time: how far its documents are, what is wrong with some, and about when it is done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from admin.console.door import of_mine
from app import causes
from app.causes import Cause
from app.lifecycle import MOVING, State
from app.store.documents import Document

MOST = 5_000
"""Documents on each side of one among which its batch is looked for; a longer batch is counted so far."""
LISTED = 100
REFUSED = (State.RETURNED, State.REJECTED)
SHOWN = (
    *("id", "tenant_id", "number", "buyer_name", "total", "state", "cause", "environment"),
    *("created_at", "finished_at", "needs_person_since", "needs_person_reason", "refused_text"),
)


@dataclass(frozen=True)
class Batch:
    """Documents that came in one transaction from one person, and how they stand at ``now``."""

    one: Document  # of them, whose time and person they share
    rows: Sequence[Document]
    now: datetime
    cut: bool

    @property
    def by_state(self) -> Counter[str]:
        """How many there are in each state."""
        return Counter(row.state for row in self.rows)

    @property
    def failed(self) -> list[Document]:
        """Those that wait for a person."""
        return [row for row in self.rows if row.state in REFUSED or row.needs_person_since]

    @property
    def moving(self) -> int:
        """How many the engine still moves by itself."""
        return sum(row.state in MOVING and not row.needs_person_since for row in self.rows)

    @property
    def share(self) -> float:
        """The part that has come to rest, from 0 to 1."""
        return 1 - self.moving / len(self.rows)

    @property
    def over(self) -> bool:
        """Whether nothing of it moves any more, some having failed or not."""
        return self.moving == 0

    @property
    def seconds_left(self) -> float | None:
        """About how long the rest takes at the pace so far; None while there is none to go by."""
        settled = len(self.rows) - self.moving
        if not settled or not self.moving:
            return None
        return (self.now - self.one.created_at).total_seconds() * self.moving / settled

    @property
    def by_cause(self) -> list[tuple[Cause, int]]:
        """What is wrong with the failed ones, the most frequent first."""
        found = Counter(row.cause for row in self.failed if row.cause)
        return [(causes.explain(cause, person=True), n) for cause, n in found.most_common()]


def of(one: Document) -> Batch:
    """The batch that ``one`` came in. Inside ``mine()``."""
    columns = [getattr(Document, name) for name in SHOWN]
    together = (Document.created_at == one.created_at, Document.imported_by == one.imported_by)
    found: dict[int, Document] = {}
    for beyond, order in (
        (Document.id >= one.id, Document.id.asc()),
        (Document.id < one.id, Document.id.desc()),
    ):
        ids = Document.select(Document.id).where(Document.tenant_id == one.tenant_id, beyond)
        near = ids.order_by(order).limit(MOST)
        query = Document.select(*columns).where(*of_mine(Document), Document.id.in_(near), *together)
        found |= {row.id: row for row in query}
    rows = [found[row_id] for row_id in sorted(found)]
    return Batch(one, rows, datetime.now(UTC), cut=len(rows) >= MOST)
