"""A person asks the engine to try again: what waits or is parked becomes due now; nothing final is touched."""

from collections.abc import Sequence
from typing import Literal

from peewee import Case

from app import work
from app.alerts import resolve_alerts_about
from app.auditing import audit, audit_many
from app.catalogues.situations import STATES
from app.errors import Refused, Text
from app.finding import no_such_document
from app.lifecycle import MOVING, REFUSED, State
from app.store.base import WorkRow
from app.store.documents import Document, Ride
from app.tenancy import tenant_scope
from app.verdicts import RESEND_CODE

Kind = Literal["document", "ride"]
BUSY = Text(
    "se está trabajando en él en este momento, o acaba de cambiar",
    "it is being worked on at this moment, or has just changed",
)
DECIDED = Text("ya está autorizado: no queda nada que preguntar", "it is authorized: nothing is left to ask")
UNKNOWN_THERE = Text(
    "todavía no consta que el SRI lo tenga: al reintentar se pregunta antes de reenviar",
    "nothing shows yet that the SRI has it: a retry asks before it sends again",
)
ASKABLE = [str(state) for state in (State.PENDING_AUTHORIZATION, *REFUSED)]
"""States in which the SRI may know more than we do."""


def retry(tenant_id: int, document_id: int, *, by: str, reason: str | None = None) -> tuple[Kind, State]:
    """Make the next step of a document, or of its RIDE, due now; which of the two, and the document's state.

    Raises ``Refused`` when it does not exist, is being worked on, or waits for a correction of its content.
    """
    with tenant_scope(tenant_id):
        came = retry_many(tenant_id, [document_id], by=by, reason=reason)[document_id]
    if isinstance(came, Text):
        raise Refused(came)
    return came


def retry_many(
    tenant_id: int, document_ids: Sequence[int], *, by: str, reason: str | None = None
) -> dict[int, tuple[Kind, State] | Text]:
    """``retry`` of many as a part of the caller's transaction, inside the tenant's scope.

    Of each either what is due now, or why it was left alone.
    """
    known = Document.select(
        Document.id, Document.state, Document.access_key, Document.needs_person_code
    ).where(Document.tenant_id == tenant_id, Document.id.in_(document_ids))
    documents = {document.id: document for document in known}
    with_ride = _with_ride([one for one, document in documents.items() if document.state == State.AUTHORIZED])
    came: dict[int, tuple[Kind, State] | Text] = {
        one: _why_not(State(documents[one].state), finished=one in with_ride)
        if one in documents
        else no_such_document(one).text
        for one in document_ids
    }
    for state in (*MOVING, State.AUTHORIZED):
        asked = [one for one, document in documents.items() if document.state == state]
        kind: Kind = "ride" if state == State.AUTHORIZED else "document"
        came |= dict.fromkeys(_released(tenant_id, asked, state), (kind, state))
    done = [documents[one] for one, what in came.items() if not isinstance(what, Text)]
    _resolve_alerts(tenant_id, done)
    audit_many(
        tenant_id, [f"document {document.id}" for document in done], by=by, action="retry", reason=reason
    )
    return came


def _released(tenant_id: int, document_ids: Sequence[int], state: State) -> list[int]:
    """Those of the documents, seen in ``state``, of which the next step is due now; a resend that is owed stays so."""
    if not document_ids:
        return []
    model: type[WorkRow] = Ride if state == State.AUTHORIZED else Document
    as_seen = Ride.path.is_null() if model is Ride else Document.state == str(state)
    owed = Case(None, [(model.last_error_code == RESEND_CODE, model.last_error_code)], None)
    rows = (
        model.update(**{**work.cleared(0), "last_error_code": owed})
        .where(model.tenant_id == tenant_id, model.id.in_(document_ids), work.free(model), as_seen)
        .returning(model.id)
        .execute()
    )
    return [int(row.id) for row in rows]


def _with_ride(authorized: Sequence[int]) -> set[int]:
    """Those of which nothing is left to make."""
    waiting = Ride.select(Ride.id).where(Ride.id.in_(authorized), Ride.path.is_null()) if authorized else ()
    return set(authorized) - {int(row.id) for row in waiting}


def _why_not(state: State, *, finished: bool) -> Text:
    if finished:
        return Text("ya está autorizado y su RIDE está guardado", "it is authorized and its RIDE is stored")
    if state in MOVING or state == State.AUTHORIZED:
        return BUSY
    return Text(
        f"su estado es «{STATES[state].es}»: hay que corregir su contenido, reenviar lo mismo no cambia nada",
        f"it is '{STATES[state].en}': its content must be corrected, sending the same changes nothing",
    )


def _resolve_alerts(tenant_id: int, documents: Sequence[Document]) -> None:
    subjects: dict[str, list[str]] = {}
    for document in documents:
        if document.needs_person_code:
            subject = document.access_key or str(document.id)
            subjects.setdefault(document.needs_person_code, []).append(subject)
    for code, of_code in subjects.items():
        resolve_alerts_about(tenant_id, code, of_code)


def ask(tenant_id: int, document_id: int, *, by: str, reason: str | None = None) -> None:
    """Let the SRI be asked now about a document it has: pending, returned or rejected. Only its yes moves the last two.

    Raises ``Refused`` when it does not exist, is being worked on, was not sent yet, or is authorized.
    """
    with tenant_scope(tenant_id):
        document = Document.get_or_none(Document.tenant_id == tenant_id, Document.id == document_id)
        if document is None:
            raise no_such_document(document_id)
        if document.state not in ASKABLE:
            raise Refused(DECIDED if document.state == State.AUTHORIZED else UNKNOWN_THERE)
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
            raise Refused(BUSY)
        audit(tenant_id, by=by, action="ask_sri", target=f"document {document_id}", reason=reason)
