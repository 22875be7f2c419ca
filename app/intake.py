"""Accept a document: validate it whole, recognise it if it was sent before, record it as a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import fn

from app import batches, crediting, issue_dates
from app.contents import columns_of, content_digest
from app.documents.additional import no_room_for_legend
from app.documents.base import Draft
from app.documents.reading import read
from app.ecuador import ECUADOR
from app.errors import Invalid, Problem, Refused, Text
from app.lifecycle import FIRST
from app.sri.gateway import Environment
from app.store.advance import append
from app.store.documents import Document
from app.store.tenants import EmissionPoint, Establishment, Tenant
from app.tenancy import tenant_scope

RECONCILED = "reconciled:"
"""Begins the reference of a document that the SRI gave back after a restore: see ``app.adopting``."""


@dataclass(frozen=True)
class Accepted:
    """A stored document; ``new`` is False when the same thing had been accepted before.

    ``batch`` is the one it came in, when it is new and came with others.
    """

    tenant_id: int
    document_id: int
    reference: str
    new: bool
    batch: int | None = None
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Offer:
    """One file handed in: its bytes and the name refusals use for it."""

    raw: bytes
    filename: str


@dataclass(frozen=True)
class _Handing:
    """How documents are handed in: by whom, for which day, and in which batch."""

    by: str
    on: date | None
    batch: int | None = None


class OffersRefused(Invalid):
    """Of several files at least one is refused, so none was stored; ``by_file`` says what is wrong with each."""

    def __init__(self, by_file: Mapping[str, tuple[Problem, ...]]) -> None:
        super().__init__(tuple(problem for problems in by_file.values() for problem in problems))
        self.by_file = by_file


def accept_all(
    tenant_id: int,
    offers: Sequence[Offer],
    *,
    by: str,
    requested_date: date | None = None,
    max_age_days: int | None = None,
    called: str = "",
) -> list[Accepted]:
    """``accept`` for several files in one transaction: all of them, or none. Raises ``OffersRefused``.

    What is new of several files is a batch, which is ``called`` so, or by the name of the first file.
    """
    if wrong := requested_date and _judge_date(tenant_id, requested_date, max_age_days):
        raise OffersRefused({offer.filename: (wrong,) for offer in offers})
    drafts = _read_all(offers, requested_date)
    accepted: dict[int, Accepted] = {}
    refused: dict[str, tuple[Problem, ...]] = {}
    with tenant_scope(tenant_id):
        tenant = _issuing_tenant(tenant_id, max_age_days)
        crediting.lock(tenant, [draft for _, draft in drafts])
        names = [offer.filename for offer in offers]
        handing = _Handing(by, requested_date, batches.begin(tenant_id, names, by=by, called=called))
        # In one order, whatever the order they came in: two imports of the same files would block each other.
        for turn in sorted(range(len(drafts)), key=lambda turn: _order(drafts[turn][1], requested_date)):
            offer, draft = drafts[turn]
            try:
                accepted[turn] = _store(tenant, draft, draft.reference, handing)
            except Invalid as refusal:
                refused[offer.filename] = refusal.problems
        if refused:
            raise OffersRefused(refused)
        batches.count(handing.batch, sum(one.new for one in accepted.values()))
    return [accepted[turn] for turn in range(len(drafts))]


def accept(
    tenant_id: int,
    raw: bytes,
    filename: str,
    *,
    by: str,
    requested_date: date | None = None,
    reference: str | None = None,
    max_age_days: int | None = None,
) -> Accepted:
    """Store ``raw`` (JSON or XML) as a draft without a number, or refuse it whole.

    ``requested_date`` sets fechaEmision, in pruebas only; otherwise it is the day of signing in America/Guayaquil.
    ``max_age_days`` is the installation's limit of its age; None where there is none to keep.
    The reference (caller's, else the document's own, else the SHA-256 of its content) makes it idempotent.
    Raises ``Invalid`` with every problem; nothing is stored then. Raises ``Refused`` for a date in producción, and
    ``Misconfigured`` there without a limit.
    """
    if wrong := requested_date and _judge_date(tenant_id, requested_date, max_age_days):
        raise Invalid((wrong,))
    draft = _read(Offer(raw, filename), requested_date)
    with tenant_scope(tenant_id):
        tenant = _issuing_tenant(tenant_id, max_age_days)
        crediting.lock(tenant, [draft])
        return _store(tenant, draft, reference or draft.reference, _Handing(by, requested_date))


def _judge_date(tenant_id: int, requested_date: date, max_age_days: int | None) -> Problem | None:
    """A date of one's own is for pruebas only, and there neither too old nor yet to come."""
    with tenant_scope(tenant_id):
        environment = Tenant.get_by_id(tenant_id).environment
    if environment != Environment.PRUEBAS:
        raise Refused(
            Text(
                "una fecha propia solo es posible en pruebas; en producción la fecha es la de emisión",
                "a date of one's own is for pruebas only; in producción the date is that of issue",
            )
        )
    return issue_dates.untimely(requested_date, _today(), max_age_days or 0)


def _today() -> date:
    return datetime.now(ECUADOR).date()


def _read(offer: Offer, requested_date: date | None) -> Draft:
    return read(offer.raw, offer.filename, requested_date or _today())


def _read_all(offers: Sequence[Offer], requested_date: date | None) -> list[tuple[Offer, Draft]]:
    drafts: list[tuple[Offer, Draft]] = []
    refused: dict[str, tuple[Problem, ...]] = {}
    for offer in offers:
        try:
            drafts.append((offer, _read(offer, requested_date)))
        except Invalid as refusal:
            refused[offer.filename] = refusal.problems
    if refused:
        raise OffersRefused(refused)
    return drafts


def _order(draft: Draft, on: date | None) -> tuple[str, str, str]:
    return draft.establishment, draft.emission_point, draft.reference or content_digest(draft, on)


def _issuing_tenant(tenant_id: int, max_age_days: int | None) -> Tenant:
    tenant: Tenant = Tenant.get_by_id(tenant_id)
    if max_age_days is not None:
        issue_dates.limited(Environment(tenant.environment), max_age_days)
    return tenant


def _store(tenant: Tenant, draft: Draft, reference: str | None, handing: _Handing) -> Accepted:
    _must_have_room_for_legend(tenant, draft)
    said = columns_of(draft, handing.on)
    digest = said["content_sha256"]
    name = reference or digest
    warnings = draft.warnings
    if (forgotten := _adopted(tenant.id, digest, name)) is not None:
        return Accepted(tenant.id, forgotten, name, new=False, warnings=warnings)
    if draft.modified and not _is_known(tenant.id, name):
        warnings += crediting.judge(tenant, draft, handing.on or _today())
    know_place(tenant.id, draft)
    created = _insert(tenant, draft, name, said, handing)
    if created is None:
        known = Document.get((Document.tenant_id == tenant.id) & (Document.reference == name))
        if known.content_sha256 != digest:
            raise Invalid((_other_content(name),))
        return Accepted(tenant.id, known.id, name, new=False, warnings=warnings)
    append(tenant.id, created, FIRST[0], None, FIRST[1], by=handing.by, facts={"reference": name})
    return Accepted(tenant.id, created, name, new=True, batch=handing.batch, warnings=warnings)


def _adopted(tenant_id: int, digest: str, name: str) -> int | None:
    """The document with this content that the SRI gave back after a restore and nobody has claimed yet; now claimed.

    Its caller's reference was lost with the database, and whoever sends it again means the same document.
    """
    forgotten = [f"{RECONCILED}{digest}:{turn}" for turn in range(1, 10)]
    found = (
        Document.select(Document.id)
        .where(Document.tenant_id == tenant_id, Document.reference.in_(forgotten))
        .order_by(Document.id)
        .limit(1)
        .for_update()
        .first()
    )
    if found is None or _is_known(tenant_id, name):
        return None
    Document.update(reference=name).where(Document.tenant_id == tenant_id, Document.id == found.id).execute()
    return int(found.id)


def judge_again(tenant: Tenant, draft: Draft, on: date | None, document_id: int) -> tuple[Problem, ...]:
    """What depends on the taxpayer and on other documents of theirs, for one that is corrected; its warnings.

    Inside the tenant's scope, before anything is written. Raises ``Invalid``.
    """
    _must_have_room_for_legend(tenant, draft)
    crediting.lock(tenant, [draft])
    return crediting.judge(tenant, draft, on or _today(), besides=document_id)


def _must_have_room_for_legend(tenant: Tenant, draft: Draft) -> None:
    if tenant.gran_contribuyente and (wrong := no_room_for_legend(draft.content.get("infoAdicional", ()))):
        raise Invalid((wrong,))


def _is_known(tenant_id: int, name: str) -> bool:
    mine = (Document.tenant_id == tenant_id) & (Document.reference == name)
    return bool(Document.select().where(mine).exists())


def know_place(tenant_id: int, draft: Draft) -> None:
    """Remember the establishment and emission point of ``draft``. Inside the tenant's scope."""
    Establishment.insert(tenant_id=tenant_id, code=draft.establishment).on_conflict_ignore().execute()
    EmissionPoint.insert(
        tenant_id=tenant_id, establishment=draft.establishment, code=draft.emission_point
    ).on_conflict_ignore().execute()


def _insert(tenant: Tenant, draft: Draft, name: str, said: dict[str, Any], handing: _Handing) -> int | None:
    values: dict[str, Any] = said | {
        "tenant_id": tenant.id,
        "reference": name,
        "doc_type": draft.doc_type,
        "environment": tenant.environment,
        "establishment": draft.establishment,
        "emission_point": draft.emission_point,
        "requested_date": handing.on,
        "state": FIRST[1],
        "imported_by": handing.by,
        "batch_id": handing.batch,
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
