"""The rows that terms ask for: one index leads, everything else is a condition on what it finds.

Under row-level security a LIKE cannot use an index, so names are ranges; and no page may cost more the more documents
there are, so the term that finds fewest leads, and a name that begins too many is cut off and says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from peewee import JOIN, SQL, Select, fn

from app import work
from app.contents import search_key
from app.lifecycle import REFUSED, State
from app.search import attention, keyset
from app.search.keyset import Place
from app.search.words import PARTY, Term
from app.store.documents import Document, Emission
from app.store.engine import Run
from app.store.tenants import Tenant

MOST_BY_NAME = 1_000
"""Documents of buyers whose name begins with the words among which a search looks; the newest of each name first."""
LOOKED_AT_FOR_AMOUNT = 10_000
"""Documents among which an amount alone is looked for, the newest first: no index holds totals."""
LEAST_OF_EACH = 500
NEWEST = Place()
LAST_LETTER = "\U0010ffff"
COMMON_TYPE = "01"
LED_BY_STATE = frozenset(str(state) for state in State if state != State.AUTHORIZED)
"""States that hold few documents for long."""


@dataclass(frozen=True)
class Wanted:
    """All that is asked for: terms by name, in whose documents (None: all in sight), and further conditions."""

    terms: dict[str, Term]
    tenants: Sequence[int] | None
    where: list[Any] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """What is asked of ``name``."""
        return self.terms[name].value if name in self.terms else None

    def conditions(self, *, led_by: str = "") -> list[Any]:
        """Everything asked for, but for what the term ``led_by`` asks."""
        asked = [_CONDITIONS[name](term.value) for name, term in self.terms.items() if name != led_by]
        return [*(one for some in asked for one in some), *self.where]


@dataclass(frozen=True)
class Found:
    """Ids in the order of reading; ``cut_off`` names the term for which not every document was looked at."""

    ids: list[int]
    cut_off: Literal["", "name", "amount"] = ""


def resolve(terms: Sequence[Term], tenants: Sequence[int] | None) -> Wanted:
    """Whose documents, and which of them. Inside a scope that sees ``tenants``."""
    asked = {term.name: term for term in terms}
    if PARTY in asked:
        ruc = asked.pop(PARTY)
        ours = [row.id for row in Tenant.select(Tenant.id).where(Tenant.ruc == ruc.value)]
        if ours:
            return resolve_tenants(Wanted(asked, _among(tenants, ours)))
        asked["buyer"] = replace(ruc, name="buyer")
    return resolve_tenants(Wanted(asked, tenants))


def resolve_tenants(wanted: Wanted) -> Wanted:
    """The same with the term ``tenant`` turned into the taxpayers it names, and times into a stretch of ids."""
    asked = dict(wanted.terms)
    tenants = wanted.tenants
    if term := asked.pop("tenant", None):
        tenants = _among(tenants, named(term.value))
    since = _moment(asked.pop("after", None))
    ends = [_moment(asked.pop(name, None)) for name in ("before", "until")]
    until = min((end for end in ends if end), default=None)
    where = [*wanted.where]
    if since or until:
        where += keyset.within(Document, Document.created_at, tenants, since, until)
    return Wanted(asked, tenants, where)


def named(words: str) -> list[int]:
    """Ids of the taxpayers in sight with this RUC or id, or whose name begins so."""
    if words.isascii() and words.isdigit():
        same = (Tenant.ruc == words) if len(words) == 13 else (Tenant.id == int(words[:18]))
        return [row.id for row in Tenant.select(Tenant.id).where(same)]
    beginning = search_key(words)
    everybody = Tenant.select(Tenant.id, Tenant.razon_social)
    return [row.id for row in everybody if search_key(row.razon_social).startswith(beginning)]


def find(wanted: Wanted, place: Place, most: int) -> Found:
    """The first ``most`` ids at ``place`` of what is wanted. Inside a scope."""
    if wanted.tenants is not None and not wanted.tenants:
        return Found([])
    for name, lead in _LEADS.items():
        if (value := wanted.value(name)) is not None and (
            found := lead(wanted, value, place, most)
        ) is not None:
            return found
    return Found(_in_order(wanted, place, most))


def find_all(wanted: Wanted, place: Place, most: int) -> list[int]:
    """The same, leaving nothing out: what ``find`` would cut off is read in the order of ids, however long it takes."""
    found = find(wanted, place, most)
    return _in_order(wanted, place, most) if found.cut_off else found.ids


def _in_order(wanted: Wanted, place: Place, most: int) -> list[int]:
    where = wanted.conditions()
    if wanted.tenants is not None:
        return keyset.ids_of_tenants(Document, wanted.tenants, where, place, most)
    query = Document.select(Document.id).where(place.past(Document.id), *where)
    return _ids(query, place, most)


def _ids(query: Any, place: Place, most: int) -> list[int]:
    return [int(one) for (one,) in query.order_by(place.order(Document.id)).limit(most).tuples()]


def _with(column: Any, name: str, *also: Any) -> Callable[[Wanted, str, Place, int], Found | None]:
    """Led by an index over (tenant, ``column``, id)."""

    def lead(wanted: Wanted, value: str, place: Place, most: int) -> Found:
        where = [*also, *wanted.conditions(led_by=name)]
        return Found(keyset.ids_with(Document, column, value, wanted.tenants, where, place, most))

    return lead


def _few(name: str, ids_of: Callable[[str], list[int]]) -> Callable[[Wanted, str, Place, int], Found | None]:
    """Led by the handful of ids that a value names wherever it stands."""

    def lead(wanted: Wanted, value: str, place: Place, most: int) -> Found:
        where = [place.past(Document.id), *wanted.conditions(led_by=name)]
        if wanted.tenants is not None:
            where.append(Document.tenant_id.in_(list(wanted.tenants)))
        query = Document.select(Document.id).where(Document.id.in_(ids_of(value) or [0]), *where)
        return Found(_ids(query, place, most))

    return lead


def _of_key(key: str) -> list[int]:
    now = [row.id for row in Document.select(Document.id).where(Document.access_key == key)]
    bore = Emission.select(Emission.document_id).where(Emission.access_key == key)
    return now or [row.document_id for row in bore.limit(10)]


def _of_message(message: str) -> list[int]:
    runs = Run.select(Run.document_id).where(Run.message_id == message, Run.document_id.is_null(False))
    return [int(row.document_id or 0) for row in runs.limit(10)]


def _error(wanted: Wanted, code: str, place: Place, most: int) -> Found:
    where = wanted.conditions(led_by="error")
    ids: set[int] = set()
    ours = [Document.last_error_code != work.UNDECIDED_YET, *where]
    for column, narrowed in ((Document.refused_code, where), (Document.last_error_code, ours)):
        ids |= set(keyset.ids_with(Document, column, code, wanted.tenants, narrowed, place, most))
    return Found(place.first(ids, most))


def _state(wanted: Wanted, state: str, place: Place, most: int) -> Found | None:
    """A state of few documents leads; that of nearly all leads only when nothing narrower is asked for."""
    if state not in LED_BY_STATE and wanted.terms.keys() & {"buyer", "type"}:
        return None
    return _with(Document.state, "state")(wanted, state, place, most)


def _amount(wanted: Wanted, _: str, place: Place, most: int) -> Found | None:
    """A condition on what anything narrower finds; by itself it is looked for among the newest documents only."""
    narrower = "buyer" in wanted.terms or wanted.value("state") in LED_BY_STATE
    if narrower or wanted.value("type") not in (None, COMMON_TYPE):
        return None
    if wanted.tenants is None:
        looked_at = _ids(Document.select(Document.id).where(*wanted.where), NEWEST, LOOKED_AT_FOR_AMOUNT)
    else:
        each = max(LOOKED_AT_FOR_AMOUNT // len(wanted.tenants), LEAST_OF_EACH)
        looked_at = keyset.ids_of_tenants(Document, wanted.tenants, wanted.where, NEWEST, each)
    among = SQL("t1.id = any(%s::bigint[])", (looked_at,))
    query = Document.select(Document.id).where(among, place.past(Document.id), *wanted.conditions())
    return Found(_ids(query, place, most), "amount")


def _attention(wanted: Wanted, _: str, place: Place, most: int) -> Found:
    where = wanted.conditions(led_by="attention")
    return Found(attention.ids(wanted.tenants, where, place, most, only=wanted.value("state")))


def _type(wanted: Wanted, code: str, place: Place, most: int) -> Found | None:
    if code == COMMON_TYPE or "buyer" in wanted.terms:
        return None
    rare = Document.doc_type != COMMON_TYPE
    return _with(Document.doc_type, "type", rare)(wanted, code, place, most)


def _buyer(wanted: Wanted, words: str, place: Place, most: int) -> Found:
    found = Found([])
    if any(letter.isdigit() for letter in words):
        found = _with(Document.buyer_id, "buyer")(wanted, words, place, most) or found
        if words.isascii() and words.isdigit():
            return found
    named, cut_off = by_name(wanted.tenants, words)
    where = [place.past(Document.id), *wanted.conditions(led_by="buyer")]
    query = Document.select(Document.id).where(Document.id.in_(named or [0]), *where)
    ids = {*_ids(query, place, most), *found.ids}
    return Found(place.first(ids, most), "name" if cut_off else "")


def by_name(
    tenants: Sequence[int] | None, words: str, most: int = MOST_BY_NAME, *columns: Any
) -> tuple[list[Any], bool]:
    """Ids (or ``columns``) of documents of buyers whose name begins with ``words``, and whether there are more."""
    beginning = search_key(words)
    listed = Select(columns=[fn.unnest(_ids_in_sight(tenants)).alias("id")]).alias("listed")
    wanted = columns or (Document.id,)
    first = (
        Document.select(*wanted)
        .where(
            Document.tenant_id == listed.c.id,
            Document.buyer_key >= beginning,
            Document.buyer_key < beginning + LAST_LETTER,
        )
        .order_by(Document.buyer_key.desc(), Document.id.desc())
        .limit(most + 1)
        .alias("first")
    )
    query = Select([listed], [SQL("first.*")]).join(first, JOIN.LATERAL).limit(most + 1)
    rows = list(query.bind(Document._meta.database).tuples())
    found = [row if columns else int(row[0]) for row in rows[:most]]
    return found, len(rows) > most


def _ids_in_sight(tenants: Sequence[int] | None) -> SQL:
    if tenants is None:
        return SQL("string_to_array(current_setting('autoriza.tenants'), ',')::bigint[]")
    return SQL("%s::bigint[]", (list(tenants),))


def _among(tenants: Sequence[int] | None, some: Sequence[int]) -> list[int]:
    return [one for one in some if tenants is None or one in tenants]


def _moment(term: Term | None) -> datetime | None:
    return datetime.fromisoformat(term.value) if term else None


def _name_or_id(words: str) -> list[Any]:
    beginning = search_key(words)
    by_prefix = (Document.buyer_key >= beginning) & (Document.buyer_key < beginning + LAST_LETTER)
    return [(Document.buyer_id == words) | by_prefix]


_CONDITIONS: dict[str, Callable[[str], list[Any]]] = {
    "id": lambda value: [Document.id == int(value)],
    "key": lambda value: [Document.id.in_(_of_key(value) or [0])],
    "message": lambda value: [Document.id.in_(_of_message(value) or [0])],
    "ref": lambda value: [Document.reference == value],
    "number": lambda value: [Document.number == value],
    "modifies": lambda value: [Document.modified_number == value],
    "error": lambda value: [(Document.refused_code == value) | (Document.last_error_code == value)],
    "state": lambda value: [Document.state == value],
    "attention": lambda _: [Document.needs_person_since.is_null(False) | Document.state.in_(REFUSED)],
    "buyer": _name_or_id,
    "type": lambda value: [Document.doc_type == value],
    "amount": lambda value: [Document.total == Decimal(value)],
}
_LEADS: dict[str, Callable[[Wanted, str, Place, int], Found | None]] = {
    "id": _few("id", lambda value: [int(value)]),
    "key": _few("key", _of_key),
    "message": _few("message", _of_message),
    "ref": _with(Document.reference, "ref"),
    "number": _with(Document.number, "number"),
    "modifies": _with(Document.modified_number, "modifies", Document.modified_number.is_null(False)),
    "error": _error,
    "attention": _attention,
    "amount": _amount,
    "state": _state,
    "type": _type,
    "buyer": _buyer,
}
"""In the order of how few documents each finds."""
