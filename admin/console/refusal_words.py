"""What the SRI said when it refused some documents, with the detail it added, for a list of them."""

from collections.abc import Collection
from typing import Any

from admin.console.door import of_mine
from app.lifecycle import Event
from app.store.documents import History

_REFUSALS = [str(Event.RETURNED), str(Event.REJECTED)]


def of(document_ids: Collection[int]) -> dict[int, str]:
    """The messages of each document's last refusal as one sentence. Inside ``mine()``."""
    about = (History.document_id.in_(list(document_ids) or [0]), History.event.in_(_REFUSALS))
    last = (
        History.select(History.document_id, History.facts)
        .where(*of_mine(History), *about)
        .distinct(History.document_id)
        .order_by(History.document_id, History.seq.desc())
    )
    return {int(row.document_id): "; ".join(map(_said, row.facts.get("messages", []))) for row in last}


def _said(message: dict[str, Any]) -> str:
    """One message: its text, and the additional one where the SRI gave any."""
    return ": ".join(filter(None, (message.get("text"), message.get("detail"))))
