"""The only function that writes a document's state."""

from typing import Any

from peewee import SQL, fn

from app.lifecycle import MOVES, Event, State
from app.store.documents import Document, History
from app.work import Claim, Refused, cleared

NOT_REFUSED: dict[str, object] = {"refused_code": None, "refused_text": None}
"""What a document says of its refusal in every state but the two refused ones."""


def advance(
    claim: Claim,
    event: Event,
    *,
    by: str,
    due_in: float | None = None,
    reason: str | None = None,
    facts: dict[str, Any] | None = None,
    **values: object,
) -> State:
    """Apply ``event`` exactly once, however many workers try, and append it to the history.

    Must run inside the tenant's scope; the caller's other writes of the same step share its transaction.
    ``due_in`` is when the next step is due in seconds, None when nothing follows by itself; ``values`` are columns.
    Raises ``work.Refused`` when the claim was lost meanwhile or the event is not legal from the current state.
    """
    sources, target = MOVES[event]
    changed = (
        Document.update(state=target, **cleared(due_in), **(NOT_REFUSED | values))
        .where(claim.still_mine(), Document.state.in_([str(state) for state in sources]))
        .execute()
    )
    if not changed:
        raise Refused(
            f"document {claim.id}: {event} came too late, the row is no longer held or not in {sorted(sources)}"
        )
    append(claim.tenant_id, claim.id, event, claim.row.state, target, by=by, reason=reason, facts=facts)
    return target


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
