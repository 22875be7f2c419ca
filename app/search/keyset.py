"""Pages of a long table by the id of their last row: every page costs the same, however far one reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from peewee import JOIN, SQL, Expression, Select, fn

LARGEST_ID = 2**63 - 1
IN_SIGHT: Final = "string_to_array(current_setting('autoriza.tenants'), ',')::bigint[]"
"""The ids of all taxpayers that the scope sees, as SQL."""


@dataclass(frozen=True)
class Place:
    """Where in the list a page lies: behind one row, or before another; neither is the beginning."""

    oldest_first: bool = False
    behind: int | None = None
    before: int | None = None

    @property
    def upwards(self) -> bool:
        """Whether rows are read with growing id; a page ``before`` a row is read backwards."""
        return self.oldest_first != (self.before is not None)

    @property
    def edge(self) -> int:
        """The id from which rows are read, itself left out."""
        given = self.behind if self.before is None else self.before
        if given is not None:
            return given
        return 0 if self.upwards else LARGEST_ID

    def past(self, key: Any) -> Expression:
        """The condition that ``key`` lies beyond the edge in the direction of reading."""
        beyond: Expression = key > self.edge if self.upwards else key < self.edge
        return beyond

    def first(self, ids: Iterable[int], most: int) -> list[int]:
        """The first ``most`` of ``ids`` in the direction of reading."""
        return sorted(ids, reverse=not self.upwards)[:most]

    def order(self, column: Any) -> Any:
        """``column`` in the direction of reading."""
        return column.asc() if self.upwards else column.desc()


@dataclass(frozen=True)
class Page:
    """Rows in the order they are shown, and the ids that lead to the neighbours of this page."""

    rows: Sequence[Any]
    behind: int | None
    before: int | None


def page_of(read: Sequence[Any], place: Place, size: int) -> Page:
    """The page made of rows read at ``place``: up to ``size``, and one more that tells whether there are others."""
    more, rows = len(read) > size, list(read[:size])
    if not rows:
        return Page((), None, None)
    if place.before is not None:
        rows.reverse()
        above, below = more, True
    else:
        above, below = place.behind is not None, more
    return Page(rows, rows[-1].id if below else None, rows[0].id if above else None)


# Below, what must be equal to something is often written as a range, on purpose. Told that a column is constant,
# PostgreSQL may read the primary key backwards until it has met enough rows of a tenant or state, and whoever has
# few and old ones waits for the whole table. Ordered by a range over it, an index that begins with it is the only way.


def listed_tenants(tenants: Sequence[int] | None) -> Any:
    """The ids of ``tenants``, or of all that the scope sees, as something to join with."""
    named = SQL(IN_SIGHT) if tenants is None else SQL("%s::bigint[]", (list(tenants),))
    return Select(columns=[fn.unnest(named).alias("id")]).alias("listed")


def ids_of_tenants(
    model: Any, tenants: Sequence[int], where: Sequence[Any], place: Place, most: int
) -> list[int]:
    """The first ids at ``place`` of rows of ``tenants`` that meet ``where``; needs an index (tenant_id, id)."""
    found: list[int] = []
    for tenant in tenants:
        query = model.select(model.id).where(
            model.tenant_id >= tenant, model.tenant_id <= tenant, place.past(model.id), *where
        )
        ordered = query.order_by(place.order(model.tenant_id), place.order(model.id)).limit(most)
        found += [int(row_id) for (row_id,) in ordered.tuples()]
    return place.first(found, most)


def ids_with(
    model: Any,
    column: Any,
    value: str,
    tenants: Sequence[int] | None,
    where: Sequence[Any],
    place: Place,
    most: int,
) -> list[int]:
    """The same of rows whose ``column`` is ``value``; needs an index (tenant_id, column, id).

    ``tenants`` None are all that the scope sees, looked up one by one by the database itself.
    """
    listed = listed_tenants(tenants)
    first = (
        model.select(model.id)
        .where(model.tenant_id == listed.c.id, column >= value, column <= value, place.past(model.id), *where)
        .order_by(place.order(column), place.order(model.id))
        .limit(most)
        .alias("first")
    )
    found = (
        Select([listed], [first.c.id]).join(first, JOIN.LATERAL).order_by(place.order(first.c.id)).limit(most)
    )
    return [int(row_id) for (row_id,) in found.bind(model._meta.database).tuples()]


def ids_marked(
    model: Any, where: Sequence[Any], tenants: Sequence[int] | None, place: Place, most: int
) -> list[int]:
    """The same of rows that meet ``where``; needs an index (tenant_id, id) of such rows alone.

    ``tenants`` None are all that the scope sees.
    """
    listed = listed_tenants(tenants)
    first = (
        model.select(model.id)
        .where(model.tenant_id >= listed.c.id, model.tenant_id <= listed.c.id, place.past(model.id), *where)
        .order_by(place.order(model.tenant_id), place.order(model.id))
        .limit(most)
        .alias("first")
    )
    found = (
        Select([listed], [first.c.id]).join(first, JOIN.LATERAL).order_by(place.order(first.c.id)).limit(most)
    )
    return [int(row_id) for (row_id,) in found.bind(model._meta.database).tuples()]


# Ids are given in the order of time, and rows carry the time of their transaction: a stretch of time is a stretch of
# ids, but for as long as a transaction may last. Looking the ids up by halves needs no index over the time.

LONGEST_TRANSACTION = timedelta(minutes=10)


def within(
    model: Any, column: Any, tenants: Sequence[int] | None, since: datetime | None, until: datetime | None
) -> list[Expression]:
    """Conditions for rows of ``tenants`` whose ``column`` lies from ``since`` on and before ``until``. In a scope."""
    conditions: list[Expression] = []
    if since:
        first = first_id_at(model, column, tenants, since - LONGEST_TRANSACTION)
        conditions += [model.id >= first, column >= since]
    if until:
        behind = first_id_at(model, column, tenants, until + LONGEST_TRANSACTION)
        conditions += [model.id < behind, column < until]
    return conditions


def first_id_at(model: Any, column: Any, tenants: Sequence[int] | None, at: datetime) -> int:
    """The first id whose row's ``column`` is ``at`` or later; the largest there can be when none is."""
    newest = _row_from(model, column, tenants, Place(before=None), LARGEST_ID)
    if newest is None or newest[1] < at:
        return LARGEST_ID
    low, high = 1, int(newest[0])
    while low < high:
        middle = (low + high) // 2
        row = _row_from(model, column, tenants, Place(oldest_first=True), middle - 1)
        if row is not None and row[1] < at:
            low = int(row[0]) + 1
        else:
            high = middle
    return low


def _row_from(
    model: Any, column: Any, tenants: Sequence[int] | None, place: Place, edge: int
) -> tuple[int, datetime] | None:
    """Id and ``column`` of the next row beyond ``edge`` in the direction of ``place``."""
    beyond = model.id > edge if place.upwards else model.id <= edge
    if tenants is None:
        query = model.select(model.id, column).where(beyond).order_by(place.order(model.id)).limit(1)
        return next(iter(query.tuples()), None)
    listed = listed_tenants(tenants)
    first = (
        model.select(model.id, column.alias("at"))
        .where(model.tenant_id >= listed.c.id, model.tenant_id <= listed.c.id, beyond)
        .order_by(place.order(model.tenant_id), place.order(model.id))
        .limit(1)
        .alias("first")
    )
    query = (
        Select([listed], [first.c.id, first.c.at])
        .join(first, JOIN.LATERAL)
        .order_by(place.order(first.c.id))
        .limit(1)
    )
    return next(iter(query.bind(model._meta.database).tuples()), None)
