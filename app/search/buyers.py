"""Buyers by the words of their name: a table of words leads to names, and an index to the documents of each name.

Triggers write the words of a name with the first document that bears it; the two cut a name in the same places.
"""

import re
from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import Any, Final

from peewee import SQL

from app.contents import search_key
from app.search.keyset import IN_SIGHT
from app.store.base import database
from app.store.documents import Document

MOST_BY_NAME = 1_000
"""Documents of buyers with such a name among which a search looks; the newest of each name first."""
MOST_NAMES = 5_000
"""Names with one of the words asked for that are looked at."""
MOST_LEADS = 5
"""Words of which one may lead."""
LONGEST_WORD: Final = 40
LAST_LETTER: Final = "\U0010ffff"
_APART: Final = r"[ -/:-@\[-`{-~]"

_NAMES = """
select listed.id, named.buyer_key from unnest({tenants}) as listed (id), lateral (
    select word.buyer_key from buyer_word word
    where word.tenant_id = listed.id and word.word >= %s and word.word < %s order by word.word limit %s
) named limit %s
"""
_DOCUMENTS = """
select newest.id, newest.buyer_name, newest.buyer_id
from unnest(%s::bigint[], %s::text[]) as named (tenant_id, buyer_key), lateral (
    select document.id, document.buyer_name, document.buyer_id from document
    where document.tenant_id = named.tenant_id
        and document.buyer_key >= named.buyer_key and document.buyer_key <= named.buyer_key
    order by document.buyer_key desc, document.id desc limit %s
) newest limit %s
"""


def words_of(name: str) -> list[str]:
    """The words of a name as they are looked up, each once."""
    found = (word[:LONGEST_WORD] for word in re.split(_APART, search_key(name)) if word)
    return list(dict.fromkeys(found))


def by_name(tenants: Sequence[int] | None, written: str, most: int = MOST_BY_NAME) -> tuple[list[int], bool]:
    """Ids of documents of buyers in whose name each word written begins a word, and whether there are more.

    ``tenants`` None are all that the scope sees.
    """
    named, cut_off = _names(tenants, words_of(written))
    rows = _newest(named, each=most + 1, most=most + 1)
    return [int(row[0]) for row in rows[:most]], cut_off or len(rows) > most


def known(tenants: Sequence[int] | None, written: str, most: int) -> list[tuple[str, str]]:
    """Some buyers with such a name: how their newest document writes it, and their identification."""
    named, _ = _names(tenants, words_of(written))
    return [(row[1], row[2]) for row in _newest(named[:most], each=1, most=most)]


def condition(written: str) -> Any:
    """What a document's name must be for ``by_name`` to find it."""
    words = words_of(written)
    if not words:
        return SQL("false")
    return reduce(and_, (Document.buyer_key.regexp(f"(^|{_APART}){word}") for word in words))


def _names(tenants: Sequence[int] | None, words: list[str]) -> tuple[list[tuple[int, str]], bool]:
    """Taxpayers and the names among their buyers' in which every word begins one; and whether not all were looked at.

    The longest word leads that few names have.
    """
    rows: list[Any] = []
    for word in sorted(words, key=len, reverse=True)[:MOST_LEADS]:
        rows = _with_word(tenants, word)
        if len(rows) <= MOST_NAMES:
            break
    fit = (row for row in rows[:MOST_NAMES] if _fits(row[1], words))
    return list(dict.fromkeys((int(tenant), key) for tenant, key in fit)), len(rows) > MOST_NAMES


def _with_word(tenants: Sequence[int] | None, word: str) -> list[Any]:
    """Taxpayers and names of their buyers in which a word begins so, some more than are looked at at most."""
    whose = IN_SIGHT if tenants is None else "%s::bigint[]"
    values = [] if tenants is None else [list(tenants)]
    limits = [MOST_NAMES + 1] * 2
    query = _NAMES.format(tenants=whose)
    rows: list[Any] = database.execute_sql(query, (*values, word, word + LAST_LETTER, *limits)).fetchall()
    return rows


def _fits(key: str, words: list[str]) -> bool:
    there = words_of(key)
    return all(any(one.startswith(word) for one in there) for word in words)


def _newest(named: list[tuple[int, str]], *, each: int, most: int) -> list[Any]:
    if not named:
        return []
    tenants, keys = map(list, zip(*named, strict=True))
    rows: list[Any] = database.execute_sql(_DOCUMENTS, (tenants, keys, each, most)).fetchall()
    return rows
