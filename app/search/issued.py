"""Documents by their date of issue: those issued the day they came are a stretch of ids, the others have an index."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from peewee import JOIN, SQL, Select

from app.search import keyset
from app.search.values import FIRST_DAY, LAST_DAY, midnight
from app.store.documents import Document

LOOKED_AT: Final = 10_000
"""Documents issued another day than they came among which a search looks."""
_ANOTHER_DAY: Final = SQL("issue_date <> (created_at at time zone 'America/Guayaquil')::date")
"""Word for word what the index ``document_issued_another_day`` is made of."""


def days(value: str) -> tuple[date, date]:
    """The first and the last day of a value such as 2026-11-01..2026-11-30."""
    first, last = value.split("..")
    return date.fromisoformat(first), date.fromisoformat(last)


def condition(value: str) -> Any:
    """What a document's date of issue must be."""
    first, last = days(value)
    return Document.issue_date.between(first, last)


def from_to(first: str, last: str) -> str:
    """The value for the days from ``first`` to ``last``; empty is open."""
    return f"{first or FIRST_DAY}..{last or LAST_DAY}"


def both(one: str, other: str) -> str | None:
    """The days that are in both; None when there are none."""
    (first, last), (from_day, until) = days(one), days(other)
    first, last = max(first, from_day), min(last, until)
    return f"{first}..{last}" if first <= last else None


def stretch(value: str, tenants: Sequence[int] | None) -> list[Any]:
    """Conditions on when a document came, met by those of these days that were issued the day they came."""
    first, last = days(value)
    since = midnight(first) if first > FIRST_DAY else None
    until = midnight(last + timedelta(days=1)) if last < LAST_DAY else None
    return list(keyset.within(Document, Document.created_at, tenants, since, until))


def moved(value: str, tenants: Sequence[int] | None, most: int = LOOKED_AT) -> tuple[list[int], bool]:
    """Ids of the documents of these days that came another day, the last days first; and whether there are more."""
    first, last = days(value)
    listed = keyset.listed_tenants(tenants)
    theirs = (
        Document.select(Document.id)
        .where(Document.tenant_id == listed.c.id, Document.issue_date.between(first, last), _ANOTHER_DAY)
        .order_by(Document.issue_date.desc(), Document.id.desc())
        .limit(most + 1)
        .alias("theirs")
    )
    query = Select([listed], [theirs.c.id]).join(theirs, JOIN.LATERAL).limit(most + 1)
    found = [int(one) for (one,) in query.bind(Document._meta.database).tuples()]
    return found[:most], len(found) > most
