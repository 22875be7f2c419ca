"""Code 45, the number is another key's: the SRI is asked about every other key of ours for it before a person is.

The document stays signed meanwhile. A key of its own that turns out to be authorized authorizes it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from peewee import fn

from app import asking, exchanges, sentences, work
from app.alerts import raise_alert
from app.errors import Text
from app.outcome import Later, Outcome
from app.services import Services
from app.sri.codes import Follow, describe
from app.sri.gateway import Authorized, InProcess, Message, Reception, Returned, UnknownWord, Verdict
from app.store.documents import Document, Emission, SriExchange
from app.tenancy import tenant_scope
from app.verdicts import authorize, give_back
from app.work import Claim

CODE = "45"
NUMBER_OF_ANOTHER = "number_of_another_document"
_NO_YES = ("rejected", "not_found")
_TYPE_TO_NUMBER = slice(8, 39)
"""The digits of a key that two keys of one number share: type, RUC, ambiente, establishment, point, secuencial."""


def concerns(answer: Returned) -> bool:
    """Whether the SRI returned the document because another key has its number."""
    return any(describe(message.code).follow is Follow.NEW_NUMBER for message in answer.messages)


def on_record(past: Sequence[SriExchange]) -> SriExchange | None:
    """The refusal for which a signed document waits, from its exchanges, oldest first; mostly there is none.

    Any other refusal is acted upon in the transaction that records it, and the document is signed no more.
    """
    sends = [exchange for exchange in past if exchange.operation == "submit"]
    return sends[-1] if sends and sends[-1].outcome == "returned" else None


def other_key(document: Document, refusal: SriExchange, ask_for_s: float) -> Emission | None:
    """The next key of ours to ask about since ``refusal``, or None when the SRI has said of each what it knows.

    Its own earlier ones, then those of other documents that bore the number once and gave it up.
    """
    return next((one for one in _others(document) if not _settled(one, refusal, ask_for_s)), None)


def never_asked_about(document: Document) -> str | None:
    """An earlier key of a returned document that was not asked about since, if there is any."""
    last = (
        SriExchange.select(fn.max(SriExchange.id))
        .where(
            SriExchange.document_id == document.id,
            SriExchange.version == document.version,
            SriExchange.operation == "submit",
        )
        .scalar()
    )
    return next((one.access_key for one in _own(document) if not _asked(one, last or 0)), None)


def wait(claim: Claim, seconds: float = 1.0) -> Outcome:
    """Leave the document signed, to ask (again) in a moment. Inside the tenant's scope."""
    work.sleep(claim, seconds, code=CODE, why=sentences.said("other_keys_asked").es)
    return Later(seconds, CODE)


def ask(claim: Claim, refusal: SriExchange, services: Services) -> Outcome:
    """Ask about one other key: authorized by its yes, asked again later, or returned when none is left."""
    patience_s = services.settings.ask_before_resend_s
    with tenant_scope(claim.tenant_id):
        other = other_key(claim.row, refusal, patience_s)
        if other is None:
            return give_back(claim, _as_said(refusal))
        call = asking.open_call(claim, "query", other, services)
    return asking.answered(
        claim,
        call,
        other,
        services,
        lambda answer, made: _about(claim, answer, other, made, refusal, services),
    )


def _about(
    claim: Claim,
    answer: Reception | Verdict,
    other: Emission,
    call: exchanges.Call,
    refusal: SriExchange,
    services: Services,
) -> Outcome:
    if isinstance(answer, Authorized):
        return _believe(claim, answer, other, call, refusal)
    return _no_yes(claim, answer, refusal, services)


def _believe(
    claim: Claim, answer: Authorized, other: Emission, call: exchanges.Call, refusal: SriExchange
) -> Outcome:
    if other.document_id == claim.id:
        return authorize(claim, answer, other, call)
    raise_alert(
        claim.tenant_id,
        NUMBER_OF_ANOTHER,
        claim.row.access_key,
        _borne_by_another(str(claim.row.number), other),
    )
    return give_back(claim, _as_said(refusal))


def _borne_by_another(number: str, other: Emission) -> Text:
    return Text(
        f"el número {number} lo lleva otro comprobante suyo (id {other.document_id}), que el SRI autorizó con la clave "
        f"{other.access_key}: si ese comprobante se emitió además con otro número, anule uno de los dos",
        f"the number {number} is borne by another document of theirs (id {other.document_id}), which the SRI "
        f"authorized under the key {other.access_key}: if that one was issued under another number too, "
        "cancel one of them",
    )


def _no_yes(claim: Claim, answer: Reception | Verdict, refusal: SriExchange, services: Services) -> Outcome:
    settings = services.settings
    if isinstance(answer, UnknownWord):
        return asking.not_understood(claim, answer)
    if other_key(claim.row, refusal, settings.ask_before_resend_s) is None:
        return give_back(claim, _as_said(refusal))
    if isinstance(answer, InProcess):
        if datetime.now(UTC) - refusal.started_at > timedelta(hours=settings.poll_for_hours):
            return asking.undecided(claim, settings.poll_for_hours)
        return wait(claim, asking.POLLS_S[min(claim.attempts, len(asking.POLLS_S) - 1)])
    return wait(claim, work.backoff(claim.attempts))


def _others(document: Document) -> list[Emission]:
    own = _own(document)
    number = str(document.access_key)[_TYPE_TO_NUMBER]
    elsewhere = _newest_of_each_key(
        Emission.select().where(
            Emission.tenant_id == document.tenant_id,
            Emission.document_id != document.id,
            fn.substr(Emission.access_key, _TYPE_TO_NUMBER.start + 1, len(number)) == number,
        )
    )
    return own + elsewhere


def _own(document: Document) -> list[Emission]:
    return _newest_of_each_key(
        Emission.select().where(
            Emission.document_id == document.id, Emission.access_key != document.access_key
        )
    )


def _newest_of_each_key(emissions: Iterable[Emission]) -> list[Emission]:
    newest = {one.access_key: one for one in sorted(emissions, key=lambda one: one.version)}
    return list(newest.values())


def _settled(one: Emission, refusal: SriExchange, ask_for_s: float) -> bool:
    """An explicit no, or as many empty answers over as long a time as before a resend (design 3.3)."""
    asked = _asked(one, refusal.id)
    if any(exchange.outcome == "rejected" for exchange in asked):
        return True
    if len(asked) < exchanges.EMPTY_ANSWERS_BEFORE_RESEND:
        return False
    return bool((asked[-1].started_at - refusal.started_at).total_seconds() >= ask_for_s)


def _asked(one: Emission, since: int) -> list[SriExchange]:
    return list(
        SriExchange.select(SriExchange.id, SriExchange.outcome, SriExchange.started_at)
        .where(
            SriExchange.document_id == one.document_id,
            SriExchange.access_key == one.access_key,
            SriExchange.operation == "query",
            SriExchange.outcome.in_(_NO_YES),
            SriExchange.id > since,
        )
        .order_by(SriExchange.id)
    )


def _as_said(refusal: SriExchange) -> Returned:
    messages = SriExchange.get_by_id(refusal.id).messages or []
    return Returned(tuple(Message(**message) for message in messages))
