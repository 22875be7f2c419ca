"""What the box offers while somebody writes: the document meant, qualifiers and their values, taxpayers and buyers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.contents import search_key
from app.documents.registry import TYPES
from app.errors import Text
from app.lifecycle import State
from app.search import attention, buyers, finding, words
from app.search.keyset import Place
from app.search.values import Unclear
from app.search.words import BY_NAME, EXACT, QUALIFIERS, Term
from app.store.documents import Document
from app.store.tenants import Tenant

MOST = 8
OF_EACH = 4
SHORTEST_NAME = 2
_VALUES = {
    "state": [str(state) for state in State],
    "type": [kind.name for kind in TYPES],
    "attention": list(attention.VALUES),
    "mail": ["bounced"],
}
_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)*$')


@dataclass(frozen=True)
class Suggestion:
    """One line: ``words`` go into the box, or ``document`` is opened; ``hint`` says what it is, if anything."""

    words: str
    hint: Text | None = None
    document: int | None = None
    detail: str = ""


def suggest(written: str, tenants: Sequence[int] | None) -> list[Suggestion]:
    """At most ``MOST`` for what is written so far. Inside a scope that sees ``tenants``."""
    return list(islice(_all(written[: words.LONGEST], tenants), MOST))


def _all(written: str, tenants: Sequence[int] | None) -> Iterator[Suggestion]:
    found = _WORD.search(written)
    last = found[0] if found else ""
    before = written[: len(written) - len(last)]
    yield from _exactly(written, tenants)
    name, colon, value = last.partition(":")
    if colon:
        if one := BY_NAME.get(name.lower()):
            yield from _values_of(one.name, value.strip('"'), f"{before}{name}:", tenants)
        return
    yield from _names(last, before)
    bare = written if not before.strip() or ":" not in before else last
    if len(search_key(bare)) >= SHORTEST_NAME:
        start = written[: len(written) - len(bare)]
        yield from _values_of("tenant", bare, f"{start}tenant:", tenants)
        yield from _values_of("buyer", bare, f"{start}buyer:", tenants)


def _exactly(written: str, tenants: Sequence[int] | None) -> Iterator[Suggestion]:
    try:
        terms = words.parse(written)
    except Unclear:
        return
    if len(terms) != 1 or terms[0].name not in EXACT:
        return
    yield from _found(terms[0], None, tenants)
    if other := words.maybe_id(written.strip()):
        yield from _found(Term("id", str(other), str(other)), BY_NAME["id"].means, tenants)


def _found(term: Term, hint: Text | None, tenants: Sequence[int] | None) -> Iterator[Suggestion]:
    ids = finding.find(finding.resolve((term,), tenants), Place(), OF_EACH).ids
    rows = Document.select(Document.id, Document.number, Document.buyer_name).where(
        Document.id.in_(ids or [0])
    )
    for row in rows.order_by(Document.id.desc()):
        yield Suggestion(row.number or str(row.id), hint, int(row.id), row.buyer_name)


def _names(typed: str, before: str) -> Iterator[Suggestion]:
    if typed and typed.isalpha():
        begun = [
            one
            for one in QUALIFIERS
            if any(name.startswith(typed.lower()) for name in (one.name, *one.aliases))
        ]
        for one in begun[:OF_EACH]:
            yield Suggestion(f"{before}{one.name}:", one.means)


def _values_of(name: str, typed: str, start: str, tenants: Sequence[int] | None) -> Iterator[Suggestion]:
    if name in _VALUES:
        for value in _VALUES[name]:
            if value.startswith(typed.lower()):
                yield Suggestion(f"{start}{value}", BY_NAME[name].means, None, value)
    elif name == "tenant":
        yield from _taxpayers(typed, start, tenants)
    elif name == "buyer" and len(search_key(typed)) >= SHORTEST_NAME and not typed.isdigit():
        yield from _buyers(typed, start, tenants)


def _taxpayers(typed: str, start: str, tenants: Sequence[int] | None) -> Iterator[Suggestion]:
    beginning = search_key(typed)
    everybody = Tenant.select(Tenant.id, Tenant.ruc, Tenant.razon_social).order_by(Tenant.razon_social)
    if tenants is not None:
        everybody = everybody.where(Tenant.id.in_(list(tenants)))
    begun = (row for row in everybody if search_key(row.razon_social).startswith(beginning))
    for row in islice(begun, OF_EACH):
        yield Suggestion(f"{start}{row.ruc}", BY_NAME["tenant"].means, None, row.razon_social)


def _buyers(typed: str, start: str, tenants: Sequence[int] | None) -> Iterator[Suggestion]:
    for name, identification in buyers.known(tenants, typed, OF_EACH):
        term = Term("buyer", name, name)
        yield Suggestion(
            f"{start.rpartition('buyer:')[0]}{term.again}", BY_NAME["buyer"].means, None, identification
        )
