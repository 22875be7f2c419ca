"""A person corrects what the SRI refused: back to draft, beside all that was sent before, and on its way again."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from app import number_taken, work
from app.auditing import audit
from app.contents import columns_of
from app.documents.base import Draft
from app.documents.reading import read
from app.documents.registry import document_type
from app.ecuador import ECUADOR
from app.errors import Invalid, Mistyped, Problem, Refused, Text
from app.finding import no_such_document
from app.intake import Offer, judge_again
from app.lifecycle import MOVES, Event, State
from app.retrying import BUSY
from app.sri.codes import SIGNED_ANEW, Follow, describe
from app.store.advance import advance
from app.store.documents import Document, History
from app.store.tenants import Tenant
from app.tenancy import tenant_scope
from app.work import Claim

CORRECTABLE = [str(state) for state in sorted(MOVES[Event.CORRECTED][0])]
OF_ITS_CONTENT = Text(
    "el SRI rechazó su contenido: se corrige en él mismo, lo mismo firmado de nuevo volvería rechazado",
    "the SRI refused its content: mend that, the same signed anew would be refused again",
)
Kept = Literal["key", "number", "nothing"]
"""What the next version keeps of the last: key, number and date; the number under a new key; or neither."""


@dataclass(frozen=True)
class Corrected:
    """A document that is a draft again; ``warnings`` are remarks about its new content that do not refuse it."""

    document_id: int
    kept: Kept
    warnings: tuple[Problem, ...] = ()


def correct(
    tenant_id: int,
    document_id: int,
    *,
    by: str,
    reason: str,
    offer: Offer | None = None,
    new_number: bool = False,
) -> Corrected:
    """Take a returned or rejected document back to draft, with the content of ``offer`` or with its own.

    Key and number stay (ficha 5.10), except that after code 65 the date is that of the new signature and so the key
    is new, and that after code 45 a person may take a ``new_number``. The reference stays in any case.
    Raises ``Refused`` when it does not exist, is not in such a state, is being worked on, or the last refusal does
    not allow a new number; ``Invalid`` with every problem of the new content. Then nothing has changed.
    """
    if not reason.strip():
        raise Mistyped(
            Text(
                "diga por qué se corrige: queda en la historia del comprobante",
                "say why it is corrected: it stays in the document's history",
            )
        )
    with tenant_scope(tenant_id):
        return _correct(tenant_id, document_id, by=by, reason=reason, offer=offer, new_number=new_number)


def sign_anew_within(tenant_id: int, document_id: int, *, by: str, reason: str) -> Corrected:
    """``correct`` with the content it has, as a part of the caller's transaction, inside the tenant's scope.

    Raises ``Refused`` also when the SRI refused the content itself: the same would be refused again.
    """
    known = Document.select(Document.state, Document.refused_code).where(
        Document.tenant_id == tenant_id, Document.id == document_id
    )
    found = known.for_update().get_or_none()
    if found is not None and found.state in CORRECTABLE and found.refused_code not in SIGNED_ANEW:
        raise Refused(OF_ITS_CONTENT)
    return _correct(tenant_id, document_id, by=by, reason=reason, offer=None, new_number=False)


def _correct(
    tenant_id: int, document_id: int, *, by: str, reason: str, offer: Offer | None, new_number: bool
) -> Corrected:
    mine = work.seize(Document, tenant_id, document_id, owner=by, only=Document.state.in_(CORRECTABLE))
    if mine is None:
        raise _why_not(tenant_id, document_id)
    codes = refusal_codes(mine.row)
    kept = _kept(mine, codes, new_number)
    on = mine.row.requested_date if kept != "number" else None
    dated = mine.row.issue_date if kept == "key" else on
    draft = _read(mine.row, offer, dated) if offer else None
    # Its own content is judged anew too: what it takes back may have been taken back by others meanwhile.
    content = draft or document_type(mine.row.doc_type).from_json(mine.row.content, dated or _today())
    warnings = judge_again(Tenant.get_by_id(tenant_id), content, dated, document_id)
    said = {"requested_date": on} | (columns_of(draft, on) if draft else {})
    facts = {"codes": codes, "kept": kept, "access_key": mine.row.access_key, "number": mine.row.number}
    facts["file"] = offer.filename if offer else None
    forgotten = _forgotten(kept)
    advance(mine, Event.CORRECTED, by=by, due_in=0, reason=reason, facts=facts, **forgotten, **said)
    _record(mine, kept, facts, by, reason)
    return Corrected(document_id, kept, (*(draft.warnings if draft else ()), *warnings))


def refusal_codes(document: Document) -> list[str]:
    """The codes of the SRI's last refusal of a document, in its order; inside the tenant's scope."""
    last = (
        History.select(History.facts)
        .where(
            History.document_id == document.id, History.event.in_([str(Event.RETURNED), str(Event.REJECTED)])
        )
        .order_by(History.seq.desc())
        .first()
    )
    return [str(message["code"]) for message in (last.facts.get("messages", []) if last else [])]


def _kept(mine: Claim, codes: list[str], new_number: bool) -> Kept:
    follows = {describe(code).follow for code in codes}
    if not new_number:
        return "number" if Follow.NEW_KEY in follows else "key"
    if Follow.NEW_NUMBER not in follows:
        said = f"el SRI respondió {', '.join(codes)}" if codes else "el SRI no dio ningún código"
        answered = f"the SRI answered {', '.join(codes)}" if codes else "the SRI gave no code"
        raise Refused(
            Text(
                f"solo se toma un número nuevo después del código 45 (secuencial registrado), y {said}: corrija sin "
                f"pedirlo, el comprobante conserva el número {mine.row.number}",
                f"a new number is taken only after code 45 (number registered), and {answered}: correct it without "
                f"asking for one, the document keeps the number {mine.row.number}",
            )
        )
    if key := number_taken.never_asked_about(mine.row):
        raise Refused(
            Text(
                f"todavía no se ha preguntado al SRI por la clave anterior {key}, que podría estar autorizada: "
                "corrija sin pedir un número nuevo, y se preguntará por ella si el SRI vuelve a decir que el número "
                "es de otro",
                f"the SRI has not been asked yet about the earlier key {key}, which may be authorized: correct it "
                "without a new number, and it will be asked about if the SRI says again that the number is another's",
            )
        )
    return "nothing"


def _read(document: Document, offer: Offer, on: date | None) -> Draft:
    draft = read(offer.raw, offer.filename, on or _today())
    fixed = {
        "infoTributaria.codDoc": (draft.doc_type, document.doc_type),
        "infoTributaria.estab": (draft.establishment, document.establishment),
        "infoTributaria.ptoEmi": (draft.emission_point, document.emission_point),
        "referencia": (draft.reference or document.reference, document.reference),
    }
    other = tuple(_not_this_one(field, *pair) for field, pair in fixed.items() if pair[0] != pair[1])
    if other:
        raise Invalid(other)
    return replace(draft, reference=document.reference)


def _today() -> date:
    return datetime.now(ECUADOR).date()


def _not_this_one(field: str, found: str, expected: str) -> Problem:
    return Problem(
        field,
        Text(
            f"dice «{found}» y el comprobante es «{expected}»",
            f"says '{found}'; the document's is '{expected}'",
        ),
        Text(
            "Corrija ese dato, o impórtelo como un comprobante aparte",
            "Mend it, or import it as a document of its own",
        ),
    )


def _forgotten(kept: Kept) -> dict[str, None]:
    """Columns that the next signature, sending and verdict fill anew."""
    always: dict[str, None] = dict.fromkeys(("signed_at", "received_at", "finished_at"))
    key: dict[str, None] = dict.fromkeys(("access_key", "issue_date"))
    number: dict[str, None] = dict.fromkeys(("sequence_number", "number"))
    match kept:
        case "key":
            return always
        case "number":
            return always | key
        case "nothing":
            return always | key | number


def _record(mine: Claim, kept: Kept, facts: dict[str, Any], by: str, reason: str) -> None:
    document: Document = mine.row
    audit(
        document.tenant_id,
        by=by,
        action="correct",
        target=f"document {document.id}",
        reason=reason,
        facts=facts,
    )
    if kept != "nothing":
        return
    given_up = document.sequence_number
    audit(
        document.tenant_id,
        by=by,
        action="numbers_skipped",
        target=f"{document.establishment}-{document.emission_point}",
        reason=reason,
        facts={
            "environment": document.environment,
            "doc_type": document.doc_type,
            "establishment": document.establishment,
            "emission_point": document.emission_point,
            "first": given_up,
            "last": given_up,
            "document": document.id,
        },
    )


def _why_not(tenant_id: int, document_id: int) -> Refused:
    document = Document.get_or_none(Document.tenant_id == tenant_id, Document.id == document_id)
    if document is None:
        return no_such_document(document_id)
    if document.state not in CORRECTABLE:
        why = {
            State.DRAFT: Text("todavía no se ha enviado", "it was not sent yet"),
            State.SIGNED: Text(
                "está firmado y por enviar: espere la respuesta del SRI",
                "it is signed and about to be sent: wait for the SRI's answer",
            ),
            State.PENDING_AUTHORIZATION: Text(
                "el SRI aún no ha decidido: espere su respuesta",
                "the SRI has not decided yet: wait for its answer",
            ),
            State.AUTHORIZED: Text(
                "el SRI ya lo autorizó y no se puede cambiar: emita una nota de crédito",
                "the SRI authorized it and it cannot change: issue a credit note",
            ),
        }[State(document.state)]
        return Refused(Text(f"está en {document.state}: {why.es}", f"it is in {document.state}: {why.en}"))
    return Refused(BUSY)
