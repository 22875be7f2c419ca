"""Groups of failures as time goes by: when each came, how it grew, when it went, and which of them are news.

A group is a taxpayer's rows at one stage with one cause. Counters say how many there are; a look at them twice a
minute says since when, so that no page ever counts rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app import causes, holding, sentences
from app.alert_kinds import KINDS
from app.counting import UNDER_WAY
from app.errors import Text
from app.lifecycle import State
from app.store.base import database
from app.tenancy import every_tenant_scope

STAGES = (*UNDER_WAY, str(State.RETURNED), str(State.REJECTED))
"""Where something can be in trouble."""
SAME_AGAIN = timedelta(hours=1)
"""A group that was away for less than this is the one that was there before: a retry that failed is no news."""
KEPT = timedelta(hours=50)
HOURS = 24
MOST_NEWS = 500
_LOOKING = 0x6661696C  # "fail": the advisory lock's name

_SEEN = """
insert into failure_group as g (tenant_id, stage, cause, n, person_n, first_seen_at, last_seen_at, changed_at)
select tenant_id, stage, cause, sum(n),
    coalesce(sum(n) filter (where person or stage in ('returned', 'rejected')), 0), %(now)s, %(now)s, %(now)s
from tally where cause <> '' and stage = any(%(stages)s) group by 1, 2, 3 having sum(n) > 0
on conflict (tenant_id, stage, cause) do update set
    n = excluded.n, person_n = excluded.person_n, changed_at = excluded.changed_at, gone_at = null,
    last_seen_at = case when excluded.n > g.n then excluded.last_seen_at else g.last_seen_at end,
    first_seen_at = case when g.gone_at < %(before)s then excluded.first_seen_at else g.first_seen_at end,
    inherited = g.inherited and coalesce(g.gone_at >= %(before)s, true)
where g.n <> excluded.n or g.person_n <> excluded.person_n or g.gone_at is not null
"""
_GONE = """
update failure_group g set n = 0, person_n = 0, gone_at = %(now)s, changed_at = %(now)s
where gone_at is null and not exists (
    select from tally t where t.tenant_id = g.tenant_id and t.stage = g.stage and t.cause = g.cause and t.n > 0)
"""
_LEVELS = """
insert into failure_level (tenant_id, stage, cause, at, n)
select tenant_id, stage, cause, date_bin('5 minutes', changed_at, 'epoch'), n
from failure_group where changed_at = %(now)s
union all
select 0, stage, cause, date_bin('5 minutes', %(now)s::timestamptz, 'epoch'), sum(n) from failure_group
where (stage, cause) in (select stage, cause from failure_group where changed_at = %(now)s) group by stage, cause
on conflict (tenant_id, stage, cause, at) do update set n = excluded.n
"""
_WAKE = """
update failure_care c set snoozed_until = null, woken_at = %(now)s,
    woken_because = case when c.snoozed_until <= %(now)s then 'time' else 'grew' end,
    woken_n = (select g.n from failure_group g
        where g.tenant_id = c.tenant_id and g.stage = c.stage and g.cause = c.cause)
where c.snoozed_until is not null and (c.snoozed_until <= %(now)s or exists (
    select from failure_group g where g.tenant_id = c.tenant_id and g.stage = c.stage and g.cause = c.cause
    and g.n >= c.wakes_at_n))
"""
# The last row before what is kept says how many stood when it begins.
_FORGET = """
delete from failure_level l where at < %(kept)s and (n = 0 or exists (
    select from failure_level later where later.tenant_id = l.tenant_id and later.stage = l.stage
    and later.cause = l.cause and later.at > l.at and later.at < %(kept)s));
delete from failure_group where gone_at < %(kept)s
"""
_NEWS = """
select g.tenant_id, g.stage, g.cause, g.n
from failure_group g left join failure_care c using (tenant_id, stage, cause)
where g.gone_at is null and g.person_n > 0 and not g.inherited and c.muted_at is null and c.snoozed_until is null
order by g.first_seen_at desc limit %(most)s
"""
_TIMES = """
select stage, cause, min(first_seen_at), max(last_seen_at) from failure_group
where gone_at is null and {theirs} group by stage, cause
"""
_TREND = """
with wanted as ({wanted})
select w.stage, w.cause, s.step, sum(l.n)
from wanted w cross join generate_series(0, %(hours)s - 1) s (step)
cross join lateral (
    select n from failure_level l where l.tenant_id = w.tenant_id and l.stage = w.stage and l.cause = w.cause
    and l.at <= %(now)s - (%(hours)s - s.step) * interval '1 hour' order by l.at desc limit 1
) l
group by 1, 2, 3
"""
_OF_ALL = (
    "select 0 as tenant_id, stage, cause from unnest(%(stages)s::text[], %(causes)s::text[]) k (stage, cause)"
)
_OF_SOME = """select g.tenant_id, g.stage, g.cause from failure_group g
    join unnest(%(stages)s::text[], %(causes)s::text[]) k (stage, cause) using (stage, cause)
    where g.tenant_id = any(%(tenants)s)"""

Key = tuple[str, str]
"""Stage and cause."""


@dataclass(frozen=True)
class Times:
    """When a group was first seen, and when it last grew."""

    first: datetime
    last: datetime


def look(now: datetime | None = None) -> int:
    """Bring the groups up to what the counters say; how many changed. Outside any scope, after the counters' folding.

    What was put off comes back when its time is over or it has grown enough. Whoever looks at the same time does
    nothing.
    """
    at = now or datetime.now(UTC)
    known = {"now": at, "before": at - SAME_AGAIN, "kept": at - KEPT, "stages": list(STAGES)}
    with every_tenant_scope():
        (mine,) = database.execute_sql("select pg_try_advisory_xact_lock(%s)", (_LOOKING,)).fetchone()
        if not mine:
            return 0
        changed = database.execute_sql(_SEEN, known).rowcount + database.execute_sql(_GONE, known).rowcount
        if changed:
            database.execute_sql(_LEVELS, known)
        database.execute_sql(_WAKE, known)
        database.execute_sql(_FORGET, known)
    return int(changed)


def news() -> Iterator[tuple[int, str, Text]]:
    """Tenant, subject and message of every group that waits for a person and that nobody has put off or muted.

    What raises an alert of its own when it happens is no second one; what a person held back is no news. Inside a
    scope that sees every tenant.
    """
    for tenant_id, stage, cause, n in database.execute_sql(_NEWS, {"most": MOST_NEWS}).fetchall():
        known = causes.explain(cause, person=True)
        if known.code not in KINDS and known.code != holding.CODE:
            where = _NAMES[stage]
            said = Text(
                f"{n} en «{where.es}»: {known.meaning.es} {known.remedy.es} ({cause})",
                f"{n} in '{where.en}': {known.meaning.en} {known.remedy.en} ({_in_english(cause)})",
            )
            yield tenant_id, subject_of(stage, cause), said


def _in_english(cause: str) -> str:
    code, between, said = cause.partition(" ")
    return f"{code}{between}{sentences.read_cause(said).en}"


def subject_of(stage: str, cause: str) -> str:
    """What the alert about a group is about."""
    return f"{stage} {cause}"


def times(tenant_ids: Sequence[int] | None) -> dict[Key, Times]:
    """When each group that stands came and last grew, of ``tenant_ids`` or of all in sight. Inside a scope."""
    theirs = "true" if tenant_ids is None else "tenant_id = any(%(ids)s)"
    rows = database.execute_sql(_TIMES.format(theirs=theirs), {"ids": list(tenant_ids or ())}).fetchall()
    return {(stage, cause): Times(first, last) for stage, cause, first, last in rows}


def trends(keys: Sequence[Key], tenant_ids: Sequence[int] | None) -> dict[Key, list[int]]:
    """How many stood in each group, hour by hour over the last day, the oldest first. Inside a scope."""
    known = {
        "hours": HOURS,
        "now": datetime.now(UTC),
        "tenants": list(tenant_ids or ()),
        "stages": [stage for stage, _ in keys],
        "causes": [cause for _, cause in keys],
    }
    wanted = _OF_ALL if tenant_ids is None else _OF_SOME
    found = {key: [0] * HOURS for key in keys}
    for stage, cause, step, n in database.execute_sql(_TREND.format(wanted=wanted), known).fetchall():
        found[stage, cause][step] = int(n)
    return found


_NAMES = {
    "draft": Text("borradores", "drafts"),
    "signed": Text("firmados", "signed"),
    "pending_authorization": Text("por autorizar", "pending authorization"),
    "ride": Text("RIDE por hacer", "RIDE to be made"),
    "mail": Text("correo", "mail"),
    "returned": Text("devueltos", "returned"),
    "rejected": Text("no autorizados", "not authorized"),
}
