"""The rows that terms ask for: one index leads, everything else is a condition on what it finds.

Under row-level security a LIKE cannot use an index, so names are found by their words; and no page may cost more the
more documents there are, so the term that finds fewest leads, and a name that too many have is cut off and says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from peewee import SQL

from app import work
from app.contents import search_key
from app.lifecycle import State
from app.search import attention, buyers, issued, keyset, mailed, sequences
from app.search.conditions import CONDITIONS, of_key, of_message
from app.search.keyset import Place
from app.search.words import PARTY, Term
from app.store.documents import Document
from app.store.tenants import Tenant

LOOKED_AT_FOR_AMOUNT = 10_000
"""Documents among which an amount alone is looked for, the newest first: no index holds totals."""
LEAST_OF_EACH = 500
NEWEST = Place()
COMMON_TYPE = "01"
LED_BY_STATE = frozenset(str(state) for state in State if state != State.AUTHORIZED)
"""States that hold few documents for long."""
NAMES_FEW = frozenset({"id", "key", "message", "sequence", "ref", "number", "modifies"})
"""What leads to a handful of documents, whenever they were issued."""


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
        asked = [CONDITIONS[name](term.value) for name, term in self.terms.items() if name != led_by]
        return [*(one for some in asked for one in some), *self.where]

    @cached_property
    def led_by(self) -> str:
        """The term that finds fewest; "" when none leads."""
        asked = (name for name in _LEADS if name in self.terms)
        return next((name for name in asked if not _steps_back(name, self)), "")

    @cached_property
    def cut_off(self) -> bool:
        """Whether ``find`` would not look at every document. Inside a scope."""
        words = self.value("buyer") or ""
        by_words = self.led_by == "buyer" and not _is_number(words)
        if self.led_by == "amount" or (by_words and buyers.by_name(self.tenants, words)[1]):
            return True
        if self.led_by == "mail" and mailed.is_cut_off(self.terms["mail"].value, self.tenants):
            return True
        return self.by_days is not None and issued.moved(self.by_days, self.tenants)[1]

    @property
    def by_days(self) -> str | None:
        """The days of issue asked for, unless something leads to few documents anyway."""
        return None if self.led_by in NAMES_FEW else self.value("issued")

    @cached_property
    def stretch(self) -> list[Any]:
        """Conditions met by documents of ``by_days`` that were issued the day they came. Inside a scope."""
        return issued.stretch(self.by_days, self.tenants) if self.by_days else []


@dataclass(frozen=True)
class Found:
    """Ids in the order of reading; ``cut_off`` names the term for which not every document was looked at."""

    ids: list[int]
    cut_off: Literal["", "name", "amount", "issued", "moving", "mail"] = ""


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
    if _is_number(words):
        same = (Tenant.ruc == words) if len(words) == 13 else (Tenant.id == int(words[:18]))
        return [row.id for row in Tenant.select(Tenant.id).where(same)]
    beginning = search_key(words)
    everybody = Tenant.select(Tenant.id, Tenant.razon_social)
    return [row.id for row in everybody if search_key(row.razon_social).startswith(beginning)]


def find(wanted: Wanted, place: Place, most: int) -> Found:
    """The first ``most`` ids at ``place`` of what is wanted. Inside a scope."""
    if wanted.tenants is not None and not wanted.tenants:
        return Found([])
    if wanted.by_days is None:
        return _led(wanted, place, most)
    found = _led(replace(wanted, where=[*wanted.where, *wanted.stretch]), place, most)
    looked_at, more = issued.moved(wanted.by_days, wanted.tenants)
    others = _among_ids(looked_at, wanted, place, most)
    cut_off = found.cut_off or ("issued" if more else "")
    return Found(place.first({*found.ids, *others}, most), cut_off)


def _led(wanted: Wanted, place: Place, most: int) -> Found:
    if name := wanted.led_by:
        return _LEADS[name](wanted, wanted.terms[name].value, place, most)
    return Found(_in_order(wanted, place, most))


def find_all(wanted: Wanted, place: Place, most: int) -> list[int]:
    """The same, leaving nothing out: what ``find`` would cut off is read in the order of ids, however long it takes."""
    if wanted.cut_off:
        return _in_order(wanted, place, most)
    found = find(wanted, place, most)
    return _in_order(wanted, place, most) if found.cut_off else found.ids  # more came since it was asked


def _in_order(wanted: Wanted, place: Place, most: int) -> list[int]:
    where = wanted.conditions()
    if wanted.tenants is not None:
        return keyset.ids_of_tenants(Document, wanted.tenants, where, place, most)
    query = Document.select(Document.id).where(place.past(Document.id), *where)
    return _ids(query, place, most)


def _ids(query: Any, place: Place, most: int) -> list[int]:
    return [int(one) for (one,) in query.order_by(place.order(Document.id)).limit(most).tuples()]


def _among_ids(looked_at: Sequence[int], wanted: Wanted, place: Place, most: int) -> list[int]:
    """Those of the ids ``looked_at`` that meet everything asked for."""
    among = SQL("t1.id = any(%s::bigint[])", (list(looked_at),))
    return _ids(
        Document.select(Document.id).where(among, place.past(Document.id), *wanted.conditions()), place, most
    )


def _with(column: Any, name: str, *also: Any) -> Callable[[Wanted, str, Place, int], Found]:
    """Led by an index over (tenant, ``column``, id)."""

    def lead(wanted: Wanted, value: str, place: Place, most: int) -> Found:
        where = [*also, *wanted.conditions(led_by=name)]
        return Found(keyset.ids_with(Document, column, value, wanted.tenants, where, place, most))

    return lead


def _few(name: str, ids_of: Callable[[str], list[int]]) -> Callable[[Wanted, str, Place, int], Found]:
    """Led by the handful of ids that a value names wherever it stands."""

    def lead(wanted: Wanted, value: str, place: Place, most: int) -> Found:
        where = [place.past(Document.id), *wanted.conditions(led_by=name)]
        if wanted.tenants is not None:
            where.append(Document.tenant_id.in_(list(wanted.tenants)))
        query = Document.select(Document.id).where(Document.id.in_(ids_of(value) or [0]), *where)
        return Found(_ids(query, place, most))

    return lead


def _error(wanted: Wanted, code: str, place: Place, most: int) -> Found:
    where = wanted.conditions(led_by="error")
    ids: set[int] = set()
    ours = [Document.last_error_code != work.UNDECIDED_YET, *where]
    for column, narrowed in ((Document.refused_code, where), (Document.last_error_code, ours)):
        ids |= set(keyset.ids_with(Document, column, code, wanted.tenants, narrowed, place, most))
    return Found(place.first(ids, most))


def _steps_back(name: str, wanted: Wanted) -> bool:
    """Whether a term that finds much is only a condition on what something narrower finds."""
    match name:
        case "state":
            common = wanted.value("state") not in LED_BY_STATE
            return common and bool(wanted.terms.keys() & {"buyer", "type"})
        case "type":
            return wanted.value("type") == COMMON_TYPE or "buyer" in wanted.terms
        case "amount":
            narrower = "buyer" in wanted.terms or wanted.value("state") in LED_BY_STATE
            return narrower or wanted.value("type") not in (None, COMMON_TYPE)
    return False


def _amount(wanted: Wanted, _: str, place: Place, most: int) -> Found:
    """By itself an amount is looked for among the newest documents only."""
    if wanted.tenants is None:
        looked_at = _ids(Document.select(Document.id).where(*wanted.where), NEWEST, LOOKED_AT_FOR_AMOUNT)
    else:
        each = max(LOOKED_AT_FOR_AMOUNT // len(wanted.tenants), LEAST_OF_EACH)
        looked_at = keyset.ids_of_tenants(Document, wanted.tenants, wanted.where, NEWEST, each)
    return Found(_among_ids(looked_at, wanted, place, most), "amount")


def _attention(wanted: Wanted, what: str, place: Place, most: int) -> Found:
    where = wanted.conditions(led_by="attention")
    if what != attention.PERSON:
        ids, more = attention.moving(
            wanted.tenants, where, place, most, mail=what == attention.ON_THE_WAY_BY_MAIL
        )
        return Found(ids, "moving" if more else "")
    return Found(attention.ids(wanted.tenants, where, place, most, only=wanted.value("state")))


def _mail(wanted: Wanted, value: str, place: Place, most: int) -> Found:
    found, more = mailed.ids(value, wanted.tenants, wanted.conditions(led_by="mail"), place, most)
    return Found(found, "mail" if more else "")


def _buyer(wanted: Wanted, words: str, place: Place, most: int) -> Found:
    found = Found([])
    if any(letter.isdigit() for letter in words):
        found = _with(Document.buyer_id, "buyer")(wanted, words, place, most)
        if _is_number(words):
            return found
    named, cut_off = buyers.by_name(wanted.tenants, words)
    where = [place.past(Document.id), *wanted.conditions(led_by="buyer")]
    query = Document.select(Document.id).where(Document.id.in_(named or [0]), *where)
    ids = {*_ids(query, place, most), *found.ids}
    return Found(place.first(ids, most), "name" if cut_off else "")


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdigit()


def _among(tenants: Sequence[int] | None, some: Sequence[int]) -> list[int]:
    return [one for one in some if tenants is None or one in tenants]


def _moment(term: Term | None) -> datetime | None:
    return datetime.fromisoformat(term.value) if term else None


_LEADS: dict[str, Callable[[Wanted, str, Place, int], Found]] = {
    "id": _few("id", lambda value: [int(value)]),
    "key": _few("key", of_key),
    "message": _few("message", of_message),
    "sequence": _few("sequence", sequences.ids_of),
    "ref": _with(Document.reference, "ref"),
    "number": _with(Document.number, "number"),
    "modifies": _with(Document.modified_number, "modifies", Document.modified_number.is_null(False)),
    "batch": _with(Document.batch_id, "batch"),
    "error": _error,
    "mail": _mail,
    "attention": _attention,
    "amount": _amount,
    "state": _with(Document.state, "state"),
    "type": _with(Document.doc_type, "type", Document.doc_type != COMMON_TYPE),
    "buyer": _buyer,
}
"""In the order of how few documents each finds."""
