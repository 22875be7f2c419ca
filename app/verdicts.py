"""What a verdict of the SRI does to a document, and when an old or foreign verdict must not count."""

import hashlib
from typing import Any

from lxml import etree
from peewee import fn

from app import access_key, halts, sentences, work
from app.alerts import raise_alert
from app.documents.reading import read
from app.errors import Invalid, Text
from app.exchanges import Call
from app.lifecycle import Event, State
from app.outcome import Later, Moved, Outcome, Parked
from app.sri.codes import CATALOGUE, Follow, describe
from app.sri.gateway import Answer, Authorized, Message, Rejected, Returned
from app.store.advance import Beside, advance
from app.store.documents import Document, Emission, SriExchange
from app.store.prepared import NOW
from app.work import Claim

FIRST_POLL_S = 2.0
RESEND_AFTER_39_S = 600.0
KEY_OF_ANOTHER = "key_of_another_sale"
RESEND_CODE = "39"
"""Left on a pending document as its last error, this code makes the next check send the same bytes again."""


def words(answer: Answer) -> dict[str, Any]:
    """The SRI's messages, for the history."""
    return {"messages": [{"code": m.code, "text": m.text, "detail": m.detail} for m in answer.messages]}


def receive(claim: Claim, answer: Answer) -> Outcome:
    """The SRI holds the document, whatever word it used: its verdict is asked for soon."""
    advance(
        claim,
        Event.RECEIVED,
        by="SRI",
        due_in=FIRST_POLL_S,
        facts=words(answer),
        received_at=NOW,
    )
    return Moved(State.PENDING_AUTHORIZATION, due_in=FIRST_POLL_S)


_AUTHORIZE = """, yes as (
    insert into document_authorization
        (document_id, tenant_id, number, authorized_at, xml, sha256, as_sent, exchange_id)
    select id, %(tenant)s, %(said_number)s, %(said_at)s, %(xml)s, %(sha256)s, %(as_sent)s, %(exchange)s from moved
), printing as (
    insert into ride (id, tenant_id, next_attempt_at, published_at) select id, %(tenant)s, now(), now() from moved
)"""


def authorize(claim: Claim, answer: Authorized, emission: Emission, call: Call) -> Outcome:
    """The SRI's yes, always believed. Other bytes than those sent last raise an alarm; the RIDE is made from them.

    ``emission`` is what was asked about; under an earlier key than the document's own, that key becomes its own.
    Only a yes to what is plainly ``another_sale`` is nobody's here: the document waits and so does the taxpayer.
    """
    came = answer.comprobante or bytes(emission.xml)
    if another_sale(claim.row, came, emission):
        return _not_ours(claim, emission)
    version = _version_of(came, emission)
    same = version == claim.row.version
    yes = {
        "said_number": answer.number or emission.access_key,
        "said_at": answer.at,
        "xml": came,
        "sha256": hashlib.sha256(came).hexdigest(),
        "as_sent": same,
        "exchange": call.exchange_id,
    }
    advance(
        claim,
        Event.AUTHORIZED,
        by="SRI",
        facts=words(answer) | {"as_sent": same, "version": version},
        beside=Beside(_AUTHORIZE, yes),
        authorized_at=answer.at or NOW,
        finished_at=NOW,
        **({} if emission.access_key == claim.row.access_key else _named_by(emission.access_key)),
    )
    if not same:
        raise_alert(claim.tenant_id, *_alarm(version, emission.access_key))
    return Moved(State.AUTHORIZED)


def another_sale(document: Document, came: bytes, emission: Emission) -> bool:
    """Whether ``came`` was authorized under this document's key for another buyer or amount, and not by a correction.

    Then the database took a number twice: it lost what it knew (a restored disk), and its keys are worked out.
    """
    if emission.version != 1 or same_document(came, bytes(emission.xml)):
        return False
    refused = SriExchange.select().where(
        SriExchange.document_id == document.id, SriExchange.outcome.in_(("returned", "rejected"))
    )
    if refused.exists():
        return False
    try:
        draft = read(came, "", access_key.parse(emission.access_key).issue_date)
    except Invalid:
        return False
    return (draft.buyer_id, draft.total) != (document.buyer_id, document.total)


def _not_ours(claim: Claim, emission: Emission) -> Outcome:
    why = sentences.said(KEY_OF_ANOTHER, key=emission.access_key)
    work.park(claim, KEY_OF_ANOTHER, why.es)
    raise_alert(claim.tenant_id, KEY_OF_ANOTHER, emission.access_key, why)
    halts.stand(claim.tenant_id, None, halts.RESTORED, why.es, "autoriza")
    return Parked(why.es)


def _alarm(version: int | None, key: str) -> tuple[str, str, Text]:
    if version is None:
        other = Text(
            "el SRI autorizó un comprobante distinto del que enviamos: compare ambos archivos; el RIDE usa el del SRI",
            "the SRI authorized another document than the one we sent: compare both files; the RIDE uses the SRI's",
        )
        return "other_bytes_authorized", key, other
    earlier = Text(
        f"el SRI autorizó la versión {version}, anterior a la última corrección, que ya no vale: revise el RIDE, y si "
        "lo autorizado está mal emita una nota de crédito",
        f"the SRI authorized version {version}, from before the last correction, which is void now: look at the RIDE, "
        "and if what was authorized is wrong issue a credit note",
    )
    return "earlier_version_authorized", key, earlier


def _version_of(came: bytes, asked: Emission) -> int | None:
    """Which of our versions the SRI authorized, the one asked about first; None when it is none of ours."""
    if same_document(came, bytes(asked.xml)):
        return int(asked.version)
    others = (
        Emission.select()
        .where(Emission.document_id == asked.document_id, Emission.version != asked.version)
        .order_by(Emission.version.desc())
    )
    return next((int(one.version) for one in others if same_document(came, bytes(one.xml))), None)


def _named_by(key: str) -> dict[str, Any]:
    """The columns that name a document by ``key``."""
    parts = access_key.parse(key)
    return {
        "access_key": key,
        "issue_date": parts.issue_date,
        "sequence_number": parts.sequence_number,
        "number": parts.number,
    }


def reject(claim: Claim, answer: Rejected, emission: Emission) -> Outcome:
    """An explicit NO AUTORIZADO that ``counts``.

    Code 39 that names OCSP or the trust chain is answered, once, by sending the same bytes again after 10 minutes.
    """
    trouble = _signature_service_trouble(answer)
    if trouble and claim.row.state == State.SIGNED:
        return receive(claim, answer)  # its receipt was lost; sending again is the check step's business
    if trouble and not _resent(claim, emission):
        wait = _until_resend(claim, emission)
        work.sleep(claim, wait, code=RESEND_CODE, why=sentences.said("certificate_unchecked").es)
        return Later(wait, RESEND_CODE)
    halts.place_for(claim.row, answer)
    _tell_unknown_codes(claim, answer)
    advance(claim, Event.REJECTED, by="SRI", facts=words(answer), finished_at=NOW, **refused_for(answer))
    return Moved(State.REJECTED)


def resend_is_due(claim: Claim, emission: Emission) -> bool:
    """Whether the check step owes the SRI the same bytes once more; a sending of unknown outcome is no longer owed."""
    return claim.row.last_error_code == RESEND_CODE and not _resent(claim, emission)


def _until_resend(claim: Claim, emission: Emission) -> float:
    """Seconds left of the wait, which began with the first such refusal, whoever asked again meanwhile."""
    first = (
        SriExchange.select(fn.date_part("epoch", fn.clock_timestamp() - fn.min(SriExchange.finished_at)))
        .where(
            SriExchange.document_id == claim.id,
            SriExchange.version == emission.version,
            SriExchange.outcome == "rejected",
        )
        .scalar()
    )
    return max(0.0, RESEND_AFTER_39_S - float(first or 0))


def give_back(claim: Claim, answer: Returned) -> Outcome:
    """An explicit DEVUELTA: the document never entered the SRI, and a person corrects it."""
    halts.place_for(claim.row, answer)
    _tell_unknown_codes(claim, answer)
    advance(claim, Event.RETURNED, by="SRI", facts=words(answer), finished_at=NOW, **refused_for(answer))
    return Moved(State.RETURNED)


def refused_for(answer: Answer) -> dict[str, Any]:
    """The columns that say why: the first message that is no mere warning."""
    grave = [m for m in answer.messages if describe(m.code).follow is not Follow.SHOW] or answer.messages
    return {"refused_code": grave[0].code, "refused_text": grave[0].text} if grave else {}


def _tell_unknown_codes(claim: Claim, answer: Answer) -> None:
    """The SRI's word decides all the same; a code outside its manual is told once, and counted."""
    for message in answer.messages:
        if message.code not in CATALOGUE:
            subject = message.code or "—"
            raise_alert(claim.tenant_id, "unknown_sri_code", subject, _unknown(claim.row.access_key, message))


def _unknown(key: str, message: Message) -> Text:
    return Text(
        f"el SRI rechazó el comprobante {key} con el código «{message.code}» ({message.text or 'sin texto'}), "
        "que no está en su ficha técnica: lea su mensaje y decida",
        f"the SRI refused the document {key} with the code '{message.code}' ({message.text or 'no text'}), "
        "which is not in its manual: read its message and decide",
    )


def counts(answer: Rejected, emission: Emission) -> bool:
    """After a corrected resend a refusal counts only for the bytes last sent, or when it is later than that send."""
    if emission.version == 1:
        return True
    if answer.comprobante and same_document(answer.comprobante, bytes(emission.xml)):
        return True
    return answer.at is not None and answer.at > emission.created_at


def same_document(one: bytes, other: bytes) -> bool:
    """Whether both are the same XML, whatever their declaration, quoting and entities."""
    if one == other:
        return True
    try:
        return _canonical(one) == _canonical(other)
    except (etree.XMLSyntaxError, etree.C14NError):  # the latter for entities, which are never expanded
        return False


def _canonical(xml: bytes) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return bytes(etree.tostring(etree.fromstring(xml.strip(), parser), method="c14n"))


def _signature_service_trouble(answer: Rejected) -> bool:
    said = " ".join(f"{m.text} {m.detail}" for m in answer.messages if m.code == "39").upper()
    return any(word in said for word in ("OCSP", "CADENA DE CONFIANZA", "REVOCA"))


def _resent(claim: Claim, emission: Emission) -> bool:
    """Whether the bytes were sent again after the SRI had received them, and may have arrived."""
    again = SriExchange.select().where(
        SriExchange.document_id == claim.id,
        SriExchange.version == emission.version,
        SriExchange.operation == "submit",
        SriExchange.started_at > claim.row.received_at,
        SriExchange.sent.is_null() | SriExchange.sent,
    )
    return bool(again.exists())
