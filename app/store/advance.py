"""The only function that writes a document's state."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from peewee import SQL, fn
from psycopg2.extras import Json

from app.lifecycle import MOVES, Event, State
from app.store.documents import Document, History
from app.store.prepared import NOW, Place, Prepared, arg, written
from app.work import UNTROUBLED, Claim, Refused, held, hinted_in, in_seconds

_MOVE = """
with moved as ({update}){beside}
insert into history (document_id, seq, tenant_id, event, from_state, to_state, by, reason, facts, at)
select id, (select coalesce(max(seq), 0) + 1 from history where document_id = moved.id), %(tenant)s, %(event)s,
       %(source)s, %(target)s, %(by)s, %(reason)s, %(facts)s, clock_timestamp()
from moved
"""

NOT_REFUSED: dict[str, object] = {"refused_code": None, "refused_text": None}
"""What a document says of its refusal in every state but the two refused ones."""


@dataclass(frozen=True)
class Beside:
    """Further writes of a move, each ``, name as (… from moved)``: they happen only if the document moves.

    ``sql`` is constant; what changes is ``given`` by name.
    """

    sql: str
    given: Mapping[str, object]


def advance(
    claim: Claim,
    event: Event,
    *,
    by: str,
    due_in: float | None = None,
    reason: str | None = None,
    facts: dict[str, Any] | None = None,
    beside: Beside | None = None,
    **values: object,
) -> State:
    """Apply ``event`` exactly once, however many workers try, and append it to the history, in one statement.

    Must run inside the tenant's scope; the caller's other writes of the same step share its transaction.
    ``due_in`` is when the next step is due in seconds, None when nothing follows by itself; ``values`` are columns,
    of which ``NOW`` is the moment of the transaction. ``beside`` are further writes of the same statement.
    Raises ``work.Refused`` when the claim was lost meanwhile or the event is not legal from the current state.
    """
    sources, target = MOVES[event]
    values = NOT_REFUSED | values
    columns = tuple((name, value is NOW) for name, value in values.items())
    moved = _moving(event, columns, beside.sql if beside else "").count(
        tenant=claim.tenant_id,
        document=claim.id,
        fence=claim.fence,
        event=event,
        source=claim.row.state,
        target=target,
        due_in=due_in,
        hinted_in=hinted_in(due_in),
        by=by,
        reason=reason,
        facts=Json(facts or {}),
        **(beside.given if beside else {}),
        **{name: _stored(value) for name, value in values.items() if value is not NOW},
    )
    if not moved:
        raise Refused(
            f"document {claim.id}: {event} came too late, the row is no longer held or not in {sorted(sources)}"
        )
    return target


@cache
def _moving(event: Event, columns: tuple[tuple[str, bool], ...], beside: str) -> Prepared:
    """The statement for ``event`` that writes these columns too, each with a value or with the moment."""
    sources, target = MOVES[event]
    values = {name: NOW if is_now else arg(name) for name, is_now in columns}

    def write() -> str:
        update = (
            Document.update(
                state=target,
                next_attempt_at=in_seconds(Place("due_in")),
                published_at=in_seconds(Place("hinted_in")),
                **{**UNTROUBLED, **values},
            )
            .where(
                held(Document, arg("tenant"), arg("document"), arg("fence")),
                Document.state.in_([str(state) for state in sources]),
            )
            .returning(Document.id)
        )
        return _MOVE.format(update=written(update), beside=beside)

    return Prepared(write)


def _stored(value: object) -> object:
    return Json(value) if isinstance(value, dict | list) else value


def append(
    tenant_id: int,
    document_id: int,
    event: Event,
    source: str | None,
    target: State,
    *,
    by: str,
    reason: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Add one row to a document's history; its number follows the last one."""
    last = History.select(fn.coalesce(fn.max(History.seq), 0) + 1).where(History.document_id == document_id)
    History.insert(
        document_id=document_id,
        seq=last,
        tenant_id=tenant_id,
        event=event,
        from_state=source,
        to_state=target,
        by=by,
        reason=reason,
        facts=facts or {},
        at=SQL("clock_timestamp()"),
    ).execute()
