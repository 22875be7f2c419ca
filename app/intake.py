"""Accept a document: validate it whole, recognise it if it was sent before, record it as a draft."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from peewee import fn

from app.documents.base import Draft
from app.documents.reading import read
from app.errors import Invalid, Problem, Refused, Text
from app.lifecycle import FIRST
from app.sri.gateway import Environment
from app.store.advance import append
from app.store.documents import Document
from app.store.tenants import EmissionPoint, Establishment, Tenant
from app.tenancy import tenant_scope


@dataclass(frozen=True)
class Accepted:
    """A stored document; ``new`` is False when the same thing had been accepted before."""

    tenant_id: int
    document_id: int
    reference: str
    new: bool
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Offer:
    """One file handed in: its bytes and the name refusals use for it."""

    raw: bytes
    filename: str


class OffersRefused(Invalid):
    """Of several files at least one is refused, so none was stored; ``by_file`` says what is wrong with each."""

    def __init__(self, by_file: Mapping[str, tuple[Problem, ...]]) -> None:
        super().__init__(tuple(problem for problems in by_file.values() for problem in problems))
        self.by_file = by_file


def accept_all(
    tenant_id: int, offers: Sequence[Offer], *, by: str, requested_date: date | None = None
) -> list[Accepted]:
    """``accept`` for several files in one transaction: all of them, or none. Raises ``OffersRefused``."""
    drafts: list[tuple[Offer, Draft]] = []
    refused: dict[str, tuple[Problem, ...]] = {}
    for offer in offers:
        try:
            drafts.append((offer, _read(offer, requested_date)))
        except Invalid as refusal:
            refused[offer.filename] = refusal.problems
    if refused:
        raise OffersRefused(refused)
    accepted: dict[int, Accepted] = {}
    with tenant_scope(tenant_id):
        tenant = _issuing_tenant(tenant_id, requested_date)
        # In one order, whatever the order they came in: two imports of the same files would block each other.
        for turn in sorted(range(len(drafts)), key=lambda turn: _order(drafts[turn][1], requested_date)):
            offer, draft = drafts[turn]
            try:
                accepted[turn] = _store(tenant, draft, draft.reference, requested_date, by)
            except Invalid as refusal:
                refused[offer.filename] = refusal.problems
        if refused:
            raise OffersRefused(refused)
    return [accepted[turn] for turn in range(len(drafts))]


def accept(
    tenant_id: int,
    raw: bytes,
    filename: str,
    *,
    by: str,
    requested_date: date | None = None,
    reference: str | None = None,
) -> Accepted:
    """Store ``raw`` (JSON or XML) as a draft without a number, or refuse it whole.

    ``requested_date`` sets fechaEmision, in pruebas only; otherwise it is the day of signing in America/Guayaquil.
    The reference (caller's, else the document's own, else the SHA-256 of its content) makes it idempotent.
    Raises ``Invalid`` with every problem; nothing is stored then. Raises ``Refused`` for a date in producción.
    """
    draft = _read(Offer(raw, filename), requested_date)
    with tenant_scope(tenant_id):
        tenant = _issuing_tenant(tenant_id, requested_date)
        return _store(tenant, draft, reference or draft.reference, requested_date, by)


def content_digest(draft: Draft, requested_date: date | None) -> str:
    """SHA-256 (hex) of all that a document will say besides its number."""
    said = {
        "type": draft.doc_type,
        "establishment": draft.establishment,
        "emission_point": draft.emission_point,
        "date": requested_date.isoformat() if requested_date else None,
        "content": draft.content,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _read(offer: Offer, requested_date: date | None) -> Draft:
    return read(
        offer.raw, offer.filename, requested_date or datetime.now(ZoneInfo("America/Guayaquil")).date()
    )


def _order(draft: Draft, on: date | None) -> tuple[str, str, str]:
    return draft.establishment, draft.emission_point, draft.reference or content_digest(draft, on)


def _issuing_tenant(tenant_id: int, requested_date: date | None) -> Tenant:
    tenant: Tenant = Tenant.get_by_id(tenant_id)
    if requested_date and tenant.environment != Environment.PRUEBAS:
        raise Refused("una fecha propia solo es posible en pruebas; en producción la fecha es la de emisión")
    return tenant


def _store(tenant: Tenant, draft: Draft, reference: str | None, on: date | None, by: str) -> Accepted:
    said = columns_of(draft, on)
    digest = said["content_sha256"]
    name = reference or digest
    _know_place(tenant.id, draft)
    created = _insert(tenant, draft, name, said, on, by)
    if created is None:
        known = Document.get((Document.tenant_id == tenant.id) & (Document.reference == name))
        if known.content_sha256 != digest:
            raise Invalid((_other_content(name),))
        return Accepted(tenant.id, known.id, name, new=False, warnings=draft.warnings)
    append(tenant.id, created, FIRST[0], None, FIRST[1], by=by, facts={"reference": name})
    return Accepted(tenant.id, created, name, new=True, warnings=draft.warnings)


def columns_of(draft: Draft, requested_date: date | None) -> dict[str, Any]:
    """What a row says of its content: the content, its digest, and what is searched and listed of it."""
    return {
        "content_sha256": content_digest(draft, requested_date),
        "content": draft.content,
        "buyer_id": draft.buyer_id,
        "buyer_name": draft.buyer_name,
        "buyer_key": search_key(draft.buyer_name),
        "total": draft.total,
    }


def search_key(name: str) -> str:
    """``name`` as it is searched by prefix: no accents, one case, single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def _know_place(tenant_id: int, draft: Draft) -> None:
    Establishment.insert(tenant_id=tenant_id, code=draft.establishment).on_conflict_ignore().execute()
    EmissionPoint.insert(
        tenant_id=tenant_id, establishment=draft.establishment, code=draft.emission_point
    ).on_conflict_ignore().execute()


def _insert(
    tenant: Tenant, draft: Draft, name: str, said: dict[str, Any], on: date | None, by: str
) -> int | None:
    values: dict[str, Any] = said | {
        "tenant_id": tenant.id,
        "reference": name,
        "doc_type": draft.doc_type,
        "environment": tenant.environment,
        "establishment": draft.establishment,
        "emission_point": draft.emission_point,
        "requested_date": on,
        "state": FIRST[1],
        "imported_by": by,
        "created_at": fn.now(),
        "next_attempt_at": fn.now(),
        "published_at": fn.now(),
    }
    rows = list(Document.insert(values).on_conflict_ignore().returning(Document.id).execute())
    return int(rows[0].id) if rows else None


def _other_content(reference: str) -> Problem:
    return Problem(
        "referencia",
        Text(
            f"«{reference}» ya se recibió con otro contenido",
            f"'{reference}' was received before with other content",
        ),
        Text(
            "Use otra referencia, o envíe el mismo contenido",
            "Use another reference, or send the same content",
        ),
    )
