"""Documents as the command line tells them: plain records for tables and JSON."""

from typing import Any

from admin.cli.output import reread
from app.lifecycle import State
from app.store.delivery import Delivery
from app.store.documents import Document, DocumentAuthorization, Emission, History, Ride, SriExchange
from app.store.tenants import Tenant
from app.tenancy import scope, tenant_scope

STATES = [str(state) for state in State]


def newest(tenant_ids: tuple[int, ...] | None, state: str | None, limit: int) -> list[dict[str, Any]]:
    """The ``limit`` newest documents of some taxpayers (None: of all), in ``state`` if one is given."""
    with scope(tenant_ids):
        rucs = {row.id: row.ruc for row in Tenant.select(Tenant.id, Tenant.ruc)}
        rows = Document.select().where(Document.tenant_id.in_(list(rucs)))
        if state:
            rows = rows.where(Document.state == state)
        return [_short(row, rucs[row.tenant_id]) for row in rows.order_by(Document.id.desc()).limit(limit)]


def whole(row: Document) -> dict[str, Any]:
    """All there is to say of one document."""
    with tenant_scope(row.tenant_id):
        tenant = Tenant.get_by_id(row.tenant_id)
        authorization = DocumentAuthorization.get_or_none(DocumentAuthorization.document_id == row.id)
        ride = Ride.get_or_none(Ride.id == row.id)
        history = list(History.select().where(History.document_id == row.id).order_by(History.seq))
        emissions = list(Emission.select().where(Emission.document_id == row.id).order_by(Emission.version))
        deliveries = list(Delivery.select().where(Delivery.document_id == row.id).order_by(Delivery.id))
        exchanges = list(
            SriExchange.select().where(SriExchange.document_id == row.id).order_by(SriExchange.id)
        )
    return {
        **_short(row, tenant.ruc),
        "reference": row.reference,
        "issue_date": row.issue_date,
        "version": row.version,
        "imported_at": row.created_at,
        "authorized_at": row.authorized_at,
        "authorization": authorization.number if authorization else None,
        "ride": ride.path if ride else None,
        "attempts": row.attempts,
        "last_error": row.last_error,
        "history": [_event(event) for event in history],
        "emissions": [_emission(emission) for emission in emissions],
        "deliveries": [_delivery(delivery) for delivery in deliveries],
        "exchanges": [_exchange(exchange) for exchange in exchanges],
    }


def signed_last(row: Document) -> Emission | None:
    """The newest signed version under the document's key, inside the tenant's scope; None before the first."""
    emissions = Emission.select().where(Emission.document_id == row.id)
    if row.access_key:
        emissions = emissions.where(Emission.access_key == row.access_key)
    return emissions.order_by(Emission.version.desc()).first()


def said(messages: list[dict[str, Any]] | None) -> str:
    """The SRI's messages in a line."""
    return "; ".join(f"{m['code']} {m['text']} {m['detail']}".strip() for m in messages or ())


def _short(row: Document, ruc: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "tenant": ruc,
        "number": row.number,
        "access_key": row.access_key,
        "state": row.state,
        "total": row.total,
        "buyer": row.buyer_name,
        "waits_for": reread(row.needs_person_reason) or row.last_error_code,
        "next_attempt_at": row.next_attempt_at,
    }


def _event(event: History) -> dict[str, Any]:
    return {
        "at": event.at,
        "event": event.event,
        "to": event.to_state,
        "by": event.by,
        "said": said(event.facts.get("messages")) or event.reason,
    }


def _emission(emission: Emission) -> dict[str, Any]:
    return {
        "version": emission.version,
        "signed": emission.created_at,
        "access_key": emission.access_key,
        "by": emission.by,
        "reason": emission.reason,
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    waiting = "needs a person" if delivery.needs_person_since else "under way"
    return {
        "kind": delivery.kind,
        "address": delivery.address,
        "outcome": delivery.outcome or waiting,
        "sent": delivery.sent_at,
        "said": delivery.server_said or reread(delivery.needs_person_reason or delivery.last_error),
    }


def _exchange(exchange: SriExchange) -> dict[str, Any]:
    seconds = (exchange.finished_at - exchange.started_at).total_seconds() if exchange.finished_at else None
    return {
        "started": exchange.started_at,
        "operation": exchange.operation,
        "outcome": exchange.outcome,
        "seconds": None if seconds is None else round(seconds, 3),
        "said": said(exchange.messages) or exchange.detail,
    }
