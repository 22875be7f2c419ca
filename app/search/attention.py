"""Documents that stand still until somebody corrects or decides something."""

from collections.abc import Sequence
from typing import Any

from app.lifecycle import MOVING, REFUSED
from app.search import keyset
from app.search.keyset import Place
from app.store.documents import Document

_STANDS_STILL = Document.needs_person_since.is_null(False) | Document.state.in_(
    [str(state) for state in REFUSED]
)
"""Word for word what the index ``document_needing_person`` is made of."""


def ids(
    tenants: Sequence[int] | None, where: Sequence[Any], place: Place, most: int, only: str | None = None
) -> list[int]:
    """The first ids at ``place`` of such documents, of all states or of one; inside a scope."""
    if only is None:
        return keyset.ids_marked(Document, [_STANDS_STILL, *where], tenants, place, most)
    found: list[int] = []
    for state in (*REFUSED, *MOVING):
        if only in (None, state):
            waits = [] if state in REFUSED else [Document.needs_person_since.is_null(False)]
            found += keyset.ids_with(Document, Document.state, state, tenants, [*waits, *where], place, most)
    return place.first(found, most)
