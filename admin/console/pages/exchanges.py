"""Calls to the SRI of all documents one may see: what was asked, what came back, how long it took."""

from datetime import datetime
from typing import Any

from peewee import fn

from admin.console import outages_shown
from admin.console.filters import OF_TENANT, Asked, Filter, one_of
from admin.console.names import names_of
from admin.console.scoped import ScopedView, whose
from admin.console.texts import later, word
from app.search import keyset, values
from app.search.keyset import Place
from app.sri.gateway import Environment
from app.store.documents import Document, SriExchange
from app.store.tenants import Tenant

OUTCOMES = (
    "received",
    "authorized",
    "returned",
    "rejected",
    "not_found",
    "in_process",
    "try_again",
    "unknown_word",
    "unavailable",
    "unknown",
)
OPEN = "open"
DENSE = ("received", "authorized")
"""Outcomes of nearly every document; an index holds the others only."""
_OPERATION, _OPERATIONS = one_of(
    SriExchange.operation, ("submit", "query"), lambda value: word("operation", value)
)


def _outcome(value: str) -> list[Any]:
    if value == OPEN:
        return [SriExchange.finished_at.is_null()]
    if value not in OUTCOMES:
        raise ValueError(value)
    return [SriExchange.outcome == value]


def _environment(value: str) -> list[Any]:
    return [SriExchange.environment == Environment(int(value))]


def _since(value: str) -> list[Any]:
    values.start_of_day(value)
    return []  # no condition of its own: it becomes a stretch of ids


def _until(value: str) -> list[Any]:
    values.end_of_day(value)
    return []


class Exchanges(ScopedView):
    """The list; one call is shown beside its document."""

    group = "engine"
    icon = "exchange"
    list_template = "console/exchanges.html"
    narrowed_by = (
        OF_TENANT,
        Filter("outcome", _outcome, lambda: [(one, word("outcome", one)) for one in (*OUTCOMES, OPEN)]),
        Filter("operation", _OPERATION, _OPERATIONS),
        Filter(
            "environment",
            _environment,
            lambda: [(str(int(one)), word("environment", str(int(one)))) for one in Environment],
        ),
        Filter("after", _since),
        Filter("until", _until),
    )
    shown = (
        SriExchange.id,
        SriExchange.tenant_id,
        SriExchange.document_id,
        SriExchange.version,
        SriExchange.environment,
        SriExchange.operation,
        SriExchange.started_at,
        SriExchange.finished_at,
        SriExchange.outcome,
        SriExchange.http_status,
        SriExchange.messages,
        SriExchange.detail,
        fn.octet_length(SriExchange.response).alias("size"),
    )

    def __init__(self) -> None:
        super().__init__(SriExchange, name=later("menu.exchanges"), endpoint="exchanges", url="/exchanges")

    def rows(self, asked: Asked, place: Place, most: int) -> list[Any]:
        """The first rows at ``place``, led by the outcome when that is not everyday."""
        tenants = _whose(asked)
        where = [*asked.conditions(without="outcome"), *_stretch(asked, tenants)]
        outcome = asked.values.get("outcome")
        if outcome in OUTCOMES and outcome not in DENSE:
            where.append(SriExchange.outcome.not_in(DENSE))
            column = SriExchange.outcome
            return self.by_id(
                keyset.ids_with(SriExchange, column, outcome, tenants, where, place, most), place
            )
        where += asked.where.get("outcome", [])
        if tenants is not None:
            return self.by_id(keyset.ids_of_tenants(SriExchange, tenants, where, place, most), place)
        query = self.get_query().where(place.past(SriExchange.id), *where)
        return list(query.order_by(place.order(SriExchange.id)).limit(most))

    def beside(self, rows: Any) -> dict[str, Any]:
        """Numbers of the documents and names of the taxpayers, by id; when the SRI was away."""
        documents = {row.document_id for row in rows}
        known = Document.select(Document.id, Document.number).where(Document.id.in_(documents or {0}))
        return {
            "numbers": {row.id: row.number for row in known},
            "names": names_of(rows),
            "outages": outages_shown.lately(),
            "available": outages_shown.availability(),
        }


def _whose(asked: Asked) -> Any:
    """The taxpayers asked for; of one ambiente only, when that is asked for: each is in one for good."""
    tenants = whose(asked)
    if "environment" not in asked.values:
        return tenants
    there = Tenant.select(Tenant.id).where(Tenant.environment == int(asked.values["environment"]))
    found = [row.id for row in there]
    return found if tenants is None else [one for one in found if one in tenants]


def _stretch(asked: Asked, tenants: Any) -> list[Any]:
    since = asked.values.get("after")
    until = asked.values.get("until")
    return list(
        keyset.within(
            SriExchange,
            SriExchange.started_at,
            tenants,
            datetime.fromisoformat(values.start_of_day(since)) if since else None,
            datetime.fromisoformat(values.end_of_day(until)) if until else None,
        )
    )
