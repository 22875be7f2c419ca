"""A comprobante that the SRI holds and this database has forgotten becomes a document of it, as if it had never left.

It fills the document that has its number, else the draft with the same content (which must not be issued again), else a
new one. Every move is a legal one and is on record.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

from peewee import fn

from app import access_key, exchanges, intake, sentences, verdicts, work
from app.access_key import AccessKey
from app.alerts import raise_alert
from app.contents import columns_of
from app.documents.additional import is_added
from app.documents.base import Draft
from app.documents.reading import read
from app.errors import Invalid, Text
from app.lifecycle import FIRST, Event, State
from app.number_taken import CODE, NUMBER_OF_ANOTHER
from app.sri.gateway import Authorized, Rejected
from app.store.advance import advance, append
from app.store.documents import Document, Emission, SriExchange
from app.store.prepared import NOW
from app.work import Claim

SIMILAR = "maybe_issued"
Adopted = Literal["known", "authorized", "filled", "new", "rejected", "conflict", "unreadable"]
_OPEN = [str(state) for state in State if state not in (State.DRAFT, State.AUTHORIZED)]
_REASON = sentences.said("adopted").es


def adopt(tenant_id: int, key: str, answer: Authorized | Rejected, *, by: str) -> Adopted:
    """Make ours what the SRI says of ``key``; what that came to. Inside the tenant's scope.

    ``conflict``: the number is that of another document that is authorized too. ``unreadable``: the comprobante is not
    one we could have written. Both raise an alert and change nothing else.
    Raises ``work.Refused`` when somebody works on the document at this moment.
    """
    own = Emission.get_or_none(Emission.tenant_id == tenant_id, Emission.access_key == key)
    if own is not None:
        return _decide_own(tenant_id, own, answer, by)
    parts = access_key.parse(key)
    try:
        draft = read(answer.comprobante, f"{key}.xml", parts.issue_date)
    except Invalid as refusal:
        unread = Text(
            f"el SRI tiene {key} y no se puede leer: {refusal.text.es}",
            f"the SRI holds {key} and it cannot be read: {refusal.text.en}",
        )
        return _tell(tenant_id, "unreadable", key, unread)
    document_id, came = _place_for(tenant_id, parts, draft, by)
    if document_id is None:
        twice = Text(
            f"el número {parts.number} tiene dos comprobantes autorizados; el que no consta aquí es {key}: anule uno "
            "de los dos en el portal del SRI",
            f"the number {parts.number} has two authorized documents; the one not on record here is {key}: cancel one "
            "of them on the SRI's site",
        )
        return _tell(tenant_id, "conflict", key, twice)
    claim = _seized(tenant_id, document_id, by)
    emission = _emission(claim, parts, answer, by)
    _conclude(tenant_id, emission, answer, by)
    return "rejected" if isinstance(answer, Rejected) else came


def _decide_own(tenant_id: int, own: Emission, answer: Authorized | Rejected, by: str) -> Adopted:
    document = Document.get_by_id(own.document_id)
    if isinstance(answer, Rejected) or document.state not in _OPEN:
        return "known"
    if verdicts.another_sale(document, answer.comprobante or bytes(own.xml), own):
        return _give_up_number(tenant_id, document, own, by)
    _conclude(tenant_id, own, answer, by)
    return "authorized"


def _give_up_number(tenant_id: int, document: Document, own: Emission, by: str) -> Adopted:
    """The key is another sale's: as after code 45, a person lets the document take a number of its own."""
    sentence = sentences.said("number_of_another_sale", key=own.access_key, document=document.id)
    if document.state in (State.SIGNED, State.PENDING_AUTHORIZATION):
        said = [{"code": CODE, "text": "SECUENCIAL REGISTRADO", "detail": sentence.es}]
        advance(
            _seized(tenant_id, int(document.id), by),
            Event.RETURNED,
            by=by,
            facts={"messages": said},
            reason=sentence.es,
            refused_code=CODE,
            refused_text=sentence.es,
        )
    return _tell(tenant_id, "conflict", str(own.access_key), sentence)


def _place_for(tenant_id: int, parts: AccessKey, draft: Draft, by: str) -> tuple[int | None, Adopted]:
    here = _at(tenant_id, parts)
    holder = Document.select().where(*here, Document.sequence_number == parts.sequence_number).first()
    if holder is not None:
        return (None, "conflict") if holder.state == State.AUTHORIZED else (int(holder.id), "filled")
    waiting = Document.select().where(
        *here, Document.state == State.DRAFT, Document.sequence_number.is_null()
    )
    alike = waiting.where(Document.buyer_id == draft.buyer_id, Document.total == draft.total)
    candidates = list(alike.order_by(Document.id))
    for one in candidates:
        if _content(one.content) == _content(draft.content):
            return int(one.id), "filled"
    for one in candidates:
        _ask_about_similar(tenant_id, one, parts, by)
    return _new(tenant_id, parts, draft, by), "new"


def _at(tenant_id: int, parts: AccessKey) -> tuple[Any, ...]:
    return (
        Document.tenant_id == tenant_id,
        Document.environment == parts.environment,
        Document.doc_type == parts.doc_type,
        Document.establishment == parts.establishment,
        Document.emission_point == parts.emission_point,
    )


def _content(said: Mapping[str, Any]) -> Any:
    """What a document says of its own, less what signing adds."""
    fields = [field for field in said.get("infoAdicional", ()) if not is_added(field["nombre"])]
    return json.loads(json.dumps({**said, "infoAdicional": fields}))


def _ask_about_similar(tenant_id: int, draft: Document, parts: AccessKey, by: str) -> None:
    """A draft for the same buyer and amount may be the same sale: a person decides, nobody signs it meanwhile."""
    claim = work.seize(Document, tenant_id, draft.id, owner=by, only=Document.state == str(State.DRAFT))
    if claim is not None and claim.row.needs_person_since is None:
        work.park(claim, SIMILAR, sentences.said(SIMILAR, number=parts.number, document=draft.id).es)
    elif claim is not None:
        work.park(claim, claim.row.needs_person_code, claim.row.needs_person_reason)


def _new(tenant_id: int, parts: AccessKey, draft: Draft, by: str) -> int:
    intake.know_place(tenant_id, draft)
    said = columns_of(draft, None)
    twins = Document.select().where(
        Document.tenant_id == tenant_id, Document.content_sha256 == said["content_sha256"]
    )
    reference = f"{intake.RECONCILED}{said['content_sha256']}:{twins.count() + 1}"
    document_id = Document.insert(
        **said,
        tenant_id=tenant_id,
        reference=reference,
        doc_type=parts.doc_type,
        environment=parts.environment,
        establishment=parts.establishment,
        emission_point=parts.emission_point,
        state=FIRST[1],
        imported_by=by,
        created_at=fn.now(),
    ).execute()
    append(tenant_id, int(document_id), FIRST[0], None, FIRST[1], by=by, facts={"reference": reference})
    return int(document_id)


def _seized(tenant_id: int, document_id: int, by: str) -> Claim:
    claim = work.seize(Document, tenant_id, document_id, owner=by, only=Document.id == document_id)
    if claim is None:
        raise work.Refused(f"document {document_id} is being worked on")
    return claim


def _emission(claim: Claim, parts: AccessKey, answer: Authorized | Rejected, by: str) -> Emission:
    """The version the SRI holds, as the document's newest; a draft is signed by it."""
    version = int(claim.row.version) + 1
    emission = {
        "document_id": claim.id,
        "version": version,
        "tenant_id": claim.tenant_id,
        "access_key": str(parts),
        "xml": answer.comprobante,
        "sha256": hashlib.sha256(answer.comprobante).hexdigest(),
        "by": by,
        "reason": _REASON,
    }
    Emission.insert(**emission).execute()
    named: dict[str, Any] = {
        "access_key": str(parts),
        "sequence_number": parts.sequence_number,
        "number": parts.number,
        "issue_date": parts.issue_date,
        "version": version,
    }
    if claim.row.state == State.DRAFT:
        facts = {"access_key": str(parts), "number": parts.number, "version": version, "reconciled": True}
        advance(claim, Event.SIGNED, by=by, reason=_REASON, facts=facts, signed_at=NOW, **named)
    else:
        Document.update(**named).where(claim.still_mine()).execute()
        work.finish(claim)
    return Emission(**emission)


def _conclude(tenant_id: int, emission: Emission, answer: Authorized | Rejected, by: str) -> None:
    mine = _seized(tenant_id, int(emission.document_id), by)
    call = _on_record(mine, emission, answer)
    if isinstance(answer, Authorized):
        verdicts.authorize(mine, answer, emission, call)
    else:
        refused = verdicts.refused_for(answer)
        advance(mine, Event.REJECTED, by="SRI", facts=verdicts.words(answer), finished_at=NOW, **refused)


def _on_record(claim: Claim, emission: Emission, answer: Authorized | Rejected) -> exchanges.Call:
    """The question that was asked before there was a document to file it under."""
    now = datetime.now(UTC)
    row = SriExchange.insert(
        tenant_id=claim.tenant_id,
        document_id=claim.id,
        version=emission.version,
        access_key=emission.access_key,
        environment=int(emission.access_key[23]),
        operation="query",
        request_sha256=hashlib.sha256(emission.access_key.encode()).hexdigest(),
        started_at=now,
        finished_at=now,
        outcome="authorized" if isinstance(answer, Authorized) else "rejected",
        sent=True,
        http_status=answer.http_status,
        messages=[asdict(message) for message in answer.messages],
        response=answer.raw[: exchanges.RAW_KEPT],
    ).execute()
    return exchanges.Call(int(row), "query", str(emission.access_key), now)


def _tell(tenant_id: int, came: Adopted, key: str, sentence: Text) -> Adopted:
    kind = NUMBER_OF_ANOTHER if came == "conflict" else "reconcile"
    raise_alert(tenant_id, kind, key, Text(sentence.es[:2000], sentence.en[:2000]))
    return came
