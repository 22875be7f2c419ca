"""One search box: an access key, a number, a buyer's identification, or how a buyer's name begins."""

import re
from typing import Any

from app.intake import search_key
from app.store.documents import Document

_KEY = re.compile(r"\d{49}")
_NUMBER = re.compile(r"(\d{3})[-\s]?(\d{3})[-\s]?(\d{1,9})")
LONGEST = 300


def identity(words: str) -> list[Any] | None:
    """The condition for words that name one document, its access key or number; None for any others."""
    bare = words.replace(" ", "")
    if _KEY.fullmatch(bare):
        return [Document.access_key == bare]
    if (found := _NUMBER.fullmatch(words)) and ("-" in words or len(bare) == 15):
        establishment, point, sequence = found.groups()
        return [Document.number == f"{establishment}-{point}-{int(sequence):09d}"]
    return None


def matching(words: str) -> list[Any]:
    """Conditions that an index answers: equality, or a range that begins with the name as written.

    Never LIKE: under row-level security it may not use an index. Raises ``ValueError`` for words too long.
    """
    if len(words) > LONGEST:
        raise ValueError("too long")
    if (one := identity(words)) is not None:
        return one
    beginning = search_key(words)
    by_name = (Document.buyer_key >= beginning) & (Document.buyer_key < beginning + "\U0010ffff")
    return [(Document.buyer_id == words) | by_name]
