"""What the engine will do next and when: rows of documents, RIDEs and deliveries that are due, soonest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from typing import Any

from app.lifecycle import MOVING, State
from app.store.base import WorkRow
from app.store.delivery import Delivery
from app.store.documents import Document, Ride

MOST = 200
_UNDER_WAY = Delivery.outcome.is_null()
JOBS = {
    State.DRAFT: "sign_document",
    State.SIGNED: "submit_document",
    State.PENDING_AUTHORIZATION: "check_authorization",
}


@dataclass(frozen=True)
class Due:
    """One thing that is due ``at``: which job, about which document of which taxpayer, and what happened last."""

    actor: str
    tenant_id: int
    document_id: int
    at: datetime
    attempts: int
    last_error_code: str | None
    leased: bool


def soonest(tenants: Sequence[int] | None, *, mail_is_on: bool) -> list[Due]:
    """At most ``MOST`` of what is due or will be; without a mail server nothing is due to buyers.

    Inside a scope that sees ``tenants``.
    """
    found = [
        due
        for state in sorted(MOVING)
        for due in _part(Document, JOBS[state], tenants, Document.state == state)
    ]
    found += _part(Ride, "generate_ride", tenants)
    if mail_is_on:
        found += _part(Delivery, "deliver_document", tenants, _UNDER_WAY)
    return nsmallest(MOST, found, key=lambda due: due.at)


def mail_waits(tenants: Sequence[int] | None) -> bool:
    """Whether anything is to be sent to a buyer. Inside a scope that sees ``tenants``."""
    waiting = Delivery.select().where(_UNDER_WAY, Delivery.next_attempt_at.is_null(False))
    return bool(
        (waiting if tenants is None else waiting.where(Delivery.tenant_id.in_(list(tenants)))).exists()
    )


def _part(model: type[WorkRow], actor: str, tenants: Sequence[int] | None, *where: Any) -> list[Due]:
    which: Any = model.document_id if model is Delivery else model.id
    query: Any = model.select(
        model.tenant_id,
        which.alias("which"),
        model.next_attempt_at,
        model.attempts,
        model.last_error_code,
        model.lease_until,
    ).where(model.next_attempt_at.is_null(False), *where)
    if tenants is not None:
        query = query.where(model.tenant_id.in_(list(tenants)))
    rows: Any = query.order_by(model.next_attempt_at).limit(MOST).tuples()
    return [
        Due(actor, tenant_id, document_id, at, attempts, code, lease is not None)
        for tenant_id, document_id, at, attempts, code, lease in rows
    ]
