"""How the SRI answers us: the circuit of each service and ambiente, and the last hour's calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import trends
from app.exchanges import UNANSWERED
from app.store.base import database
from app.store.engine import Circuit
from app.trends import EVERYBODY, SPANS, Counts

HOUR = SPANS[0]
OPEN = "open"
"""What a call still under way is called among outcomes."""
_LAST = """
select call.started_at, call.finished_at, call.environment, call.operation, call.outcome, call.detail
from unnest(%s::bigint[]) as wanted (id) cross join lateral (
    select started_at, finished_at, environment, operation, outcome, detail, id from sri_exchange
    where tenant_id >= wanted.id and tenant_id <= wanted.id order by tenant_id desc, sri_exchange.id desc limit %s
) call order by call.id desc
"""
_LAST_OF_ALL = """
select started_at, finished_at, environment, operation, outcome, detail from sri_exchange order by id desc limit %s
"""
LOOKED_AT = 300
"""Latest calls among which the last success and the last fault are looked for."""


@dataclass
class Line:
    """One service of one ambiente. ``calls`` and ``answered`` are the last hour's."""

    environment: int
    service: str
    state: str
    changed_at: datetime
    reason: str | None
    calls: Counts
    answered: Counts
    last_success: datetime | None = None
    last_fault: datetime | None = None
    fault: str | None = None

    @property
    def share(self) -> float | None:
        """The part of the last hour's calls that were answered; None without calls."""
        return self.answered.n / self.calls.n if self.calls.n else None

    @property
    def used(self) -> bool:
        """Whether there is anything to say of it."""
        return bool(self.calls.n or self.last_success or self.last_fault or self.state != "closed")


def lines(tenant_ids: Sequence[int] | None) -> list[Line]:
    """A line for each service of each ambiente, of the calls of ``tenant_ids``. Inside a scope that holds them."""
    series = trends.read("sri", HOUR, EVERYBODY if tenant_ids is None else tenant_ids)
    calls = {subject: series.whole(subject.__eq__) for subject in series.subjects()}
    found = []
    for circuit in Circuit.select().order_by(Circuit.environment.desc(), Circuit.service.desc()):
        key = f"{circuit.environment}:{circuit.service}:"
        found.append(
            Line(
                circuit.environment,
                circuit.service,
                circuit.state,
                circuit.changed_at,
                circuit.reason,
                trends.together(counts for subject, counts in calls.items() if _is(subject, key, (OPEN,))),
                trends.together(
                    counts for subject, counts in calls.items() if _is(subject, key, (OPEN, *UNANSWERED))
                ),
            )
        )
    _note_last(found, tenant_ids)
    return found


def _is(subject: str, key: str, without: Sequence[str]) -> bool:
    return subject.startswith(key) and subject.removeprefix(key) not in without


def _note_last(found: list[Line], tenant_ids: Sequence[int] | None) -> None:
    if tenant_ids is None:
        calls = database.execute_sql(_LAST_OF_ALL, (LOOKED_AT,)).fetchall()
    else:
        calls = database.execute_sql(_LAST, (list(tenant_ids), LOOKED_AT)).fetchall()
    by_key = {(line.environment, line.service): line for line in found}
    for started_at, finished_at, environment, operation, outcome, detail in calls:
        line = by_key[environment, operation]
        if outcome in UNANSWERED:
            if line.last_fault is None:
                line.last_fault, line.fault = finished_at or started_at, detail
        elif outcome is not None and line.last_success is None:
            line.last_success = finished_at
