"""The law of notas: what one may say of the taxpayer's own documents, and take back, before it costs a number."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from peewee import Expression, fn

from app.catalogues.identification import CREDITED_TO_FINAL_CONSUMER, FINAL_CONSUMER_ID
from app.documents.base import Draft, Modified
from app.errors import Invalid, Problem, Text
from app.lifecycle import REFUSED, State
from app.store.documents import Document
from app.store.tenants import Tenant

NOT_ELECTRONIC, RECEIVER = "68", "69"


def lock(tenant: Tenant, drafts: Sequence[Draft]) -> None:
    """Let no other transaction credit the same documents until this one ends; called before anything is stored."""
    numbers = {draft.modified.number for draft in drafts if draft.modified}
    if numbers:
        mine = (Document.tenant_id == tenant.id) & Document.number.in_(numbers)
        # In one order, or two transactions would wait for each other.
        list(Document.select(Document.id).where(mine).order_by(Document.id).for_update())


def judge(tenant: Tenant, draft: Draft, on: date, besides: int = 0) -> tuple[Problem, ...]:
    """Warnings about the document that ``draft`` (dated ``on``) is about, inside the tenant's scope and after ``lock``.

    ``besides`` is a note of ours that does not count, being the one that is corrected. Raises ``Invalid`` when the
    document is ours and not authorized or of another day, or is taken back and was issued to a final consumer or has
    less left.
    """
    modified = draft.modified
    if modified is None:
        return ()
    credited = Document.get_or_none(_is(tenant, modified))
    if credited is None:
        return (_unknown(modified),)
    wrong = [
        problem
        for problem in (
            _not_authorized(credited, modified),
            _other_day(credited, modified),
            modified.taken_back and _to_nobody(credited, modified, on),
            modified.taken_back and _beyond_what_is_left(credited, draft, modified, besides),
        )
        if problem
    ]
    if wrong:
        raise Invalid(tuple(wrong))
    return (_other_buyer(modified),) if credited.buyer_id != draft.buyer_id else ()


def _is(tenant: Tenant, modified: Modified) -> Expression:
    return (
        (Document.tenant_id == tenant.id)
        & (Document.environment == tenant.environment)
        & (Document.doc_type == modified.doc_type)
        & (Document.number == modified.number)
    )


def _taken(credited: Document, draft: Draft, besides: int) -> Decimal:
    """What earlier notes take back; one that the SRI refused takes nothing."""
    earlier = (
        (Document.tenant_id == credited.tenant_id)
        & (Document.environment == credited.environment)
        & (Document.doc_type == draft.doc_type)
        & (Document.modified_type == credited.doc_type)
        & (Document.modified_number == credited.number)
        & Document.state.not_in(REFUSED)
        & (Document.id != besides)
    )
    return Document.select(fn.coalesce(fn.sum(Document.total), 0)).where(earlier).scalar() or Decimal(0)


def _beyond_what_is_left(
    credited: Document, draft: Draft, modified: Modified, besides: int
) -> Problem | None:
    left = credited.total - _taken(credited, draft, besides)
    if draft.total <= left:
        return None
    rule = Text(
        f"acredita {draft.total} y de los {credited.total} del comprobante {modified.number} quedan {left}",
        f"takes back {draft.total}; of the {credited.total} of document {modified.number} {left} are left",
    )
    fix = Text(f"Acredite como máximo {left}", f"Take back {left} at most")
    return Problem(f"{modified.info}.valorModificacion", rule, fix)


def _not_authorized(credited: Document, modified: Modified) -> Problem | None:
    if credited.state == State.AUTHORIZED:
        return None
    rule = Text(
        f"el comprobante {modified.number} está en {credited.state}: no está autorizado",
        f"document {modified.number} is {credited.state}: it is not authorized",
    )
    fix = Text("Espere su autorización", "Wait for its authorization")
    return Problem(f"{modified.info}.numDocModificado", rule, fix, NOT_ELECTRONIC)


def _to_nobody(credited: Document, modified: Modified, on: date) -> Problem | None:
    if credited.buyer_id != FINAL_CONSUMER_ID or CREDITED_TO_FINAL_CONSUMER.holds(on):
        return None
    rule = Text(
        f"el comprobante {modified.number} se emitió a consumidor final: desde 2026 no admite nota de crédito",
        f"document {modified.number} was issued to a final consumer: since 2026 it cannot be credited",
    )
    fix = Text("Identifique al comprador al facturar", "Identify the buyer when invoicing")
    return Problem(f"{modified.info}.numDocModificado", rule, fix)


def _other_day(credited: Document, modified: Modified) -> Problem | None:
    if credited.issue_date == modified.issue_date:
        return None
    rule = Text(
        f"el comprobante {modified.number} es del {credited.issue_date:%d/%m/%Y}",
        f"document {modified.number} is of {credited.issue_date:%d/%m/%Y}",
    )
    fix = Text("Corrija la fecha o el número", "Mend the date or the number")
    return Problem(f"{modified.info}.fechaEmisionDocSustento", rule, fix, NOT_ELECTRONIC)


def _unknown(modified: Modified) -> Problem:
    rule = Text(
        f"el comprobante {modified.number} no se emitió aquí",
        f"document {modified.number} was not issued here",
    )
    fix = Text("Revise tipo, número y fecha", "Look at its type, number and date")
    return Problem(f"{modified.info}.numDocModificado", rule, fix, NOT_ELECTRONIC)


def _other_buyer(modified: Modified) -> Problem:
    rule = Text(
        f"el comprobante {modified.number} se emitió a otra identificación",
        f"document {modified.number} was issued to another identification",
    )
    fix = Text("Confirme que es el mismo comprador", "Make sure it is the same buyer")
    return Problem(f"{modified.info}.identificacionComprador", rule, fix, RECEIVER)
