"""Documents that stand still until somebody corrects or decides something."""

from collections.abc import Sequence
from typing import Any

from admin.console import keyset
from admin.console.keyset import Place
from app.lifecycle import MOVING, State
from app.store.documents import Document

REFUSED = (State.RETURNED, State.REJECTED)
"""Only a correction of their content moves these."""


def ids(
    tenants: Sequence[int] | None, where: Sequence[Any], place: Place, most: int, only: str | None = None
) -> list[int]:
    """The first ids at ``place`` of such documents, of all states or of one; inside a scope."""
    found: list[int] = []
    for state in (*REFUSED, *MOVING):
        if only in (None, state):
            waits = [] if state in REFUSED else [Document.needs_person_since.is_null(False)]
            found += keyset.ids_with(Document, Document.state, state, tenants, [*waits, *where], place, most)
    return place.first(found, most)
