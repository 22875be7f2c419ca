"""A person holds back what was not sent yet; it waits for a person from then on, and a retry lets it go on.

Nothing in flight is cut: what somebody works on, and what the SRI may hold, goes its way.
"""

from collections.abc import Sequence
from typing import Any, Final

from peewee import fn

from app import work
from app.auditing import audit_many
from app.errors import Mistyped, Refused, Text
from app.finding import no_such_document
from app.lifecycle import State
from app.retrying import BUSY
from app.store.documents import Document, SriExchange
from app.tenancy import tenant_scope

CODE: Final = "held_back"
"""The code a document waits with; its reason is the person's."""
NOT_SENT = (State.DRAFT, State.SIGNED)
REASON_MISSING = Text("indique por qué se retiene", "say why it is held back")
SENT = Text("ya se envió al SRI", "it was sent to the SRI already")
MAYBE_SENT = Text(
    "pudo llegar al SRI: hay que saber qué fue de él",
    "it may have reached the SRI: what became of it must be found out",
)
WAITS_ALREADY = Text("ya espera a una persona", "it waits for a person already")


def hold(tenant_id: int, document_id: int, *, by: str, reason: str) -> None:
    """Hold one document back until a person lets it go on.

    Raises ``Refused`` without a reason, and when it does not exist, is worked on, waits already or may be at the SRI.
    """
    with tenant_scope(tenant_id):
        came = hold_many(tenant_id, [document_id], by=by, reason=reason)[document_id]
    if came is not None:
        raise Refused(came)


def hold_many(tenant_id: int, document_ids: Sequence[int], *, by: str, reason: str) -> dict[int, Text | None]:
    """``hold`` of many as a part of the caller's transaction, inside the tenant's scope.

    Of each why it was left alone, or None for one that is held back now. Raises ``Refused`` without a reason.
    """
    if not (said := reason.strip()):
        raise Mistyped(REASON_MISSING)
    theirs = (Document.tenant_id == tenant_id, Document.id.in_(document_ids))
    # A row that somebody takes at this moment is passed over; none of the others can be taken until the end of it, so
    # that the next statement sees every call to the SRI that was made about them.
    taken = Document.select(Document.id).where(*theirs).order_by(Document.id)
    free = [int(row.id) for row in taken.for_update(skip_locked=True)]
    held = _parked(tenant_id, free, said)
    audit_many(tenant_id, [f"document {one}" for one in held], by=by, action=CODE, reason=said)
    left = Document.select(Document.id, Document.state, Document.needs_person_since, _sent())
    known = {row.id: row for row in left.where(*theirs)}
    return {
        one: None if one in held else _why_not(known[one]) if one in known else no_such_document(one).text
        for one in document_ids
    }


def may_be_at_the_sri(document: Document) -> bool:
    """Whether the SRI may hold what was signed last, as far as our record goes. Inside the tenant's scope."""
    found = Document.select(_sent()).where(
        Document.tenant_id == document.tenant_id, Document.id == document.id
    )
    return bool(found.scalar())


def _parked(tenant_id: int, document_ids: Sequence[int], reason: str) -> set[int]:
    if not document_ids:
        return set()
    parked = Document.update(
        **{
            **work.cleared(None),
            "needs_person_since": fn.now(),
            "needs_person_code": CODE,
            "needs_person_reason": reason,
            "last_error_code": CODE,
            "last_error": reason,
        }
    ).where(
        Document.tenant_id == tenant_id,
        Document.id.in_(document_ids),
        Document.state.in_([str(state) for state in NOT_SENT]),
        Document.needs_person_since.is_null(),
        work.free(Document),
        ~_sent_of_signed(),
    )
    return {int(row.id) for row in parked.returning(Document.id).execute()}


def _sent_of_signed() -> Any:
    call = SriExchange
    sent = call.select(call.id).where(
        call.tenant_id == Document.tenant_id,
        call.document_id == Document.id,
        call.version == Document.version,
        call.operation == "submit",
        call.sent.is_null() | call.sent,
    )
    return (Document.state == str(State.SIGNED)) & fn.EXISTS(sent)


def _sent() -> Any:
    return _sent_of_signed().alias("sent")


def _why_not(document: Any) -> Text:
    if document.state not in NOT_SENT:
        return SENT
    if document.sent:
        return MAYBE_SENT
    if document.needs_person_since:
        return WAITS_ALREADY
    return BUSY
