"""The audit searched: what is on record about something, or of somebody; an index leads, and what is too much is cut.

Lines about one thing begin with its name (``document 81 RIDE``), and attempts that were refused with its address.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from peewee import JOIN, SQL, Select

from app.contents import search_key
from app.search import finding, words
from app.search.buyers import LAST_LETTER
from app.search.keyset import IN_SIGHT, Place, listed_tenants
from app.store.documents import Document
from app.store.people import Audit, GrantOfRole, Person
from app.tenancy import SYSTEM

MOST_LINES: Final = 2_000
"""Lines with one beginning among which a search looks."""
MOST_PEOPLE: Final = 20
MOST_DOCUMENTS: Final = 20
MOST_ACCOUNTS: Final = 5_000
MOST_COLLEAGUES: Final = 500
SIGN_INS: Final = ("login", "logout")
"""Lines of the installation that row-level security shows to whoever sees a taxpayer of that person."""
_target = Audit.target.collate('"C"')
_DOCUMENT = re.compile(
    r"(?:factura|invoice|comprobante|documento|nota|note|nota de cr[eé]dito|credit note)\s+(.+)",
    re.IGNORECASE,
)
_STORED = re.compile(r"document (\d{1,18})")
"""As a target names a document: by its internal id."""
_NUMBERED: Final = (
    (re.compile(r"(?:batch|lote)\s+(\d{1,18})", re.IGNORECASE), "batch {}", "/batches/{}"),
    (
        re.compile(r"(?:bulk|operaci[oó]n|operation)\s+(\d{1,18})", re.IGNORECASE),
        "bulk {}",
        "/operations/{}",
    ),
    (re.compile(r"(?:export|exportaci[oó]n)\s+(\d{1,18})", re.IGNORECASE), "export {}", "/exports/{}"),
)
_ONE_DOCUMENT = frozenset({"sequence", "number", "key"})


@dataclass(frozen=True)
class Stretch:
    """Targets from ``first`` up to, and without, ``behind``, of one taxpayer or, for None, of all in sight."""

    first: str
    behind: str
    tenant: int | None = None


def of_document(tenant_id: int, document_id: int) -> list[Stretch]:
    """Everything about one document: what was done to it, taken away of it, and refused with its address."""
    both = _named(f"document {document_id}", f"/documents/{document_id}")
    return [Stretch(*ends, tenant_id) for ends in both]


def about(written: str, tenants: Sequence[int] | None) -> list[Stretch]:
    """What of the audit is meant by ``written``: a document by number, key or id, something else by name and number,
    or whatever a target begins with. Inside a scope that sees ``tenants`` (None: all)."""
    for pattern, name, address in _NUMBERED:
        if number := pattern.fullmatch(written):
            return [Stretch(*ends) for ends in _named(name.format(number[1]), address.format(number[1]))]
    beginning = Stretch(written, written + LAST_LETTER)
    meant = _documents(written, tenants)
    if not meant:
        return [beginning]
    found = [stretch for one in meant for stretch in of_document(one.tenant_id, one.id)]
    if tenants is None:
        # Filed with the installation when the document was not there yet, or by an older release.
        ids = {one.id for one in meant}
        found += [Stretch(*_below(f"/documents/{one}", "0"), SYSTEM) for one in sorted(ids)]
    return found


def _named(name: str, address: str) -> Iterable[tuple[str, str]]:
    """The stretch of what is called ``name``, with or without further words, and of the addresses below ``address``."""
    return _below(name, "!"), _below(address, "0")


def _below(beginning: str, stop: str) -> tuple[str, str]:
    """Up to the first letter that would make it another thing: "!" follows the blank, "0" the slash."""
    return beginning, beginning + stop


def _documents(written: str, tenants: Sequence[int] | None) -> list[Any]:
    """Those meant; a short number may be a secuencial or an internal id, and nobody who asks is to miss either."""
    if stored := _STORED.fullmatch(written):
        return _of_ids([int(stored[1])], tenants)
    named = _DOCUMENT.fullmatch(written)
    called = named[1].strip() if named else written
    term = words.of_bare_words(called)
    if term.name not in _ONE_DOCUMENT:
        return []
    ids = finding.find(finding.resolve((term,), tenants), Place(), MOST_DOCUMENTS).ids
    maybe = words.maybe_id(called)
    return _of_ids([*ids, *([] if maybe is None else [maybe])], tenants)


def _of_ids(ids: Sequence[int], tenants: Sequence[int] | None) -> list[Any]:
    theirs = [] if tenants is None else [Document.tenant_id.in_(list(tenants))]
    query = Document.select(Document.tenant_id, Document.id)
    return list(query.where(Document.id.in_(list(ids)), *theirs)) if ids else []


def people(written: str, others: Mapping[str, str]) -> tuple[list[str], bool]:
    """Who may be meant by a part of an address or name, and whether only the first ``MOST_PEOPLE`` are here.

    ``others`` are those without an account, as they are called. The text itself is here too: accounts are forgotten.
    """
    asked = search_key(written)
    accounts = Person.select(Person.email, Person.name).order_by(Person.id).limit(MOST_ACCOUNTS)
    known = [(str(one.email), f"{one.email} {one.name}") for one in accounts]
    found = [who for who, called in (*known, *others.items()) if asked in search_key(f"{who} {called}")]
    return list(dict.fromkeys([written.lower(), *found[:MOST_PEOPLE]])), len(found) > MOST_PEOPLE


def colleagues(tenants: Sequence[int]) -> list[str]:
    """The addresses of those who have a role for one of ``tenants``."""
    grants = GrantOfRole.select(GrantOfRole.person).where(GrantOfRole.tenant_id.in_(list(tenants)))
    query = Person.select(Person.email).where(Person.id.in_(grants)).order_by(Person.id)
    return [str(one.email) for one in query.limit(MOST_COLLEAGUES)]


def ids_about(
    stretches: Sequence[Stretch], tenants: Sequence[int] | None, where: Sequence[Any], place: Place, most: int
) -> tuple[list[int], bool]:
    """The first ids at ``place`` of lines within ``stretches``, and whether there are more than were looked at."""
    found: set[int] = set()
    cut_off = False
    for one in stretches:
        lines = _lines(one, _among(one.tenant, tenants), [place.past(Audit.id), *where])
        found |= set(lines[:MOST_LINES])
        cut_off = cut_off or len(lines) > MOST_LINES
    return place.first(found, most), cut_off


def ids_by(
    who: Sequence[str], tenants: Sequence[int] | None, where: Sequence[Any], place: Place, most: int
) -> list[int]:
    """The first ids at ``place`` of lines by any of ``who``."""
    each = "(select t.id, w.who from unnest({}) t (id) cross join unnest(%s::text[]) w (who)) listed"
    if tenants is None:
        listed = SQL(each.format(IN_SIGHT), (list(who),))
    else:
        listed = SQL(each.format("%s::bigint[]"), (list(tenants), list(who)))
    first = (
        Audit.select(Audit.id)
        .where(
            Audit.tenant_id == SQL("listed.id"), Audit.by == SQL("listed.who"), place.past(Audit.id), *where
        )
        .order_by(place.order(Audit.by), place.order(Audit.id))
        .limit(most)
        .alias("first")
    )
    query = Select([listed], [first.c.id]).join(first, JOIN.LATERAL).order_by(place.order(first.c.id))
    return _ids(query.limit(most))


def _among(tenant: int | None, tenants: Sequence[int] | None) -> Sequence[int] | None:
    if tenant is None:
        return tenants
    return [tenant] if tenants is None or tenant in tenants else []


def _lines(stretch: Stretch, tenants: Sequence[int] | None, where: Sequence[Any]) -> list[int]:
    """The last lines of a stretch, one more than are looked at."""
    listed = listed_tenants(tenants)
    within = (_target >= stretch.first, _target < stretch.behind)
    first = (
        Audit.select(Audit.id)
        .where(Audit.tenant_id == listed.c.id, *within, *where)
        .order_by(_target.desc(), Audit.id.desc())
        .limit(MOST_LINES + 1)
        .alias("first")
    )
    return _ids(Select([listed], [first.c.id]).join(first, JOIN.LATERAL).limit(MOST_LINES + 1))


def _ids(query: Any) -> list[int]:
    return [int(line) for (line,) in query.bind(Audit._meta.database).tuples()]
