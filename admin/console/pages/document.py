"""One document: its facts, what follows, why it is here, its history, its talk with the SRI, its files."""

from datetime import UTC, datetime
from typing import Any

from flask import current_app, flash, redirect
from flask_admin import expose
from peewee import fn
from werkzeug.wrappers import Response

from admin.console import engine, story
from admin.console.door import current, may, mine, needs
from admin.console.pages.files import Files
from admin.console.texts import t
from admin.console.witness import note_refusal
from app.errors import Refused
from app.permissions import Permission
from app.store.delivery import Delivery
from app.store.documents import Document, DocumentAuthorization, Emission, History, Ride, SriExchange
from app.store.engine import Run
from app.store.tenants import Halt, Tenant

EXCHANGES_SHOWN = 300
RUNS_SHOWN = 50


class DocumentPage(Files):
    """The details of ``Documents``: what one document's page tells, and its retry button."""

    get_url: Any
    details_template = "console/document.html"

    def told(self, row: Document) -> dict[str, Any]:
        """Everything about one document. Inside ``mine()``."""
        own = _of(row)
        ride = Ride.get_or_none(Ride.tenant_id == row.tenant_id, Ride.id == row.id)
        history = list(History.select().where(*own(History)).order_by(History.seq))
        return {
            "tenant": Tenant.get_by_id(row.tenant_id),
            "ride": ride,
            "history": history,
            "next": story.next_step(row, ride, _halts(row), datetime.now(UTC)),
            "reasons": story.reasons(row, ride, history),
            "can_retry": may(Permission.RETRY, row.tenant_id) and story.can_be_retried(row, ride),
            "emissions": _emissions(own),
            "authorization": _authorization(own),
            "deliveries": list(
                Delivery.select().where(*own(Delivery)).order_by(Delivery.id.desc()).limit(50)
            ),
            "mail_waits": not current_app.extensions["services"].settings.smtp_url.get_secret_value(),
            "exchanges": _exchanges(own),
            "runs": list(Run.select().where(*own(Run)).order_by(Run.id.desc()).limit(RUNS_SHOWN)),
        }

    @expose("/<row:row_id>/retry", methods=("POST",))
    @needs(Permission.RETRY)
    def retry(self, row_id: int) -> Response:
        """Try the document's next step, or its RIDE, now."""
        with mine():
            row = self.get_one(row_id)
        try:
            engine.retry(row.tenant_id, row.id, by=current().email)
            flash(t("document.retried"), "done")
        except Refused as why:
            note_refusal(str(why))
            flash(t("document.not_retried", why=why), "refused")
        return redirect(self.get_url(".details_view", row_id=row_id))


def _of(row: Document) -> Any:
    return lambda model: (model.tenant_id == row.tenant_id, model.document_id == row.id)


def _halts(row: Document) -> list[Halt]:
    here = Halt.establishment.is_null() | (Halt.establishment == row.establishment)
    return list(Halt.select().where(Halt.tenant_id == row.tenant_id, Halt.lifted_at.is_null(), here))


def _emissions(own: Any) -> list[Emission]:
    columns = (Emission.version, Emission.access_key, Emission.sha256, Emission.by, Emission.reason)
    lengths = (Emission.created_at, fn.octet_length(Emission.xml).alias("size"))
    return list(Emission.select(*columns, *lengths).where(*own(Emission)).order_by(Emission.version.desc()))


def _authorization(own: Any) -> DocumentAuthorization | None:
    known = DocumentAuthorization
    columns = (known.document_id, known.number, known.authorized_at, known.sha256, known.as_sent)
    size = fn.octet_length(known.xml).alias("size")
    found: DocumentAuthorization | None = known.select(*columns, size).where(*own(known)).get_or_none()
    return found


def _exchanges(own: Any) -> list[SriExchange]:
    call = SriExchange
    columns = (
        call.id,
        call.version,
        call.environment,
        call.operation,
        call.started_at,
        call.finished_at,
        call.outcome,
        call.sent,
        call.http_status,
        call.messages,
        call.detail,
        fn.octet_length(call.response).alias("size"),
    )
    return list(call.select(*columns).where(*own(call)).order_by(call.id.desc()).limit(EXCHANGES_SHOWN))
