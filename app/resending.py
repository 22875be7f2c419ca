"""A person sends a document again: to where it went, or to another address, with a reason on record."""

import secrets
from collections.abc import Sequence

from app import work
from app.alerts import resolve_alert
from app.auditing import audit
from app.delivery import FIRST, REFUSED_BY_MAIL, RESEND, UNDELIVERED, insert
from app.errors import Mistyped, Refused, Text
from app.finding import no_such_document
from app.mail import addresses
from app.store.delivery import Delivery
from app.store.documents import Document, Ride
from app.tenancy import tenant_scope

WENT_THERE = ("sent", "bounced", "replaced")


def resend(tenant_id: int, document_id: int, *, to: str | None = None, by: str, reason: str) -> list[str]:
    """Send an authorized document again, to ``to`` or to the addresses it went to; to which.

    What was given up or refused there before counts as settled. Raises ``Refused`` without a RIDE, an address or a
    reason, and while the same is on its way.
    """
    with tenant_scope(tenant_id):
        return resend_within(tenant_id, document_id, to=to, by=by, reason=reason)


def resend_within(
    tenant_id: int, document_id: int, *, to: str | None = None, by: str, reason: str
) -> list[str]:
    """``resend`` as a part of the caller's transaction, inside the tenant's scope."""
    if not reason.strip():
        raise Mistyped(Text("indique el motivo del reenvío", "say why it is sent again"))
    document = Document.get_or_none(Document.tenant_id == tenant_id, Document.id == document_id)
    if document is None:
        raise no_such_document(document_id)
    if not Ride.select().where(Ride.id == document_id, Ride.path.is_null(False)).exists():
        raise Refused(
            Text(
                f"el comprobante {document_id} está en {document.state}: todavía no tiene RIDE que enviar",
                f"document {document_id} is in {document.state}: it has no RIDE to send yet",
            )
        )
    chosen = _chosen(document_id, to)
    _settle(tenant_id, document_id, chosen)
    occasion = secrets.token_hex(8)
    for address in chosen:
        said = {"requested_by": by, "reason": reason}
        insert(tenant_id, document_id, RESEND, occasion, address=address, **said, **work.cleared(0))
        for kind in (REFUSED_BY_MAIL, UNDELIVERED):
            resolve_alert(tenant_id, kind, f"{document.access_key} {address}")
    target = f"document {document_id}"
    audit(tenant_id, by=by, action="resend", target=target, reason=reason, facts={"to": chosen})
    return chosen


def _chosen(document_id: int, to: str | None) -> list[str]:
    of_document = Delivery.document_id == document_id
    if to is None:
        sent = Delivery.select(Delivery.address).where(
            of_document, Delivery.kind == FIRST, Delivery.outcome.is_null() | (Delivery.outcome << WENT_THERE)
        )
        chosen = sorted({row.address for row in sent})
    else:
        address = addresses.normal(to)
        if address is None:
            raise Mistyped(Text(f"«{to}» no es una dirección de correo", f"'{to}' is no mail address"))
        chosen = [address]
    if not chosen:
        raise Mistyped(
            Text(
                "el comprobante no trae un correo del comprador: indique a cuál enviarlo (--to)",
                "the document names no mail address of the buyer: say where to send it (--to)",
            )
        )
    pending = Delivery.select().where(
        of_document,
        Delivery.address << chosen,
        Delivery.outcome.is_null(),
        Delivery.needs_person_since.is_null(),
    )
    if pending.exists():
        raise Refused(
            Text("ya hay un envío en camino a esa dirección", "one is on its way to that address already")
        )
    return chosen


def _settle(tenant_id: int, document_id: int, chosen: Sequence[str]) -> None:
    Delivery.update(outcome="replaced", **work.cleared(None)).where(
        Delivery.tenant_id == tenant_id,
        Delivery.document_id == document_id,
        Delivery.address << list(chosen),
        Delivery.outcome.is_null(),
        Delivery.needs_person_since.is_null(False),
    ).execute()
