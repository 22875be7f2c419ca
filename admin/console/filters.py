"""What a list can be narrowed by, declared once per filter and read from the address strictly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from werkzeug.datastructures import MultiDict

from app.search.keyset import LARGEST_ID, Place
from app.store.tenants import Tenant

Choices = Sequence[tuple[str, str]]
MOST_CHOICES = 300
OLDEST = "oldest"
PLACE = frozenset({"behind", "before"})
"""The words of an address that lead through a list."""


@dataclass(frozen=True)
class Filter:
    """One narrowing: its name in the address, how a value becomes conditions, and what may be chosen.

    ``where`` raises ``ValueError`` for a value that means nothing. Without ``choices`` it is typed.
    """

    name: str
    where: Callable[[str], list[Any]]
    choices: Callable[[], Choices] | None = None


@dataclass(frozen=True)
class Asked:
    """A list as the address asks for it: filters by name as they were written, and as conditions."""

    values: Mapping[str, str]
    place: Place
    where: Mapping[str, list[Any]]

    def conditions(self, without: str = "") -> list[Any]:
        """All conditions, but for those of the filter ``without``."""
        return [one for name, some in self.where.items() if name != without for one in some]


def read(filters: Sequence[Filter], arguments: MultiDict[str, str]) -> Asked:
    """What the address asks of a list; 400 for a name or value nobody offers, a sort by any column included."""
    known = {one.name: one for one in filters}
    values = {name: value.strip() for name, value in arguments.items() if value.strip()}
    if values.keys() - known.keys() - PLACE - {"order"} or values.get("order", OLDEST) != OLDEST:
        abort(400)
    try:
        where = {name: one.where(values[name]) for name, one in known.items() if name in values}
    except ValueError:
        abort(400)
    place = place_of(values, oldest_first="order" in values)
    return Asked({name: value for name, value in values.items() if name not in PLACE}, place, where)


def place_of(arguments: Mapping[str, str], *, oldest_first: bool = False) -> Place:
    """Where in a list the address is; 400 for what is no id."""
    try:
        return Place(oldest_first, row_id(arguments.get("behind")), row_id(arguments.get("before")))
    except ValueError:
        abort(400)


def row_id(written: str | None) -> int | None:
    """A positive bigint; raises ``ValueError`` for anything else but None."""
    if written is None:
        return None
    if (
        not (written.isascii() and written.isdigit())
        or not 0 < int(written[:20]) <= LARGEST_ID
        or len(written) > 19
    ):
        raise ValueError(written)
    return int(written)


def one_of(
    column: Any, known: Sequence[str], label: Callable[[str], str]
) -> tuple[Callable[[str], list[Any]], Any]:
    """Conditions and choices of a filter on a column with few known words."""

    def where(value: str) -> list[Any]:
        if value not in known:
            raise ValueError(value)
        return [column == value]

    return where, lambda: [(word, label(word)) for word in known]


def _one_tenant(written: str) -> list[Any]:
    row_id(written)
    return []  # no condition of its own: the view reads nobody else's rows then


def _tenants() -> Choices:
    known = Tenant.select(Tenant.id, Tenant.razon_social).order_by(Tenant.razon_social).limit(MOST_CHOICES)
    return [(str(tenant.id), tenant.razon_social) for tenant in known]


OF_TENANT = Filter("tenant", _one_tenant, _tenants)
"""Rows of one taxpayer. The id of a foreign one narrows to nothing, as that of a missing one does."""
