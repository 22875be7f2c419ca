"""The service's goals, measured live over the last hours: for each taxpayer, for all together, and for the machine.

A goal on a duration is met when 95 of 100 stay below it; a share is counted as it is. Nothing is measured that is
not a row anyway; what too few rows say stays unsaid.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from app.errors import Text
from app.exchanges import UNANSWERED
from app.store.base import database

Unit = Literal["s", "share"]
KEPT_DAYS = 8
UNANSWERED_S = 20.0
"""What a call that no answer came to counts as, however soon it was refused: the longest that any call may take."""
ALL = 0
"""The tenant id of all visible taxpayers together."""


@dataclass(frozen=True)
class Goal:
    """``most`` or ``least`` is what it must stay within; ``of_tenants`` says whether each taxpayer has one."""

    name: str
    title: Text
    unit: Unit
    bound: float
    at_most: bool = True
    of_tenants: bool = True

    def met(self, value: float) -> bool:
        """Whether ``value`` is good enough."""
        return value < self.bound if self.at_most else value > self.bound


@dataclass(frozen=True)
class Measured:
    """``value`` is in seconds or a share from 0 to 1, None when nothing happened; ``of`` is how many it is made of."""

    goal: Goal
    tenant_id: int
    value: float | None
    of: int

    @property
    def met(self) -> bool | None:
        """None when there is nothing to judge."""
        return None if self.value is None else self.goal.met(self.value)


def _goal(name: str, es: str, en: str, unit: Unit, bound: float, **more: bool) -> Goal:
    return Goal(name, Text(es, en), unit, bound, **more)


GOALS = {
    goal.name: goal
    for goal in (
        _goal("authorized", "Autorizado tras el envío (p95)", "Authorized after submission (p95)", "s", 300),
        _goal("ride", "RIDE tras la autorización (p95)", "RIDE after authorization (p95)", "s", 120),
        _goal("success", "Trabajos sin error", "Jobs without error", "share", 0.95, at_most=False),
        _goal("person", "Necesitan a una persona", "Need a person", "share", 0.05),
        _goal("sri", "Respuesta del SRI (p95)", "Response of the SRI (p95)", "s", 3),
        _goal("pdf", "Hacer un RIDE (p95)", "Making a RIDE (p95)", "s", 5),
        _goal("run", "Un barrido (p95)", "A sweep (p95)", "s", 30, of_tenants=False),
        _goal("database", "Base de datos ocupada", "Database at work", "share", 0.10, of_tenants=False),
    )
}

_DOCUMENTS = """
select coalesce(d.tenant_id, 0),
    percentile_cont(0.95) within group (order by extract(epoch from r.rendered_at - d.finished_at))
        filter (where d.state = 'authorized' and r.rendered_at >= d.finished_at),
    count(*) filter (where d.state = 'authorized' and r.rendered_at >= d.finished_at),
    count(*) filter (where d.state <> 'authorized' or d.version > 1), count(*)
from document d left join ride r on r.id = d.id and r.tenant_id = d.tenant_id
where d.tenant_id = any(%(tenants)s) and d.finished_at > now() - make_interval(secs => %(seconds)s)
group by grouping sets ((d.tenant_id), ())
"""
# Whoever waits for longer than the goal has missed it, however it ends: an outage must not look like a good day.
_AUTHORIZED = """
select coalesce(tenant_id, 0),
    percentile_cont(0.95) within group (order by extract(epoch from until - received_at)), count(*)
from (
    select tenant_id, received_at, finished_at as until from document
    where tenant_id = any(%(tenants)s) and finished_at > now() - make_interval(secs => %(seconds)s)
        and state = 'authorized' and received_at is not null
    union all
    select tenant_id, received_at, now() from document
    where tenant_id = any(%(tenants)s) and state = 'pending_authorization'
        and received_at < now() - make_interval(secs => %(bound)s)
) taken group by grouping sets ((tenant_id), ())
"""
_PARKED = """
select coalesce(tenant_id, 0), count(*) from document
where tenant_id = any(%(tenants)s) and needs_person_since is not null and state not in ('returned', 'rejected')
group by grouping sets ((tenant_id), ())
"""
_CALLS = """
select coalesce(tenant_id, 0),
    percentile_cont(0.95) within group (order by case
        when outcome = any(%(unanswered)s) then %(unanswered_s)s else extract(epoch from finished_at - started_at) end
    ), count(*)
from sri_exchange
where tenant_id = any(%(tenants)s) and finished_at is not null
  and started_at > now() - make_interval(secs => %(seconds)s)
group by grouping sets ((tenant_id), ())
"""
_RUNS = """
select coalesce(tenant_id, 0), avg((not failed)::int), count(*),
    percentile_cont(0.95) within group (order by extract(epoch from finished_at - started_at))
        filter (where actor = 'generate_ride' and outcome = 'stored'),
    count(*) filter (where actor = 'generate_ride' and outcome = 'stored')
from jobs.run
where tenant_id = any(%(tenants)s) and state <> 'running' and coalesce(outcome, '') <> 'nothing to do'
  and started_at > now() - make_interval(secs => %(seconds)s)
group by grouping sets ((tenant_id), ())
"""
_SWEEPS = """
select percentile_cont(0.95) within group (order by extract(epoch from finished_at - started_at)), count(*)
from jobs.tick
where outcome in ('done', 'failed') and started_at is not null and due_at > now() - make_interval(secs => %(seconds)s)
"""
# A restart of PostgreSQL begins the count anew, so what counts is every step forwards.
_LOAD = """
select sum(greatest(active_ms - before, 0)) / nullif(1000 * sum(extract(epoch from at - earlier)), 0), count(before)
from (
    select at, active_ms, lag(active_ms) over path as before, lag(at) over path as earlier
    from jobs.load where at > now() - make_interval(secs => %(seconds)s) window path as (order by at)
) steps where before is not null
"""


def measure(*, hours: float = 24) -> list[Measured]:
    """Every goal of each visible taxpayer, and of all of them as tenant 0. Inside a scope."""
    tenants = [tenant_id for (tenant_id,) in _rows("select id from tenant")]
    at = {"tenants": tenants, "seconds": hours * 3600}
    database.execute_sql("set local statement_timeout = '20s'")
    parked = {tenant_id: int(number) for tenant_id, number in _rows(_PARKED, **at)}
    found = [*_of_documents(_rows(_DOCUMENTS, **at), parked)]
    taken = _rows(_AUTHORIZED, **at, bound=GOALS["authorized"].bound)
    found += [_one("authorized", tenant_id, value, number) for tenant_id, value, number in taken]
    silence = {"unanswered": list(UNANSWERED), "unanswered_s": UNANSWERED_S}
    calls = _rows(_CALLS, **at, **silence)
    found += [_one("sri", tenant_id, value, number) for tenant_id, value, number in calls]
    for tenant_id, good, runs, took, rides in _rows(_RUNS, **at):
        found += [_one("success", tenant_id, good, runs), _one("pdf", tenant_id, took, rides)]
    known = {(one.goal.name, one.tenant_id): one for one in found}
    return [
        known.get((goal.name, tenant_id), Measured(goal, tenant_id, None, 0))
        for tenant_id in (ALL, *sorted(tenants))
        for goal in GOALS.values()
        if goal.of_tenants
    ]


def measure_machine(*, hours: float = 24) -> list[Measured]:
    """The goals that are not of taxpayers: sweeps, and PostgreSQL's share of a processor. Needs no tenant's scope."""
    at = {"seconds": hours * 3600}
    return [_one("run", ALL, *_rows(_SWEEPS, **at)[0]), _one("database", ALL, *_rows(_LOAD, **at)[0])]


def sample() -> None:
    """Note how long PostgreSQL was at work so far; what is older than a week is forgotten."""
    database.execute_sql(
        "insert into jobs.load (at, active_ms) select clock_timestamp(), active_time from pg_stat_database "
        "where datname = current_database() on conflict do nothing"
    )
    database.execute_sql("delete from jobs.load where at < now() - make_interval(days => %s)", (KEPT_DAYS,))


def _of_documents(rows: Iterable[tuple[Any, ...]], parked: dict[int, int]) -> Iterable[Measured]:
    told = set()
    for tenant_id, ride, n_rides, corrected, finished in rows:
        told.add(tenant_id)
        waiting = parked.get(tenant_id, 0)
        everything = finished + waiting
        yield _one("ride", tenant_id, ride, n_rides)
        share = (corrected + waiting) / everything if everything else None
        yield _one("person", tenant_id, share, everything)
    for tenant_id in parked.keys() - told:
        if parked[tenant_id]:
            yield _one("person", tenant_id, 1.0, parked[tenant_id])


def _one(name: str, tenant_id: int, value: Any, number: Any) -> Measured:
    return Measured(
        GOALS[name], int(tenant_id), float(value) if value is not None else None, int(number or 0)
    )


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    return list(database.execute_sql(sql, values or None).fetchall())
