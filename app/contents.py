"""What a row says of its document's content: the digest that tells two apart, and what is searched and listed."""

import hashlib
import json
import unicodedata
from datetime import date
from typing import Any

from app.documents.base import Draft


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


def columns_of(draft: Draft, requested_date: date | None) -> dict[str, Any]:
    """What a row says of its content: the content, its digest, and what is searched and listed of it."""
    return {
        "content_sha256": content_digest(draft, requested_date),
        "content": draft.content,
        "buyer_id": draft.buyer_id,
        "buyer_name": draft.buyer_name,
        "buyer_key": search_key(draft.buyer_name),
        "total": draft.total,
        "modified_type": draft.modified and draft.modified.doc_type,
        "modified_number": draft.modified and draft.modified.number,
    }


def search_key(name: str) -> str:
    """``name`` as it is searched by prefix: no accents, one case, single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())
