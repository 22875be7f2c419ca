"""Charts are made of these: every five minutes, hour and day, how often what happened and how long it took.

Computed from what is on record anyway (history, calls to the SRI, runs), so that no step pays for them. The last
minutes are computed again each time: a transaction may commit after its rows were stamped.
"""

import time
from datetime import UTC, datetime, timedelta

from app.ecuador import ECUADOR
from app.store.base import database
from app.tenancy import every_tenant_scope

EDGES = (
    *(0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180),
    *(300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400),
)
"""Upper ends, in seconds, of the bins durations are counted in; the last bin has no end."""
FINE, COARSE, DAILY = 300, 3600, 86_400
LATE = timedelta(minutes=3)
"""No transaction of ours lasts longer."""
SLICE = timedelta(hours=1)
BACK = timedelta(hours=24)
"""How far back an installation without any rollup begins."""
FINE_KEPT, COARSE_KEPT = timedelta(hours=50), timedelta(days=400)
DAYS_FOR_S = 10.0
"""Seconds after which no further day is rolled up in one go: hours older than this code are many days."""
_ROLLING = 0x726F6C6C  # "roll": the advisory lock's name

_TIMED = {
    "moved": """
        select h.at, h.tenant_id, h.event, coalesce(extract(epoch from h.at - d.created_at), 0)
        from history h left join document d on d.id = h.document_id and h.event = 'authorized'
        where h.at >= %(since)s and h.at < %(upto)s""",
    "sri": """
        select started_at, tenant_id, environment || ':' || operation || ':' || coalesce(outcome, 'open'),
            coalesce(extract(epoch from finished_at - started_at), 0)
        from sri_exchange where started_at >= %(since)s and started_at < %(upto)s""",
    "waited": """
        select started_at, tenant_id, queue, greatest(extract(epoch from started_at - enqueued_at), 0)
        from jobs.run where started_at >= %(since)s and started_at < %(upto)s""",
    "ran": """
        select started_at, tenant_id, queue || ':' || state,
            coalesce(extract(epoch from finished_at - started_at), 0)
        from jobs.run where started_at >= %(since)s and started_at < %(upto)s""",
    "failed": """
        select at, tenant_id, 'code:' || coalesce(facts -> 'messages' -> 0 ->> 'code', '?'), 0
        from history where at >= %(since)s and at < %(upto)s and event in ('returned', 'rejected')
        union all
        select started_at, tenant_id, 'call:' || outcome, 0
        from sri_exchange where started_at >= %(since)s and started_at < %(upto)s
            and outcome in ('unavailable', 'unknown', 'unknown_word')
        union all
        select started_at, tenant_id, 'run:' || coalesce(error_class, state), 0
        from jobs.run where started_at >= %(since)s and started_at < %(upto)s and failed""",
    "version": """
        select started_at, 0, version, 0 from jobs.run
        where started_at >= %(since)s and started_at < %(upto)s and version is not null""",
}
"""By measure: when, whose, about what, and how many seconds.

What failed is named by the code of the SRI's no, by what became of a call, or by the error of a run. Releases are the
installation's only.
"""
_ROLL = """
insert into rollup (tenant_id, grain, at, measure, subject, bin, n, seconds)
select coalesce(tenant_id, 0), 300, date_bin('5 minutes', at, 'epoch'), %(measure)s, subject,
    width_bucket(seconds::float8, %(edges)s::float8[]), count(*), sum(seconds)
from ({timed}) as timed (at, tenant_id, subject, seconds)
group by grouping sets ((tenant_id, 3, 5, 6), (3, 5, 6))
having grouping(tenant_id) = 1 or tenant_id <> 0
"""
_HOURS = """
insert into rollup (tenant_id, grain, at, measure, subject, bin, n, seconds)
select tenant_id, 3600, date_trunc('hour', at), measure, subject, bin, sum(n), sum(seconds)
from rollup where grain = 300 and at >= %(since)s and at < %(upto)s
group by 1, 3, 4, 5, 6
"""
_DAYS = """
insert into rollup (tenant_id, grain, at, measure, subject, bin, n, seconds)
select tenant_id, 86400, %(day)s, measure, subject, bin, sum(n), sum(seconds)
from rollup where grain = 3600 and at >= %(day)s and at < %(next)s
group by tenant_id, measure, subject, bin
"""


def roll_up(now: datetime | None = None) -> int:
    """Bring the rollups up to ``now``; how many stretches of at most an hour that took. Outside any scope.

    Each stretch is one transaction, so that one cut short goes on where it ended. Whoever rolls at the same time
    does nothing.
    """
    upto, rolled = now or datetime.now(UTC), 0
    while True:
        with every_tenant_scope():
            since = _mark(upto) if _mine() else upto
            if since >= upto:
                break
            end = min(upto, since + SLICE)
            _stretch(since, end)
            rolled += 1
            if end == upto:
                _forget(upto)
                break
    _roll_days()
    return rolled


def days_upto() -> datetime | None:
    """The moment before which whole days are rolled up; None: no day is."""
    row = database.execute_sql("select days_upto from jobs.rolled").fetchone()
    return row[0] if row else None


def _roll_days() -> None:
    """Each day that is over, once; one transaction each."""
    until = time.monotonic() + DAYS_FOR_S
    while time.monotonic() < until:
        with every_tenant_scope():
            if not _mine() or not _roll_day():
                return


def _roll_day() -> bool:
    """Whether there was a day to roll up: the last hours of one are computed again until nothing can come late."""
    row = database.execute_sql("select upto, days_upto from jobs.rolled").fetchone()
    if row is None:
        return False
    upto, rolled = row
    if rolled is None:
        (first,) = database.execute_sql("select min(at) from rollup where grain = %s", (COARSE,)).fetchone()
        rolled = floor(first or upto, DAILY)
    end = rolled + timedelta(days=1)
    if end > floor(upto - LATE, COARSE):
        return False
    database.execute_sql("delete from rollup where grain = %s and at >= %s and at < %s", (DAILY, rolled, end))
    database.execute_sql("set local statement_timeout = '100s'")
    database.execute_sql(_DAYS, {"day": rolled, "next": end})
    database.execute_sql("update jobs.rolled set days_upto = %s", (end,))
    return True


def _mine() -> bool:
    """Whether nobody else rolls now, or until this transaction ends."""
    (mine,) = database.execute_sql("select pg_try_advisory_xact_lock(%s)", (_ROLLING,)).fetchone()
    return bool(mine)


def _mark(upto: datetime) -> datetime:
    row = database.execute_sql("select upto from jobs.rolled").fetchone()
    return row[0] if row else upto - BACK


def _stretch(since: datetime, upto: datetime) -> None:
    first = floor(since - LATE, FINE)
    hours = {"since": floor(first, COARSE), "upto": floor(upto, COARSE) + SLICE}
    database.execute_sql("delete from rollup where grain = 300 and at >= %s and at < %s", (first, upto))
    for measure, timed in _TIMED.items():
        known = {"measure": measure, "edges": list(EDGES), "since": first, "upto": upto}
        database.execute_sql(_ROLL.format(timed=timed), known)
    database.execute_sql("delete from rollup where grain = 3600 and at >= %(since)s and at < %(upto)s", hours)
    database.execute_sql(_HOURS, hours)
    database.execute_sql(
        "insert into jobs.rolled (upto) values (%s) on conflict (only_one) do update set upto = excluded.upto",
        (upto,),
    )


def _forget(now: datetime) -> None:
    for grain, kept in ((FINE, FINE_KEPT), (COARSE, COARSE_KEPT), (DAILY, COARSE_KEPT)):
        database.execute_sql("delete from rollup where grain = %s and at < %s", (grain, now - kept))


def floor(at: datetime, grain: float) -> datetime:
    """When the step of ``grain`` seconds begins in which ``at`` lies; days, and parts of one, are those of Ecuador."""
    ahead = (at.astimezone(ECUADOR).utcoffset() or timedelta(0)).total_seconds()
    return datetime.fromtimestamp((at.timestamp() + ahead) // grain * grain - ahead, UTC)
