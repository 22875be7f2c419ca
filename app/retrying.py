"""A person asks the engine to try again: what waits or is parked becomes due now; nothing final is touched."""

from typing import Literal

from app import work
from app.alerts import resolve_alert
from app.auditing import audit
from app.errors import Refused
from app.lifecycle import MOVING, State
from app.store.base import WorkRow
from app.store.documents import Document, Ride
from app.tenancy import tenant_scope

Kind = Literal["document", "ride"]
ASKABLE = [str(state) for state in (State.PENDING_AUTHORIZATION, State.RETURNED, State.REJECTED)]
"""States in which the SRI may know more than we do."""


def retry(tenant_id: int, document_id: int, *, by: str, reason: str | None = None) -> tuple[Kind, State]:
    """Make the next step of a document, or of its RIDE, due now; which of the two, and the document's state.

    Raises ``Refused`` when it does not exist, is being worked on, or waits for a correction of its content.
    """
    with tenant_scope(tenant_id):
        return retry_within(tenant_id, document_id, by=by, reason=reason)


def retry_within(
    tenant_id: int, document_id: int, *, by: str, reason: str | None = None
) -> tuple[Kind, State]:
    """``retry`` as a part of the caller's transaction, inside the tenant's scope."""
    document = Document.get_or_none(Document.tenant_id == tenant_id, Document.id == document_id)
    if document is None:
        raise Refused(f"no existe el comprobante {document_id}")
    state = State(document.state)
    kind: Kind = "ride" if state == State.AUTHORIZED else "document"
    _must_make_sense(document, state)
    model: type[WorkRow] = Ride if kind == "ride" else Document
    as_seen = Ride.path.is_null() if kind == "ride" else Document.state == str(state)
    released = (
        model.update(**work.cleared(0))
        .where(model.tenant_id == tenant_id, model.id == document_id, work.free(model), as_seen)
        .execute()
    )
    if not released:
        raise Refused("se está trabajando en él en este momento, o acaba de cambiar")
    for code in filter(None, (document.needs_person_code,)):
        resolve_alert(tenant_id, code, document.access_key or str(document_id))
    audit(tenant_id, by=by, action="retry", target=f"document {document_id}", reason=reason)

    return kind, state


def ask(tenant_id: int, document_id: int, *, by: str, reason: str | None = None) -> None:
    """Let the SRI be asked now about a document it has: pending, returned or rejected. Only its yes moves the last two.

    Raises ``Refused`` when it does not exist, is being worked on, was not sent yet, or is authorized.
    """
    with tenant_scope(tenant_id):
        document = Document.get_or_none(Document.tenant_id == tenant_id, Document.id == document_id)
        if document is None:
            raise Refused(f"no existe el comprobante {document_id}")
        if document.state not in ASKABLE:
            raise Refused(
                "ya está autorizado: no queda nada que preguntar"
                if document.state == State.AUTHORIZED
                else "todavía no consta que el SRI lo tenga: al reintentar se pregunta antes de reenviar"
            )
        released = (
            Document.update(**work.cleared(0))
            .where(
                Document.tenant_id == tenant_id,
                Document.id == document_id,
                work.free(Document),
                Document.state == document.state,
            )
            .execute()
        )
        if not released:
            raise Refused("se está trabajando en él en este momento, o acaba de cambiar")
        audit(tenant_id, by=by, action="ask_sri", target=f"document {document_id}", reason=reason)


def _must_make_sense(document: Document, state: State) -> None:
    if state == State.AUTHORIZED:
        ride = Ride.get_or_none(Ride.tenant_id == document.tenant_id, Ride.id == document.id)
        if ride is None or ride.path:
            raise Refused("ya está autorizado y su RIDE está guardado")
    elif state not in MOVING:
        raise Refused(f"está en {state}: hay que corregir su contenido, reenviar lo mismo no cambia nada")
