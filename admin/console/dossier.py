"""Everything on record of one document, read for its page; bounded, so that a long life is as quick as a short one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from peewee import fn

from admin.console.door import may
from admin.console.timeline import Story
from app import holding
from app.correcting import refusal_codes
from app.delivery import envelope_of
from app.document_files import unsigned
from app.lifecycle import State
from app.number_taken import never_asked_about
from app.permissions import Permission
from app.possible import Situation
from app.search import trail
from app.search.keyset import Place
from app.store.delivery import Delivery
from app.store.documents import Document, DocumentAuthorization, Emission, History, Ride, SriExchange
from app.store.engine import Run
from app.store.people import Audit
from app.store.tenants import Halt, Tenant

EXCHANGES_SHOWN = 300
RUNS_SHOWN = 100
ACTS_SHOWN = 100
DOWNLOAD = "download"
DELIVERIES_SHOWN = 50
VERSIONS_SHOWN = 20


@dataclass(frozen=True)
class File:
    """One file of a document: ``kind`` and version name its address; ``as_sent`` is False for bytes not ours."""

    kind: str
    size: int
    sha256: str
    version: int = 0
    at: datetime | None = None
    as_sent: bool = True


@dataclass(frozen=True)
class Dossier:
    """What the page shows of a document."""

    document: Document
    tenant: Tenant
    ride: Ride | None
    authorization: DocumentAuthorization | None
    halts: Sequence[Halt]
    story: Story
    files: Sequence[File]
    situation: Situation
    cut: bool


def read(row: Document, *, mail_is_on: bool) -> Dossier:
    """The dossier of ``row``. Inside a scope that sees its tenant."""
    ride = Ride.get_or_none(Ride.tenant_id == row.tenant_id, Ride.id == row.id)
    authorization = _authorization(row)
    halts = _halts(row)
    emissions = list(_own(Emission, row).order_by(Emission.version.desc()).limit(VERSIONS_SHOWN))
    exchanges, runs = _exchanges(row), _newest(Run, row, RUNS_SHOWN)
    story = Story(
        document=row,
        history=list(_own(History, row).order_by(History.seq)),
        exchanges=exchanges,
        runs=runs,
        deliveries=_newest(Delivery, row, DELIVERIES_SHOWN),
        emissions=emissions,
        acts=_acts(row),
        ride=ride,
    )
    return Dossier(
        row,
        Tenant.get_by_id(row.tenant_id),
        ride,
        authorization,
        halts,
        story,
        list(_files(row, ride, authorization, emissions)),
        situation(row, ride, halts, mail_is_on=mail_is_on),
        len(exchanges) == EXCHANGES_SHOWN or len(runs) == RUNS_SHOWN,
    )


def situation(row: Document, ride: Ride | None, halts: Sequence[Halt], *, mail_is_on: bool) -> Situation:
    """What decides which actions are possible. Inside a scope that sees its tenant."""
    codes = refusal_codes(row)
    unasked = never_asked_about(row) if codes else None
    sent = row.state == State.SIGNED and holding.may_be_at_the_sri(row)
    return Situation(row, ride, halts, codes, unasked, mail_is_on, datetime.now(UTC), sent)


def look(row: Document, *, mail_is_on: bool) -> Situation:
    """The situation of ``row``, read alone. Inside a scope that sees its tenant."""
    ride = Ride.get_or_none(Ride.tenant_id == row.tenant_id, Ride.id == row.id)
    return situation(row, ride, _halts(row), mail_is_on=mail_is_on)


def _own(model: Any, row: Document) -> Any:
    return model.select().where(model.tenant_id == row.tenant_id, model.document_id == row.id)


def _newest(model: Any, row: Document, most: int) -> list[Any]:
    return list(_own(model, row).order_by(model.id.desc()).limit(most))


def _halts(row: Document) -> list[Halt]:
    here = Halt.establishment.is_null() | (Halt.establishment == row.establishment)
    return list(Halt.select().where(Halt.tenant_id == row.tenant_id, Halt.lifted_at.is_null(), here))


def _acts(row: Document) -> list[Audit]:
    """What people did with it, what they took away of it, and, for whoever reads the audit, what they were refused."""
    here, address = trail.of_document(row.tenant_id, row.id)
    ids, _ = trail.ids_about([here], [row.tenant_id], [Audit.action != DOWNLOAD], Place(), ACTS_SHOWN)
    taken, _ = trail.ids_about([here], [row.tenant_id], [Audit.action == DOWNLOAD], Place(), ACTS_SHOWN)
    refused: list[int] = []
    if may(Permission.SEE_AUDIT, row.tenant_id):
        refused, _ = trail.ids_about([address], [row.tenant_id], [], Place(), ACTS_SHOWN)
    found = [*ids, *taken, *refused]
    about = (Audit.tenant_id == row.tenant_id, Audit.id.in_(found))
    return list(Audit.select().where(*about).order_by(Audit.id.desc())) if found else []


def _authorization(row: Document) -> DocumentAuthorization | None:
    known = DocumentAuthorization
    columns = (known.document_id, known.number, known.authorized_at, known.xml, known.as_sent)
    found: DocumentAuthorization | None = (
        known.select(*columns)
        .where(known.tenant_id == row.tenant_id, known.document_id == row.id)
        .get_or_none()
    )
    return found


def _exchanges(row: Document) -> list[SriExchange]:
    call = SriExchange
    columns = [field for field in call._meta.sorted_fields if field is not call.response]
    size = fn.octet_length(call.response).alias("size")
    query = call.select(*columns, size).where(call.tenant_id == row.tenant_id, call.document_id == row.id)
    return list(query.order_by(call.id.desc()).limit(EXCHANGES_SHOWN))


def _files(row: Document, ride: Ride | None, authorization: Any, emissions: Sequence[Emission]) -> Any:
    if ride is not None and ride.path:
        yield File("ride", ride.size or 0, ride.sha256 or "", at=ride.rendered_at)
    if authorization is not None:
        legal = envelope_of(row, authorization)
        digest, at = sha256(legal).hexdigest(), authorization.authorized_at
        yield File("authorized", len(legal), digest, at=at, as_sent=authorization.as_sent)
    for one in emissions:
        xml = bytes(one.xml)
        bare = unsigned(xml)
        yield File("signed", len(xml), one.sha256, one.version, one.created_at)
        yield File("unsigned", len(bare), sha256(bare).hexdigest(), one.version, one.created_at)
