"""A document reaches its buyer: XML and RIDE to each of their addresses, once per occasion."""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from peewee import fn

from app import kept_rides, metrics, sentences, work
from app.alerts import raise_alert, resolve_alert
from app.envelope import envelope
from app.errors import Text
from app.mail import addresses
from app.mail.bounces import envelope_sender
from app.mail.letter import Letter, bare, message_id
from app.mail.letter import sender as sender_of
from app.mail.server import Bounced, Handed, NotNow, Taken, mail_server
from app.outcome import Done, Held, Later, Outcome, Parked
from app.run_results import Result
from app.services import Services
from app.sri.gateway import Environment
from app.store.delivery import Delivery
from app.store.documents import Document, DocumentAuthorization, Ride
from app.store.prepared import NOW, Prepared
from app.store.tenants import Tenant
from app.tenancy import every_tenant_scope, tenant_scope
from app.work import Claim

FIRST, RESEND, NOTICE = "first", "resend", "notice"
AUTHORIZED = "authorized"
"""The occasion of the first delivery; that of a resend is its own."""
REFUSED_BY_MAIL, UNDELIVERED, MAIL_AWAY = "mail_refused", "mail_undelivered", "mail_away"
"""Kinds of alerts: a buyer's server refused, a delivery was given up, the installation's server does not answer."""
AWAY_AFTER = 3
"""Attempts of one delivery after which people are told that the mail server is away."""
SERVER = "smtp"
FIRST_RETRY_S = 5.0


_PLAN = Prepared("""
with planned as (
    update ride set deliveries = cardinality(%(addresses)s::text[])
    where tenant_id = %(tenant)s and id = %(document)s
)
insert into delivery
    (tenant_id, document_id, kind, occasion, created_at, address, outcome, next_attempt_at, published_at)
select %(tenant)s, %(document)s, %(kind)s, %(occasion)s, now(), address, outcome,
       case when outcome is null then now() end, case when outcome is null then now() end
from unnest(%(addresses)s::text[], %(outcomes)s::text[]) as row (address, outcome)
on conflict do nothing
""")


def plan(tenant_id: int, document_id: int, xml: bytes) -> int:
    """Insert what is to be sent now that the RIDE is stored, in the caller's transaction; how many rows are due.

    A document without a usable address gets a row that says so: its RIDE is handed over by a person.
    """
    found = addresses.of_buyer(xml)
    rows = [(one, None) for one in found.valid] + [(one, "invalid_address") for one in found.invalid]
    rows = rows or [("", "no_address")]
    _PLAN.count(
        tenant=tenant_id,
        document=document_id,
        kind=FIRST,
        occasion=AUTHORIZED,
        addresses=[address for address, _ in rows],
        outcomes=[outcome for _, outcome in rows],
    )
    return len(found.valid)


def tenants_with_unplanned() -> list[int]:
    """Ids of the tenants ``plan_missing`` has work for."""
    with every_tenant_scope():
        rows = (
            Ride.select(Ride.tenant_id).where(Ride.path.is_null(False), Ride.deliveries.is_null()).distinct()
        )
        return [int(row.tenant_id) for row in rows]


def plan_missing(tenant_id: int, most: int = 500) -> int:
    """Plan the deliveries of stored RIDEs that have none, left by a process of an older release; how many RIDEs."""
    with tenant_scope(tenant_id):
        unplanned = (
            Ride.select(Ride.id)
            .where(Ride.tenant_id == tenant_id, Ride.path.is_null(False), Ride.deliveries.is_null())
            .order_by(Ride.id)
            .limit(most)
            .for_update(skip_locked=True)
        )
        ids = [ride.id for ride in unplanned]
        found = DocumentAuthorization.select().where(DocumentAuthorization.document_id.in_(ids))
        for authorization in list(found):
            plan(tenant_id, authorization.document_id, bytes(authorization.xml))
    return len(ids)


def deliver(claim: Claim, services: Services) -> Outcome:
    """Hand one delivery to the mail server; whatever comes of it, the document stays what it is.

    A message of unknown fate is sent again under the same Message-ID, so that its duplicate can be told.
    """
    server = mail_server(services.settings)
    if server is None:
        with tenant_scope(claim.tenant_id):
            work.give_back(claim)
        return Held(Result.NO_MAIL)
    letter = _letter(claim, services)
    bounces_to = services.settings.mail_bounces_to
    sender = (
        envelope_sender(bounces_to, letter.message_id) if bounces_to else bare(services.settings.mail_from)
    )
    handed = server.send(letter.as_bytes(datetime.now(UTC)), sender=sender, recipient=letter.to)
    with tenant_scope(claim.tenant_id):
        return _record(claim, letter, handed, services.settings.mail_for_hours)


def _letter(claim: Claim, services: Services) -> Letter:
    with tenant_scope(claim.tenant_id):
        document: Any = Document.get_by_id(claim.row.document_id)
        tenant: Any = Tenant.get_by_id(claim.tenant_id)
        authorization = DocumentAuthorization.get_by_id(document.id)
        ride = Ride.get_by_id(document.id)
    structlog.contextvars.bind_contextvars(access_key=document.access_key)
    installation = services.settings.mail_from
    news = claim.row.occasion if claim.row.kind == NOTICE else ""
    return Letter(
        sender=sender_of(
            tenant.mail_sender,
            reply_to=tenant.mail_reply_to,
            name=tenant.nombre_comercial or tenant.razon_social,
            installation=installation,
        ),
        to=claim.row.address,
        message_id=message_id(
            document.access_key, claim.row.address, claim.row.kind, claim.row.occasion, installation
        ),
        language=tenant.mail_language,
        doc_type=document.doc_type,
        number=document.number,
        access_key=document.access_key,
        authorization=authorization.number,
        issue_date=document.issue_date,
        total=document.total,
        issuer=tenant.razon_social,
        ruc=tenant.ruc,
        buyer=document.buyer_name,
        testing=document.environment == Environment.PRUEBAS,
        xml=envelope_of(document, authorization),
        ride=b"" if news else kept_rides.fetch(ride, authorization, services).pdf,
        news=news,
    )


def _record(claim: Claim, letter: Letter, handed: Handed, hours: float) -> Outcome:
    tried = {
        "first_tried_at": claim.row.first_tried_at or NOW,
        "message_id": letter.message_id,
    }
    subject = f"{letter.access_key} {letter.to}"
    metrics.MAIL.labels(type(handed).__name__.lower()).inc()
    if not (isinstance(handed, NotNow) and handed.away):
        resolve_alert(claim.tenant_id, MAIL_AWAY, SERVER)
    match handed:
        case Taken(said):
            work.finish(claim, **tried, outcome="sent", sent_at=NOW, server_code=250, server_said=said)
            if claim.row.kind == RESEND:
                _make_good(claim, letter.access_key)
            return Done(Result.SENT)
        case Bounced(code, said):
            work.finish(claim, **tried, outcome="bounced", bounced_at=NOW, server_code=code, server_said=said)
            sentence = Text(
                f"El correo de {letter.number} para {letter.to} fue rechazado: {code} {said}",
                f"The mail of {letter.number} to {letter.to} was refused: {code} {said}",
            )
            raise_alert(claim.tenant_id, REFUSED_BY_MAIL, subject, sentence)
            return Done(Result.BOUNCED.format(said=f"{code} {said}"))
        case NotNow():
            Delivery.update(**tried).where(claim.still_mine()).execute()
            return _again(claim, letter, handed, hours)


def _make_good(claim: Claim, access_key: str) -> None:
    """What came back before is over: the buyer has been sent the document after all."""
    earlier = Delivery.update(made_good_at=NOW).where(
        Delivery.tenant_id == claim.tenant_id,
        Delivery.document_id == claim.row.document_id,
        Delivery.outcome == "bounced",
        Delivery.made_good_at.is_null(),
    )
    for row in list(earlier.returning(Delivery.address).execute()):
        resolve_alert(claim.tenant_id, REFUSED_BY_MAIL, f"{access_key} {row.address}")


def _again(claim: Claim, letter: Letter, handed: NotNow, hours: float) -> Outcome:
    why = f"{handed.code or ''} {handed.said}".strip()
    began = claim.row.first_tried_at
    if began is not None and datetime.now(UTC) - began > timedelta(hours=hours):
        whose = {"number": letter.number, "to": letter.to, "hours": f"{hours:g}", "why": why}
        sentence = sentences.said(UNDELIVERED, **whose)
        work.park(claim, UNDELIVERED, sentence.es)
        raise_alert(claim.tenant_id, UNDELIVERED, f"{letter.access_key} {letter.to}", sentence)
        return Parked(why)
    if handed.away and claim.attempts >= AWAY_AFTER:
        raise_alert(claim.tenant_id, MAIL_AWAY, SERVER, _away(why))
    seconds = work.backoff(claim.attempts, base_s=FIRST_RETRY_S)
    work.sleep(claim, seconds, code="mail_maybe" if handed.maybe else "mail_later", why=why)
    return Later(seconds, why)


def envelope_of(document: Document, authorization: DocumentAuthorization) -> bytes:
    """The file that counts as the document: the authorized comprobante in its ``<autorizacion>`` envelope."""
    return envelope(
        bytes(authorization.xml),
        number=authorization.number,
        authorized_at=authorization.authorized_at,
        environment=document.environment,
    )


def insert(tenant_id: int, document_id: int, kind: str, occasion: str, **values: object) -> None:
    """One row of what is to be sent, unless the same is there. Inside the tenant's scope."""
    key = {"document_id": document_id, "kind": kind, "occasion": occasion}
    Delivery.insert(tenant_id=tenant_id, created_at=fn.now(), **key, **values).on_conflict_ignore().execute()


def _away(why: str) -> Text:
    return Text(
        f"el servidor de correo no recibe mensajes: {why}", f"the mail server takes no messages: {why}"
    )
