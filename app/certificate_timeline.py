"""Which certificate of a taxpayer signs when: each from one moment until the next one's, on the database's clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from peewee import Query, fn

from app.ecuador import ECUADOR
from app.store.prepared import Prepared, arg, row_of, written
from app.store.tenants import Certificate

_WITHOUT_KEYS = [
    field for field in Certificate._meta.sorted_fields if field.name not in ("certificate", "sealed_key")
]

Place = Literal["current", "staged", "replaced", "never"]


@dataclass(frozen=True)
class Timeline:
    """The certificate in force, if any, and the one that takes over by itself; both without their keys."""

    current: Certificate | None
    staged: Certificate | None


def of(tenant_id: int) -> Timeline:
    """How the taxpayer's certificates stand now. Inside its scope."""
    found: dict[Place, Certificate] = {}
    for *values, read_at in _OF_TENANT.rows(tenant=tenant_id):
        row = row_of(Certificate, _WITHOUT_KEYS, values)
        found[place_of(row.in_force_from, row.replaced_at, read_at)] = row
    return Timeline(found.get("current"), found.get("staged"))


def still() -> Any:
    """The condition of rows that sign now or will."""
    return Certificate.replaced_at.is_null() | (Certificate.replaced_at > fn.statement_timestamp())


def standing(*where: Any) -> Iterator[tuple[Certificate, Place]]:
    """Certificates without their keys, oldest first, each with where it stands."""
    row: Any
    for row in _standing(*where):
        yield row, place_of(row.in_force_from, row.replaced_at, row.read_at)


def _standing(*where: Any) -> Query:
    query = Certificate.select(*_WITHOUT_KEYS, fn.statement_timestamp().alias("read_at"))
    return query.where(*where).order_by(Certificate.in_force_from, Certificate.id)


_OF_TENANT = Prepared(lambda: written(_standing(Certificate.tenant_id == arg("tenant"), still())))


def place_of(in_force_from: datetime, replaced_at: datetime | None, now: datetime) -> Place:
    """Where a certificate stands; one that was replaced or withdrawn before its time came never was in force."""
    if replaced_at is not None and replaced_at <= max(now, in_force_from):
        return "never" if replaced_at <= in_force_from else "replaced"
    return "staged" if in_force_from > now else "current"


def is_valid(certificate: Certificate, now: datetime) -> bool:
    """Whether its own dates let it sign."""
    return bool(certificate.not_before <= now < certificate.not_after)


def days_left(until: datetime, now: datetime) -> int:
    """Days by Ecuador's calendar; 0 on the last one, negative afterwards."""
    return (until.astimezone(ECUADOR).date() - now.astimezone(ECUADOR).date()).days
