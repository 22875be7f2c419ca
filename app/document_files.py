"""What a taxpayer's authorized documents consist of, one after the other: the legal XML and its RIDE."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app import kept_rides
from app.delivery import envelope_of
from app.services import Services
from app.store.documents import Document, DocumentAuthorization, Ride
from app.tenancy import tenant_scope

PAGE = 100


@dataclass(frozen=True)
class DocumentFiles:
    """One authorized document; ``ride`` is None as long as none was stored."""

    access_key: str
    number: str
    doc_type: str
    issue_date: date
    buyer_id: str
    buyer_name: str
    total: Decimal
    authorization: str
    authorized_at: datetime | None
    xml: bytes
    ride: bytes | None


def first_and_next(month: str) -> tuple[date, date]:
    """The first day of ``month`` (YYYY-MM) and of the one after it. Raises ``ValueError``."""
    first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a month has no time zone
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def count(tenant_id: int, month: str | None, state: str) -> int:
    """How many ``each`` will yield."""
    with tenant_scope(tenant_id):
        return int(_chosen(tenant_id, month, state).count())


def each(tenant_id: int, services: Services, month: str | None, state: str) -> Iterator[DocumentFiles]:
    """The authorized documents in ``state``, issued in ``month`` (None: ever), by id; a damaged RIDE is made again."""
    last = 0
    while page := _page(tenant_id, month, state, last):
        for document, authorization, ride in page:
            last = document.id
            pdf = kept_rides.fetch(ride, authorization, services, mend=True).pdf if ride else None
            yield _files(document, authorization, pdf)


def _chosen(tenant_id: int, month: str | None, state: str) -> Any:
    where = (Document.tenant_id == tenant_id) & (Document.state == state)
    if month is not None:
        first, after = first_and_next(month)
        where &= (Document.issue_date >= first) & (Document.issue_date < after)
    authorized = DocumentAuthorization.document_id == Document.id
    return Document.select().join(DocumentAuthorization, on=authorized).where(where)


def _page(
    tenant_id: int, month: str | None, state: str, last: int
) -> list[tuple[Any, DocumentAuthorization, Ride | None]]:
    with tenant_scope(tenant_id):
        documents = list(
            _chosen(tenant_id, month, state).where(Document.id > last).order_by(Document.id).limit(PAGE)
        )
        ids = [document.id for document in documents]
        yes = DocumentAuthorization.select().where(DocumentAuthorization.document_id.in_(ids))
        authorizations = {one.document_id: one for one in yes}
        rides = {one.id: one for one in Ride.select().where(Ride.id.in_(ids), Ride.path.is_null(False))}
    return [(document, authorizations[document.id], rides.get(document.id)) for document in documents]


def _files(document: Any, authorization: DocumentAuthorization, pdf: bytes | None) -> DocumentFiles:
    return DocumentFiles(
        access_key=document.access_key,
        number=document.number,
        doc_type=document.doc_type,
        issue_date=document.issue_date,
        buyer_id=document.buyer_id,
        buyer_name=document.buyer_name,
        total=document.total,
        authorization=authorization.number,
        authorized_at=authorization.authorized_at,
        xml=envelope_of(document, authorization),
        ride=pdf,
    )


def unsigned(signed: bytes) -> bytes:
    """A signed comprobante without its signature: byte for byte what was signed, as ours is written into it."""
    begins, ends = signed.rfind(b"<ds:Signature "), signed.rfind(b"</ds:Signature>")
    return (
        signed if begins < 0 or ends < begins else signed[:begins] + signed[ends + len(b"</ds:Signature>") :]
    )
