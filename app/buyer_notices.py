"""What happens to a document after its buyer got it, and that the buyer is told of it: once per state and address.

The SRI annuls on its own portal only, so a person says that it happened (NAC-DGERCGC25-00000014).
"""

from typing import Final

from app import work
from app.auditing import audit
from app.delivery import FIRST, NOTICE, RESEND, insert
from app.errors import Mistyped, Refused, Text
from app.lifecycle import State
from app.store.delivery import Delivery
from app.store.documents import Document
from app.tenancy import tenant_scope

ANNULLED, ANNULMENT_ASKED, REINSTATED = "annulled", "annulment_asked", "annulment_refused"
STATES: Final = (ANNULMENT_ASKED, ANNULLED, REINSTATED)
"""What the SRI's portal says of a document after its authorization; the occasion of a notice."""


def notify(tenant_id: int, document_id: int, state: str, *, by: str, reason: str) -> list[str]:
    """Tell every address an authorized document reached that it is in ``state`` now; to which.

    Who was told of that state already is not told again. Raises ``Refused`` without a reason, before the document is
    authorized, and when it reached nobody.
    """
    if not reason.strip():
        raise Mistyped(Text("indique por qué se avisa", "say why they are told"))
    if state not in STATES:
        raise Mistyped(
            Text(
                f"«{state}» no es un estado que se avise: use {', '.join(STATES)}",
                f"nobody is told of '{state}': use {', '.join(STATES)}",
            )
        )
    with tenant_scope(tenant_id):
        document = Document.get_or_none(Document.tenant_id == tenant_id, Document.id == document_id)
        if document is None or document.state != State.AUTHORIZED:
            raise Refused(
                Text(
                    f"el comprobante {document_id} no está autorizado: no hay de qué avisar",
                    f"document {document_id} is not authorized: there is nothing to tell",
                )
            )
        reached = _reached(document_id)
        if not reached:
            raise Refused(
                Text(
                    "no se entregó a ningún correo: avise usted al comprador",
                    "it was delivered to no mail address: tell the buyer yourself",
                )
            )
        told = _told(document_id, state)
        new = [address for address in reached if address not in told]
        for address in new:
            said = {"requested_by": by, "reason": reason}
            insert(tenant_id, document_id, NOTICE, state, address=address, **said, **work.cleared(0))
        if new:
            facts = {"to": new, "state": state}
            target = f"document {document_id}"
            audit(tenant_id, by=by, action="notify_buyer", target=target, reason=reason, facts=facts)
    return new


def _reached(document_id: int) -> list[str]:
    sent = Delivery.select(Delivery.address).where(
        Delivery.document_id == document_id, Delivery.kind << (FIRST, RESEND), Delivery.sent_at.is_null(False)
    )
    return sorted({row.address for row in sent})


def _told(document_id: int, state: str) -> set[str]:
    rows = Delivery.select(Delivery.address).where(
        Delivery.document_id == document_id, Delivery.kind == NOTICE, Delivery.occasion == state
    )
    return {row.address for row in rows}
