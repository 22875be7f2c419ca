"""Failures by cause: the groups, what each means, since when, and the documents of one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from peewee import ModelSelect

from admin.console import group_care, trend_line
from admin.console.group_care import Care
from admin.console.standing import REFUSED
from admin.console.trend_line import Trend
from app import causes, certificate_watch, failure_groups, holding
from app.causes import Cause, Fault
from app.counting import Standing
from app.failure_groups import STAGES, Times
from app.lifecycle import State
from app.search import keyset
from app.search.keyset import Place
from app.sri import codes
from app.store.base import database
from app.store.delivery import Delivery
from app.store.documents import Document, Ride

MOST_GROUPS = 60
SORTS = ("money", "count", "first", "last")
"""What the groups may be ordered by: money blocked, how many, first seen, last grown."""
_ENDS = """
select d.id, d.tenant_id, d.number, d.buyer_name, d.total, t.at, t.said from (
    (select edge.* from unnest(%(tenants)s::bigint[]) as wanted (id)
        cross join lateral ({row} order by id limit 1) edge order by edge.id limit 1)
    union all
    (select edge.* from unnest(%(tenants)s::bigint[]) as wanted (id)
        cross join lateral ({row} order by id desc limit 1) edge order by edge.id desc limit 1)
) t join document d on d.id = t.document_id order by t.id
"""
_ROW = """select id, {document} as document_id, coalesce(needs_person_since, {finished} created_at) as at,
    coalesce(needs_person_reason, last_error) as said from {table} where tenant_id = wanted.id and cause = %(cause)s"""
_ROWS = {
    "ride": _ROW.format(document="id", finished="", table="ride"),
    "mail": _ROW.format(document="document_id", finished="", table="delivery"),
}
_DOCUMENT = _ROW.format(document="id", finished="finished_at,", table="document") + " and state = %(stage)s"


@dataclass
class Example:
    """A document of a group, and since when it is in trouble."""

    id: int
    tenant_id: int
    number: str | None
    buyer_name: str
    total: Decimal
    at: datetime
    said: str | None


@dataclass
class Group:
    """All rows at one stage with one cause."""

    stage: str
    key: str
    cause: Cause
    n: int = 0
    person: int = 0
    amount: Decimal = Decimal(0)
    tenants: set[int] = field(default_factory=set)
    first: Example | None = None
    last: Example | None = None
    times: Times | None = None
    trend: Trend | None = None
    care: Care = field(default_factory=lambda: Care((), {}, frozenset()))

    @property
    def acts(self) -> tuple[str, str] | None:
        """What may be done to all of it at once, as a bulk action and what it is called; None: each on its own."""
        code = self.cause.code
        match self.stage:
            case "mail":
                return "resend_mail", "resend"
            case stage if stage in REFUSED:
                return ("correct", "anew") if code in codes.SIGNED_ANEW else None
        return "retry", "let_go" if code == holding.CODE else "retry"

    @property
    def of_certificate(self) -> bool:
        """Whether a certificate is what is wrong."""
        return self.cause.code in codes.OF_THE_CERTIFICATE or self.cause.code in certificate_watch.STOPPED


def groups(troubled: Sequence[Standing]) -> list[Group]:
    """The groups of what is in trouble, with what people decided about them, those with most money first.

    Inside ``mine()``.
    """
    found: dict[tuple[str, str], Group] = {}
    for one in troubled:
        person = one.person or one.stage in REFUSED
        group = found.setdefault(
            (one.stage, one.cause), Group(one.stage, one.cause, causes.explain(one.cause, person=person))
        )
        group.n += one.n
        group.amount += one.amount
        group.tenants.add(one.tenant_id)
        if person:
            group.person += one.n
            group.cause = causes.explain(one.cause, person=True)
    cares = group_care.read((key, group.tenants) for key, group in found.items()) if found else {}
    for key, group in found.items():
        group.care = cares[key]
    return sorted(found.values(), key=lambda group: (-group.amount, -group.n, group.stage, group.key))


def note_times(some: Sequence[Group], tenant_ids: Sequence[int] | None) -> None:
    """Say of each group since when it is there. Inside a scope that holds ``tenant_ids``."""
    known = failure_groups.times(tenant_ids) if some else {}
    for group in some:
        group.times = known.get((group.stage, group.key))


def in_order(some: Sequence[Group], by: str) -> list[Group]:
    """The first ``MOST_GROUPS`` by one of ``SORTS``; what is not seen yet is the newest."""
    now = datetime.now(UTC)
    by_what: dict[str, Callable[[Group], Any]] = {
        "money": lambda group: -group.amount,
        "count": lambda group: -group.n,
        "first": lambda group: group.times.first if group.times else now,
        "last": lambda group: now - (group.times.last if group.times else now),
    }
    return sorted(some, key=by_what[by])[:MOST_GROUPS]


def note_trends(some: Sequence[Group], tenant_ids: Sequence[int] | None) -> None:
    """Draw how each group grew over the last day. Inside a scope that holds ``tenant_ids``."""
    drawn = failure_groups.trends([(group.stage, group.key) for group in some], tenant_ids) if some else {}
    for group in some:
        group.trend = trend_line.of(drawn[group.stage, group.key], group.n)


def note_ends(group: Group) -> None:
    """Read the first and the last of a group. Inside a scope that holds its tenants."""
    row = _ROWS.get(group.stage, _DOCUMENT)
    known = {"tenants": sorted(group.tenants), "cause": group.key, "stage": group.stage}
    rows = [Example(*row) for row in database.execute_sql(_ENDS.format(row=row), known).fetchall()]
    if rows:
        group.first, group.last = rows[0], rows[-1]


def documents_of(stage: str, cause: str | None, tenant_ids: Sequence[int] | None) -> ModelSelect:
    """Tenant and id of the documents at ``stage`` in trouble for ``cause`` (None: all at the stage), oldest first."""
    model, key = _where_kept(stage)
    query = model.select(model.tenant_id, key).where(*_conditions(stage, cause))
    if tenant_ids is not None:
        query = query.where(model.tenant_id.in_(tenant_ids))
    if model is Delivery:
        return query.distinct().order_by(key)
    return query.order_by(model.id)


def page_of(
    stage: str, cause: str | None, tenant_ids: Sequence[int] | None, place: Place, most: int
) -> list[tuple[int, int]]:
    """The ids of rows at ``place`` and of their documents. Inside a scope that holds the tenants."""
    model, key = _where_kept(stage)
    where = _conditions(stage, None)
    if cause is not None:
        ids = keyset.ids_with(model, model.cause, cause, tenant_ids, where, place, most)
    elif model is Document:
        ids = keyset.ids_with(model, model.state, stage, tenant_ids, (), place, most)
    elif tenant_ids is None:
        query = model.select(model.id).where(place.past(model.id), *where)
        ids = [int(row_id) for (row_id,) in query.order_by(place.order(model.id)).limit(most).tuples()]
    else:
        ids = keyset.ids_of_tenants(model, tenant_ids, where, place, most)
    rows = model.select(model.id, key.alias("about")).where(model.id.in_(ids or [0]))
    return list(rows.order_by(place.order(model.id)).tuples())


def is_stage(name: str) -> bool:
    """Whether something can be in trouble at ``name``."""
    return name in STAGES


def worst_first(found: Sequence[Group]) -> dict[Fault, int]:
    """How many rows of each class of fault there are, in the order of urgency."""
    counted = dict.fromkeys(Fault, 0)
    for group in found:
        counted[group.cause.fault] += group.n
    return {fault: n for fault, n in counted.items() if n}


def _where_kept(stage: str) -> tuple[Any, Any]:
    if stage == "ride":
        return Ride, Ride.id
    if stage == "mail":
        return Delivery, Delivery.document_id
    return Document, Document.id


def _conditions(stage: str, cause: str | None) -> list[Any]:
    model, _ = _where_kept(stage)
    own = {"ride": Ride.path.is_null(), "mail": Delivery.outcome.is_null()}.get(stage)
    where = [own if own is not None else Document.state == str(State(stage))]
    return where if cause is None else [*where, model.cause == cause]
