"""Documents by their mail: those that came back from their buyer and stand so, and those that went to an address."""

from collections.abc import Sequence
from typing import Any, Final

from peewee import JOIN, SQL, Select, fn

from app.search.keyset import Place, listed_tenants
from app.store.delivery import Delivery
from app.store.documents import Document

BOUNCED: Final = "bounced"
MOST: Final = 10_000
"""Documents of one address, or whose mail came back, among which a search looks, the newest first."""
MOST_COUNTED: Final = 1_000
STANDS: Final = (Delivery.outcome == BOUNCED) & Delivery.made_good_at.is_null() & (Delivery.kind != "notice")
"""Word for word what the index ``delivery_returned`` is made of."""


def condition(value: str) -> list[Any]:
    """What is asked of a document, whatever leads to it."""
    rows = Delivery.select(Delivery.document_id).where(
        Delivery.tenant_id == Document.tenant_id, Delivery.document_id == Document.id, *_asked(value)
    )
    return [fn.exists(rows)]


def ids(
    value: str, tenants: Sequence[int] | None, where: Sequence[Any], place: Place, most: int
) -> tuple[list[int], bool]:
    """The first ids at ``place`` of such documents that meet ``where``, and whether there may be more than were looked
    at. Inside a scope that sees ``tenants``."""
    newest = _newest(value, tenants, MOST)
    among = SQL("t1.id = any(%s::bigint[])", (newest,))
    query: Any = Document.select(Document.id).where(among, place.past(Document.id), *where)
    found = [int(one) for (one,) in query.order_by(place.order(Document.id)).limit(most).tuples()]
    return found, len(newest) == MOST


def is_cut_off(value: str, tenants: Sequence[int] | None) -> bool:
    """Whether ``ids`` would not look at all of them."""
    return len(_newest(value, tenants, MOST)) == MOST


def returned(tenants: Sequence[int] | None) -> int:
    """How many documents have mail that came back and nothing since, up to ``MOST_COUNTED`` and one more."""
    return len(_newest(BOUNCED, tenants, MOST_COUNTED + 1))


def _asked(value: str) -> list[Any]:
    return [STANDS] if value == BOUNCED else [Delivery.address == value]


def _newest(value: str, tenants: Sequence[int] | None, most: int) -> list[int]:
    listed = listed_tenants(tenants)
    first = (
        Delivery.select(Delivery.document_id)
        .where(Delivery.tenant_id == listed.c.id, *_asked(value))
        .group_by(Delivery.document_id)
        .order_by(Delivery.document_id.desc())
        .limit(most)
        .alias("first")
    )
    query = Select([listed], [first.c.document_id]).join(first, JOIN.LATERAL)
    query = query.order_by(first.c.document_id.desc()).limit(most)
    return [int(one) for (one,) in query.bind(Delivery._meta.database).tuples()]
