"""The steps of a document's way to the SRI: sign, submit, check. Each is one claim, at most one call, one outcome."""

import hashlib
import secrets
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import structlog
from peewee import fn

from app import access_key, circuit, exchanges, work
from app.alerts import raise_alert
from app.documents.base import Identity, Issuer
from app.documents.registry import document_type
from app.errors import TenantMustAct, Unavailable
from app.kill_points import reached
from app.lifecycle import Event, State
from app.numbering import take_number
from app.outcome import Held, Later, Moved, Outcome, Parked
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
from app.store.advance import advance
from app.store.documents import Document, Emission
from app.store.tenants import Establishment, Tenant
from app.tenancy import tenant_scope
from app.time_scale import scaled
from app.verdicts import authorize, counts, give_back, receive, reject, resend_is_due
from app.work import Claim

ECUADOR = ZoneInfo("America/Guayaquil")
_HELD = Held("the SRI does not answer: one call at a time finds out when it does again")
POLLS_S = (2, 5, 10, 20, 40, 60, 120, 300, 600, 900)
"""Waits between polls after RECIBIDA: the SRI usually decides in seconds and may take 24 hours (ficha 5.12, 7.4)."""


def sign(claim: Claim, services: Services) -> Outcome:
    """draft -> signed: number, date, access key, XML and signature in one transaction, or nothing of it."""
    document: Document = claim.row
    try:
        with tenant_scope(claim.tenant_id):
            certificate_id, key = services.keys.current(claim.tenant_id)
            identity = _identity(document, datetime.now(ECUADOR).date())
            unsigned = document_type(document.doc_type).build_xml(
                document.content, _issuer(document), identity
            )
            signed = sign_xml(unsigned, key, datetime.now(ECUADOR))
            if secrets.randbelow(10_000) < services.settings.verify_share * 10_000:
                verify(signed)
            _store_emission(claim, identity, signed, certificate_id)
            reached("before_signing_commit")
        reached("after_signing_commit")
    except TenantMustAct as trouble:
        with tenant_scope(claim.tenant_id):
            work.park(claim, trouble.code, trouble.reason)
            raise_alert(claim.tenant_id, trouble.code, "signing", trouble.reason)
        return Parked(trouble.reason)
    return Moved(State.SIGNED)


def _store_emission(claim: Claim, identity: Identity, signed: bytes, certificate_id: int) -> None:
    version = claim.row.version + 1
    Emission.insert(
        document_id=claim.id,
        version=version,
        tenant_id=claim.tenant_id,
        access_key=identity.access_key,
        xml=signed,
        sha256=hashlib.sha256(signed).hexdigest(),
        certificate_id=certificate_id,
        by="autoriza",
        reason="first emission" if version == 1 else "corrected",
    ).execute()
    structlog.contextvars.bind_contextvars(access_key=identity.access_key)
    number = f"{identity.establishment}-{identity.emission_point}-{identity.sequence_number:09d}"
    advance(
        claim,
        Event.SIGNED,
        by="autoriza",
        due_in=0,
        facts={"access_key": identity.access_key, "number": number, "version": version},
        access_key=identity.access_key,
        sequence_number=identity.sequence_number,
        number=number,
        issue_date=identity.issue_date,
        version=version,
        signed_at=fn.now(),
    )


def _identity(document: Document, today: date) -> Identity:
    number = document.sequence_number or take_number(document)
    if document.access_key and document.issue_date:  # corrected: same key and number (ficha 5.10)
        key, issue_date = document.access_key, document.issue_date
    else:
        issue_date = document.requested_date or today
        key = access_key.build(
            issue_date,
            document.doc_type,
            Tenant.get_by_id(document.tenant_id).ruc,
            Environment(document.environment),
            document.establishment,
            document.emission_point,
            number,
            secrets.randbelow(10**8),
        )
    return Identity(key, issue_date, document.establishment, document.emission_point, number)


def _issuer(document: Document) -> Issuer:
    tenant = Tenant.get_by_id(document.tenant_id)
    place = Establishment.get(
        (Establishment.tenant_id == tenant.id) & (Establishment.code == document.establishment)
    )
    return Issuer(
        ruc=tenant.ruc,
        razon_social=tenant.razon_social,
        dir_matriz=tenant.dir_matriz,
        environment=Environment(document.environment),
        nombre_comercial=tenant.nombre_comercial,
        dir_establecimiento=place.address,
        obligado_contabilidad=tenant.obligado_contabilidad,
        contribuyente_especial=tenant.contribuyente_especial,
        agente_retencion=tenant.agente_retencion,
        contribuyente_rimpe=tenant.contribuyente_rimpe,
    )


def submit(claim: Claim, services: Services) -> Outcome:
    """signed -> pending_authorization | returned (| authorized | rejected, when the SRI turns out to know the key).

    Safe to repeat: the access key is the identity. After a call of unknown outcome it asks before it sends again.
    """
    with tenant_scope(claim.tenant_id):
        emission = _emission(claim)
        past = exchanges.of_emission(claim.id, emission.version)
        operation = exchanges.next_call(
            past, now=datetime.now(UTC), ask_for_s=services.settings.ask_before_resend_s
        )
        call = _open(claim, operation, emission, services)
    if call is None:
        return _HELD
    try:
        answer = _ask(services, call, emission)
    except Unavailable as silence:
        return _unanswered(claim, call, silence, services)
    with tenant_scope(claim.tenant_id):
        exchanges.close_call(call, answer)
        return _after_submit(claim, answer, emission, call)


def _open(
    claim: Claim, operation: exchanges.Operation, emission: Emission, services: Services
) -> exchanges.Call | None:
    """The call on record, about to be made; None, the row given back, while the circuit lets none through."""
    environment = Environment(int(emission.access_key[23]))
    open_circuit = circuit.read(environment, operation).state != "closed"
    patience_s = services.settings.sri_total_timeout_s + 5
    if open_circuit and not circuit.take_probe(environment, operation, patience_s=patience_s):
        work.give_back(claim)
        return None
    return exchanges.open_call(claim, operation, emission)


def _ask(services: Services, call: exchanges.Call, emission: Emission) -> Reception | Verdict:
    sri = services.sri(call.access_key)
    reached("before_call")
    submits = call.operation == "submit"
    answer = sri.submit(bytes(emission.xml)) if submits else sri.query(call.access_key)
    reached("after_answer")
    return answer


def _after_submit(
    claim: Claim, answer: Reception | Verdict, emission: Emission, call: exchanges.Call
) -> Outcome:
    match answer:
        case Received() | InProcess():
            return receive(claim, answer)
        case Returned():
            return give_back(claim, answer)
        case Authorized():
            return authorize(claim, answer, emission, call)
        case Rejected() if counts(answer, emission):
            return reject(claim, answer, emission)
        case TryAgain() | NotFound() | Rejected():
            wait = work.backoff(claim.attempts)
            work.sleep(claim, wait, code=type(answer).__name__, why="the SRI has not taken the document yet")
            return Later(wait, type(answer).__name__)
        case UnknownWord():
            return _unknown_word(claim, answer)


def check(claim: Claim, services: Services) -> Outcome:
    """pending_authorization -> authorized | rejected, or ask again later. Only an explicit refusal rejects."""
    with tenant_scope(claim.tenant_id):
        emission = _emission(claim)
        operation: exchanges.Operation = "submit" if resend_is_due(claim, emission) else "query"
        call = _open(claim, operation, emission, services)
    if call is None:
        return _HELD
    try:
        answer = _ask(services, call, emission)
    except Unavailable as silence:
        return _unanswered(claim, call, silence, services)
    with tenant_scope(claim.tenant_id):
        exchanges.close_call(call, answer)
        match answer:
            case Authorized():
                return authorize(claim, answer, emission, call)
            case Rejected() if counts(answer, emission):
                return reject(claim, answer, emission)
            case NotFound() | InProcess() | Received() | TryAgain() | Rejected():
                return _ask_again(claim, services.settings.poll_for_hours)
            case Returned():
                return give_back(claim, answer)
            case UnknownWord():
                return _unknown_word(claim, answer)


def _ask_again(claim: Claim, hours: float) -> Outcome:
    received = claim.row.received_at
    if received and (datetime.now(UTC) - received).total_seconds() > hours * 3600:
        why = f"el SRI no ha decidido en {hours:g} horas: consulte el comprobante en el portal del SRI"
        work.park(claim, "undecided", why)
        raise_alert(claim.tenant_id, "undecided", claim.row.access_key, why)
        return Parked(why)
    wait = scaled(POLLS_S[min(claim.attempts, len(POLLS_S) - 1)])
    work.sleep(claim, wait, code="pending", why="the SRI has not decided yet")
    return Later(wait, "pending")


def _unanswered(claim: Claim, call: exchanges.Call, silence: Unavailable, services: Services) -> Outcome:
    wait = work.backoff(claim.attempts)
    with tenant_scope(claim.tenant_id):
        exchanges.close_unanswered(call, silence, services.settings)
        work.sleep(claim, wait, code=silence.kind, why=str(silence)[:500])
    return Later(wait, silence.kind)


def _unknown_word(claim: Claim, answer: UnknownWord) -> Outcome:
    raise_alert(
        claim.tenant_id,
        "unknown_sri_word",
        claim.row.access_key,
        f"el SRI respondió «{answer.word}», que nadie conoce; el comprobante sigue pendiente y se vuelve a consultar",
    )
    wait = scaled(POLLS_S[min(claim.attempts + 3, len(POLLS_S) - 1)])
    work.sleep(claim, wait, code="unknown_word", why=f"the SRI said {answer.word!r}")
    return Later(wait, "unknown_word")


def _emission(claim: Claim) -> Emission:
    return Emission.get((Emission.document_id == claim.id) & (Emission.version == claim.row.version))
