"""What each term asks of a document, whatever leads to it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.search import attention, buyers, issued, mailed
from app.store.documents import Document, Emission
from app.store.engine import Run


def of_key(key: str) -> list[int]:
    """Ids of the documents that bear an access key now, else of those that once did."""
    now = [row.id for row in Document.select(Document.id).where(Document.access_key == key)]
    bore = Emission.select(Emission.document_id).where(Emission.access_key == key)
    return now or [row.document_id for row in bore.limit(10)]


def of_message(message: str) -> list[int]:
    """Ids of the documents that the runs of a message were about."""
    runs = Run.select(Run.document_id).where(Run.message_id == message, Run.document_id.is_null(False))
    return [int(row.document_id or 0) for row in runs.limit(10)]


def _name_or_id(words: str) -> list[Any]:
    return [(Document.buyer_id == words) | buyers.condition(words)]


CONDITIONS: dict[str, Callable[[str], list[Any]]] = {
    "id": lambda value: [Document.id == int(value)],
    "key": lambda value: [Document.id.in_(of_key(value) or [0])],
    "message": lambda value: [Document.id.in_(of_message(value) or [0])],
    "ref": lambda value: [Document.reference == value],
    "number": lambda value: [Document.number == value],
    "sequence": lambda value: [Document.sequence_number == int(value)],
    "issued": lambda value: [issued.condition(value)],
    "modifies": lambda value: [Document.modified_number == value],
    "batch": lambda value: [Document.batch_id == int(value)],
    "error": lambda value: [(Document.refused_code == value) | (Document.last_error_code == value)],
    "state": lambda value: [Document.state == value],
    "attention": lambda value: [attention.condition(value)],
    "mail": mailed.condition,
    "buyer": _name_or_id,
    "type": lambda value: [Document.doc_type == value],
    "amount": lambda value: [Document.total == Decimal(value)],
}
