"""How far batches are: where their documents stand, what is wrong with some, and about when all have come to rest."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from peewee import fn

from admin.console import sri_away
from admin.console.door import of_mine
from admin.console.sri_away import Away
from app import causes, holding
from app.causes import Cause
from app.lifecycle import MOVING, REFUSED, State
from app.search import keyset
from app.search.keyset import Page, Place
from app.store.base import database
from app.store.batches import Batch
from app.store.documents import Document

PAGE = 50
COUNTED = 5_000
"""Of one batch in a list, no more documents are counted in each state."""
SHOWN = (
    *("id", "tenant_id", "number", "buyer_name", "total", "state", "cause"),
    *("needs_person_since", "needs_person_reason", "refused_text"),
)
SHOWS = ("", "person")
"""Which documents of a batch may be looked at: all, or those that wait for a person."""
_STATES = """
select wanted.id, s.state, found.n from unnest(%(tenants)s::bigint[], %(ids)s::bigint[]) as wanted (tenant_id, id)
cross join unnest(%(states)s::text[]) as s (state)
cross join lateral (select count(*) as n from (
    select from document where tenant_id = wanted.tenant_id and batch_id = wanted.id and state = s.state
    limit %(most)s) counted) found
where found.n > 0
"""


@dataclass(frozen=True)
class Course:
    """The documents of one batch by state, whether a person is needed, and cause, as they stand at ``now``.

    ``away`` is the service of the SRI whose silence keeps those that move from coming to rest.
    """

    batch: Batch
    counted: Mapping[tuple[State, bool, str], int]
    now: datetime
    away: Away | None = None

    @cached_property
    def by_state(self) -> Counter[str]:
        """How many there are in each state."""
        return self._sum(lambda state, _person, _cause: str(state))

    @cached_property
    def moving(self) -> int:
        """How many the engine still moves by itself."""
        return sum(n for (state, person, _), n in self.counted.items() if _moves(state, person))

    @cached_property
    def failed(self) -> int:
        """How many wait for a person."""
        return sum(self._failures.values())

    @cached_property
    def held(self) -> int:
        """How many of those a person held back."""
        return sum(n for cause, n in self._failures.items() if cause.startswith(f"{holding.CODE} "))

    @cached_property
    def not_sent(self) -> int:
        """How many may be held back still, but for those that are being sent at this moment."""
        return sum(
            n for (state, person, _), n in self.counted.items() if state in holding.NOT_SENT and not person
        )

    @property
    def share(self) -> float:
        """The part that has come to rest, from 0 to 1."""
        total = sum(self.counted.values())
        return 1 - self.moving / total if total else 1.0

    @property
    def over(self) -> bool:
        """Whether nothing of it moves any more, some having failed or not."""
        return self.moving == 0

    @property
    def seconds_left(self) -> float | None:
        """About how long the rest takes at the pace so far; None while there is none to go by, or the SRI is away."""
        settled = sum(self.counted.values()) - self.moving
        if not settled or not self.moving or self.batch.finished_at or self.away:
            return None
        return float((self.now - self.batch.at).total_seconds() * self.moving / settled)

    @property
    def by_cause(self) -> list[tuple[Cause, int]]:
        """What is wrong with those that wait for a person, the most frequent first."""
        named = [(cause, n) for cause, n in self._failures.most_common() if cause]
        return [(causes.explain(cause, person=True), n) for cause, n in named]

    @cached_property
    def _failures(self) -> Counter[str]:
        failed = {
            key: n for key, n in self.counted.items() if key[0] in REFUSED or (key[1] and key[0] in MOVING)
        }
        return Course(self.batch, failed, self.now)._sum(lambda _state, _person, cause: cause)

    def _sum(self, by: Any) -> Counter[str]:
        total: Counter[str] = Counter()
        for key, n in self.counted.items():
            total[by(*key)] += n
        return total


def course_of(batch: Batch) -> Course:
    """How far a batch is. Inside ``mine()``."""
    person = Document.needs_person_since.is_null(False)
    cause = fn.coalesce(Document.cause, "")
    rows: Any = (
        Document.select(Document.state, person.alias("person"), cause.alias("why"), fn.count(1).alias("n"))
        .where(*of_mine(Document), *_of(batch))
        .group_by(Document.state, person, cause)
    )
    counted: dict[tuple[State, bool, str], int] = {}
    for state, waits, why, n in rows.tuples():
        counted[State(state), bool(waits), str(why)] = int(n)
    moving = {str(state) for state, waits, _ in counted if _moves(state, waits)}
    return Course(batch, counted, datetime.now(UTC), _away(batch, moving))


def page_of(batch: Batch, show: str, place: Place) -> Page:
    """Documents of a batch, in the order they came. Inside ``mine()``."""
    columns = [getattr(Document, name) for name in SHOWN]
    narrowed = [waits_for_a_person()] if show else []
    query = Document.select(*columns).where(
        *of_mine(Document), *_of(batch), *narrowed, place.past(Document.id)
    )
    return keyset.page_of(list(query.order_by(place.order(Document.id)).limit(PAGE + 1)), place, PAGE)


def documents_of(batch: Batch, *only: Any) -> Any:
    """Tenant and id of those documents of a batch that meet ``only``. Inside ``mine()``."""
    query = Document.select(Document.tenant_id, Document.id).where(*of_mine(Document), *_of(batch), *only)
    return query.order_by(Document.id)


def waits_for_a_person() -> Any:
    """The condition that a document is refused or parked."""
    parked = Document.needs_person_since.is_null(False) & Document.state.in_([str(one) for one in MOVING])
    return Document.state.in_([str(one) for one in REFUSED]) | parked


def can_be_held() -> Any:
    """The condition that a document was not sent and waits for nobody; some may be on their way all the same."""
    return Document.state.in_([str(one) for one in holding.NOT_SENT]) & Document.needs_person_since.is_null()


def is_held() -> Any:
    """The condition that a person held a document back."""
    not_sent = Document.state.in_([str(one) for one in holding.NOT_SENT])
    return not_sent & (Document.needs_person_code == holding.CODE)


def states_of(some: Sequence[Batch]) -> dict[int, dict[str, int]]:
    """How many documents of each batch are in each state, ``COUNTED`` at most. Inside ``mine()``."""
    known = {
        "tenants": [one.tenant_id for one in some],
        "ids": [one.id for one in some],
        "states": [str(state) for state in State],
        "most": COUNTED,
    }
    found: dict[int, dict[str, int]] = {one.id: {} for one in some}
    for batch_id, state, n in database.execute_sql(_STATES, known).fetchall() if some else ():
        found[batch_id][state] = int(n)
    return found


def _moves(state: State, person: bool) -> bool:
    return state in MOVING and not person


def _away(batch: Batch, moving: Collection[str]) -> Away | None:
    """What was handed in together is of one ambiente, whatever the taxpayer's is by now."""
    if not moving or not sri_away.shut():
        return None
    environment = (
        Document.select(Document.environment).where(*of_mine(Document), *_of(batch)).limit(1).scalar()
    )
    return sri_away.before_rest(moving, environment)


def _of(batch: Batch) -> tuple[Any, Any]:
    return Document.tenant_id == batch.tenant_id, Document.batch_id == batch.id
