"""How many documents, RIDEs and deliveries stand where, and why: exact at any moment, whatever their number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.lifecycle import MOVING
from app.store.base import database

UNDER_WAY = (*(str(state) for state in MOVING), "ride", "mail")
"""Stages that something still leaves by itself or by a person."""
_FOLDING = 0x666F6C64  # "fold": the advisory lock's name

_FOLD = """
with taken as (delete from tally_change returning *),
net as (
    select tenant_id, stage, person, cause, sum(n) as n, sum(amount) as amount
    from taken group by tenant_id, stage, person, cause
    having sum(n) <> 0 or sum(amount) <> 0
),
written as (
    insert into tally as t select * from net
    on conflict (tenant_id, stage, person, cause) do update
    set n = t.n + excluded.n, amount = t.amount + excluded.amount
)
select count(*) from taken
"""
_STANDING = """
select tenant_id, stage, person, cause, sum(n), sum(amount) from (
    select tenant_id, stage, person, cause, n, amount from tally where {theirs}
    union all
    select tenant_id, stage, person, cause, n, amount from tally_change where {theirs}
) counted group by tenant_id, stage, person, cause having sum(n) <> 0
"""
# The range over the state is on purpose: told that a column is constant, PostgreSQL may read another index.
_OLDEST = """
select wanted.stage, min(first.created_at)
from unnest(%s::bigint[], %s::text[]) as wanted (tenant_id, stage)
cross join lateral (
    (select created_at from document where tenant_id = wanted.tenant_id
        and state >= wanted.stage and state <= wanted.stage and {whose} order by state, id limit 1)
    union all
    (select created_at from ride where wanted.stage = 'ride' and tenant_id = wanted.tenant_id and path is null
        and {whose} order by id limit 1)
    union all
    (select created_at from delivery where wanted.stage = 'mail' and tenant_id = wanted.tenant_id
        and outcome is null and {whose} order by id limit 1)
) first
group by wanted.stage
"""


MOST_OVER = 100
"""Of one taxpayer and stage, no more are counted that are over a limit."""
_OVER = """
select wanted.stage, sum(found.n), bool_or(found.n = %(most)s)
from unnest(%(tenants)s::bigint[], %(stages)s::text[], %(since)s::timestamptz[]) as wanted (tenant_id, stage, since)
cross join lateral (
    select count(*) as n from (
        (select created_at from document where tenant_id = wanted.tenant_id and state >= wanted.stage
            and state <= wanted.stage and needs_person_since is null order by state, id limit %(most)s)
        union all
        (select created_at from ride where wanted.stage = 'ride' and tenant_id = wanted.tenant_id and path is null
            and needs_person_since is null order by id limit %(most)s)
        union all
        (select created_at from delivery where wanted.stage = 'mail' and tenant_id = wanted.tenant_id
            and outcome is null and needs_person_since is null order by id limit %(most)s)
    ) first where created_at < wanted.since
) found
group by wanted.stage
"""


@dataclass(frozen=True)
class Standing:
    """How many rows of one taxpayer stand at one stage for one cause; ``person`` says that somebody must act."""

    tenant_id: int
    stage: str
    person: bool
    cause: str
    n: int
    amount: Decimal


def fold() -> int:
    """Add up the changes since the last time; how many rows they were. Inside a scope that sees every tenant.

    Whoever folds at the same time folds nothing. Counters that came back to nothing are removed.
    """
    (mine,) = database.execute_sql("select pg_try_advisory_xact_lock(%s)", (_FOLDING,)).fetchone()
    if not mine:
        return 0
    (folded,) = database.execute_sql(_FOLD).fetchone()
    database.execute_sql("delete from tally where n = 0 and amount = 0")
    return int(folded)


def standings(tenant_ids: Sequence[int] | None) -> list[Standing]:
    """What stands where, of ``tenant_ids`` or of all in sight. Inside a scope."""
    theirs = "true" if tenant_ids is None else "tenant_id = any(%(ids)s)"
    rows = database.execute_sql(_STANDING.format(theirs=theirs), {"ids": list(tenant_ids or ())}).fetchall()
    return [
        Standing(tenant_id, stage, person, cause, int(n), amount)
        for tenant_id, stage, person, cause, n, amount in rows
    ]


def oldest(standing: Iterable[Standing], *, moving: bool = False) -> dict[str, datetime]:
    """When the oldest document (RIDE, delivery) of each stage under way came; of those counted. Inside a scope.

    ``moving``: of those only that wait for no person.
    """
    wanted = sorted({(one.tenant_id, one.stage) for one in standing if one.stage in UNDER_WAY})
    if not wanted:
        return {}
    whose = "needs_person_since is null" if moving else "true"
    found = database.execute_sql(
        _OLDEST.format(whose=whose), ([tenant for tenant, _ in wanted], [stage for _, stage in wanted])
    ).fetchall()
    return dict(found)


def over(standing: Iterable[Standing], since: Mapping[str, datetime]) -> dict[str, tuple[int, bool]]:
    """How many of each stage came before its moment in ``since``, and whether there may be more. Inside a scope.

    What waits for a person is none of them.
    Of each taxpayer at most ``MOST_OVER`` are looked at, so that it costs the same however many there are.
    """
    wanted = sorted({(one.tenant_id, one.stage) for one in standing if one.stage in since})
    known = {
        "most": MOST_OVER,
        "tenants": [tenant for tenant, _ in wanted],
        "stages": [stage for _, stage in wanted],
        "since": [since[stage] for _, stage in wanted],
    }
    rows = database.execute_sql(_OVER, known).fetchall() if wanted else ()
    return {stage: (int(n), more) for stage, n, more in rows}
