"""The steps of a document's way to the SRI: sign, submit, check. Each is one claim, at most one call, one outcome."""

import hashlib
import secrets
from datetime import UTC, date, datetime
from itertools import count

import structlog

from app import (
    access_key,
    asking,
    certificate_store,
    continuity,
    draft,
    exchanges,
    issue_dates,
    number_taken,
    sentences,
    work,
)
from app.alerts import raise_alert
from app.documents.base import Identity
from app.documents.registry import document_type
from app.ecuador import ECUADOR
from app.errors import TenantMustAct
from app.kill_points import reached
from app.lifecycle import Event, State
from app.numbering import take_number
from app.numeric_codes import numeric_code
from app.outcome import Held, Later, Moved, Outcome, Parked
from app.run_results import Result
from app.services import Services
from app.signing import sign as sign_xml
from app.signing import verify
from app.sri.gateway import (
    Authorized,
    Environment,
    InProcess,
    NotFound,
    Received,
    Reception,
    Rejected,
    Returned,
    TryAgain,
    UnknownWord,
    Verdict,
)
from app.store.advance import Beside, advance
from app.store.documents import Document, Emission, History, SriExchange
from app.store.prepared import NOW, Prepared
from app.tenancy import tenant_scope
from app.time_scale import scaled
from app.verdicts import authorize, counts, give_back, receive, reject, resend_is_due
from app.work import Claim


def sign(claim: Claim, services: Services) -> Outcome:
    """draft -> signed: number, date, access key, XML and signature in one transaction, or nothing of it."""
    document: Document = claim.row
    issue_dates.limited(Environment(document.environment), services.settings.sri_max_age_days)
    try:
        with tenant_scope(claim.tenant_id):
            certificate_id, key = services.keys.current(claim.tenant_id)
            sale = draft.read(document, services.settings.ruc_proveedor)
            # Numbers are taken one after the other until this is committed: nothing is waited for from here on.
            identity = _identity(document, sale, datetime.now(ECUADOR).date())
            unsigned = document_type(document.doc_type).build_xml(sale.content, sale.issuer, identity)
            signed = sign_xml(unsigned, key, datetime.now(ECUADOR), services.settings.signature_digest)
            if secrets.randbelow(10_000) < services.settings.verify_share * 10_000:
                verify(signed)
            _store_emission(claim, identity, signed, certificate_id)
            reached("before_signing_commit")
        reached("after_signing_commit")
    except TenantMustAct as trouble:
        return _wait_for_the_taxpayer(claim, trouble)
    except continuity.Displaced:
        return _hold_everyone(claim)
    return Moved(State.SIGNED)


def _hold_everyone(claim: Claim) -> Outcome:
    """The database was restored under us: the drafts wait with everybody else's until the SRI was asked."""
    continuity.hold_if_displaced(by="autoriza")
    with tenant_scope(claim.tenant_id):
        work.give_back(claim)
    return Held(Result.RESTORED)


def _wait_for_the_taxpayer(claim: Claim, trouble: TenantMustAct) -> Outcome:
    """Set the draft aside until a person acts, or until the certificate that is staged already takes over."""
    now = datetime.now(UTC)
    with tenant_scope(claim.tenant_id):
        lacks_certificate = trouble.code in certificate_store.WAITING_FOR_ONE
        wait = certificate_store.seconds_to_next(claim.tenant_id, now) if lacks_certificate else None
        if wait is None:
            work.park(claim, trouble.code, trouble.text.es)
        else:
            work.sleep(claim, wait, code=trouble.code, why=trouble.text.es, spent=False)
        if wait != 0:  # else one was installed this very moment
            raise_alert(claim.tenant_id, trouble.code, "signing", trouble.text)
    return Parked(trouble.text.es) if wait is None else Later(wait, trouble.code)


_EMIT = """, emitted as (
    insert into emission (document_id, version, tenant_id, access_key, xml, sha256, certificate_id, by, reason)
    select id, %(version)s, %(tenant)s, %(access_key)s, %(xml)s, %(sha256)s, %(certificate)s, %(whose)s, %(why)s
    from moved
)"""


def _store_emission(claim: Claim, identity: Identity, signed: bytes, certificate_id: int) -> None:
    version = claim.row.version + 1
    by, reason = _whose(claim.row)
    digest = hashlib.sha256(signed).hexdigest()
    emission = {"xml": signed, "sha256": digest, "certificate": certificate_id, "whose": by, "why": reason}
    structlog.contextvars.bind_contextvars(access_key=identity.access_key)
    number = f"{identity.establishment}-{identity.emission_point}-{identity.sequence_number:09d}"
    advance(
        claim,
        Event.SIGNED,
        by="autoriza",
        due_in=0,
        facts={"access_key": identity.access_key, "number": number, "version": version},
        beside=Beside(_EMIT, emission),
        access_key=identity.access_key,
        sequence_number=identity.sequence_number,
        number=number,
        issue_date=identity.issue_date,
        version=version,
        signed_at=NOW,
    )


def _whose(document: Document) -> tuple[str, str]:
    """By whom there is a new version, and why: the service itself, or the person who corrected the last one."""
    correction = (
        History.select()
        .where(History.document_id == document.id, History.event == str(Event.CORRECTED))
        .order_by(History.seq.desc())
        .first()
        if document.version
        else None
    )
    return (correction.by, correction.reason) if correction else ("autoriza", "first emission")


def _identity(document: Document, sale: draft.Sale, today: date) -> Identity:
    number = document.sequence_number or take_number(document)
    if document.access_key and document.issue_date:  # corrected: same key and number (ficha 5.10)
        key, issue_date = document.access_key, document.issue_date
    else:
        issue_date = document.requested_date or today
        environment = Environment(document.environment)
        place = (document.establishment, document.emission_point, number)
        for turn in count(document.version):  # mostly the first; a number given up has left a key behind
            code = numeric_code(sale.code_seed, environment, document.doc_type, *place, turn)
            key = access_key.build(issue_date, document.doc_type, sale.issuer.ruc, environment, *place, code)
            if not _SIGNED_BEFORE.rows(tenant=document.tenant_id, key=key):
                break
    return Identity(key, issue_date, document.establishment, document.emission_point, number)


_SIGNED_BEFORE = Prepared(
    "select from emission where tenant_id = %(tenant)s and access_key = %(key)s limit 1"
)


def submit(claim: Claim, services: Services) -> Outcome:
    """signed -> pending_authorization | returned (| authorized | rejected, when the SRI turns out to know the key).

    Safe to repeat: the access key is the identity. After a call of unknown outcome it asks before it sends again.
    """
    with tenant_scope(claim.tenant_id):
        emission, called = asking.signed_bytes(claim)
        past = exchanges.of_emission(claim.id, emission.version) if called else []
        refusal = number_taken.on_record(past)
        operation = exchanges.next_call(past, ask_for_s=services.settings.ask_before_resend_s)
        call = None if refusal else asking.open_call(claim, operation, emission, services)
    if refusal:
        return number_taken.ask(claim, refusal, services)
    return asking.answered(
        claim,
        call,
        emission,
        services,
        lambda answer, made: _after_submit(claim, answer, emission, made, services),
    )


def _after_submit(
    claim: Claim, answer: Reception | Verdict, emission: Emission, call: exchanges.Call, services: Services
) -> Outcome:
    match answer:
        case Received() | InProcess():
            return receive(claim, answer)
        case Returned() if number_taken.concerns(answer) and number_taken.other_key(
            claim.row, SriExchange.get_by_id(call.exchange_id), services.settings.ask_before_resend_s
        ):
            return number_taken.wait(claim)
        case Returned():
            return give_back(claim, answer)
        case Authorized():
            return authorize(claim, answer, emission, call)
        case Rejected() if counts(answer, emission):
            return reject(claim, answer, emission)
        case NotFound() | Rejected():
            past = exchanges.of_emission(claim.id, emission.version)
            ask_for_s = services.settings.ask_before_resend_s
            wait = exchanges.wait_after_empty(past, ask_for_s=ask_for_s)
            return _not_taken(claim, answer, wait)
        case TryAgain():
            return _not_taken(claim, answer, work.backoff(claim.attempts))
        case UnknownWord():
            return asking.not_understood(claim, answer)


def _not_taken(claim: Claim, answer: Reception | Verdict, wait_s: float) -> Outcome:
    work.sleep(claim, wait_s, code=type(answer).__name__, why=sentences.said("not_taken").es)
    return Later(wait_s, type(answer).__name__)


def check(claim: Claim, services: Services) -> Outcome:
    """pending_authorization -> authorized | rejected, or ask again later. Only an explicit refusal rejects."""
    with tenant_scope(claim.tenant_id):
        emission, _ = asking.signed_bytes(claim)
        call = asking.open_call(claim, _check_by(claim, emission, services), emission, services)
    return asking.answered(
        claim,
        call,
        emission,
        services,
        lambda answer, made: _after_check(claim, answer, emission, made, services),
    )


def _check_by(claim: Claim, emission: Emission, services: Services) -> exchanges.Operation:
    """Mostly a question; the same bytes again when the SRI asks for them, or never said that it received them.

    Pending without its RECIBIDA is what the SRI once called in process; it may have meant the version before.
    """
    if resend_is_due(claim, emission):
        return "submit"
    if claim.attempts <= exchanges.EMPTY_ANSWERS_BEFORE_RESEND:
        return "query"
    past = exchanges.of_emission(claim.id, emission.version)
    if any(exchange.outcome == "received" for exchange in past):
        return "query"
    return exchanges.next_call(past, ask_for_s=services.settings.ask_before_resend_s)


def _after_check(
    claim: Claim, answer: Reception | Verdict, emission: Emission, call: exchanges.Call, services: Services
) -> Outcome:
    match answer:
        case Authorized():
            return authorize(claim, answer, emission, call)
        case Rejected() if counts(answer, emission):
            return reject(claim, answer, emission)
        case NotFound() | InProcess() | Received() | TryAgain() | Rejected():
            return _ask_again(claim, call, services.settings.poll_for_hours)
        case Returned():
            return give_back(claim, answer)
        case UnknownWord():
            return asking.not_understood(claim, answer)


def _ask_again(claim: Claim, call: exchanges.Call, hours: float) -> Outcome:
    """Later; after ``hours`` a person, unless nobody was asking until now: an outage's hours are not the SRI's own."""
    received = claim.row.received_at
    over = received and (datetime.now(UTC) - received).total_seconds() > hours * 3600
    if over and exchanges.answered_lately(claim.id, call, within_s=scaled(asking.OFTEN_ENOUGH_S)):
        return asking.undecided(claim, hours)
    wait = scaled(asking.POLLS_S[min(claim.attempts, len(asking.POLLS_S) - 1)])
    work.sleep(claim, wait, code=work.UNDECIDED_YET, why=sentences.said("not_decided").es)
    return Later(wait, work.UNDECIDED_YET)
