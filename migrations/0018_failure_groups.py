"""Groups of failures: since when each is there and how it grew; and what people decided about it."""

GROUPS = """
create table failure_group (
    tenant_id bigint not null,
    stage text not null,
    cause text not null,
    n bigint not null,
    person_n bigint not null,
    first_seen_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    gone_at timestamptz,
    inherited boolean not null default false,
    primary key (tenant_id, stage, cause)
) with (fillfactor = 80);
create index failure_group_changed on failure_group (changed_at);
comment on column failure_group.last_seen_at is 'when it last grew';
comment on column failure_group.inherited is 'it was there before anybody watched: no news';

create table failure_level (
    tenant_id bigint not null,
    stage text not null,
    cause text not null,
    at timestamptz not null,
    n bigint not null,
    primary key (tenant_id, stage, cause, at)
);
create index failure_level_by_time on failure_level (at);
comment on table failure_level is
    'how many stood in a group from then on, a row where that changed, at most one in five minutes; tenant 0 sums all';

create table failure_care (
    tenant_id bigint not null,
    stage text not null,
    cause text not null,
    assignee_id bigint references person,
    assigned_by text,
    assigned_at timestamptz,
    snoozed_until timestamptz,
    snoozed_by text,
    snoozed_at timestamptz,
    snoozed_n bigint,
    wakes_at_n bigint,
    woken_at timestamptz,
    woken_because text check (woken_because in ('time', 'grew', 'person')),
    woken_n bigint,
    muted_at timestamptz,
    muted_by text,
    note text,
    noted_by text,
    noted_at timestamptz,
    runbook text,
    primary key (tenant_id, stage, cause)
);
create index failure_care_snoozed on failure_care (snoozed_until) where snoozed_until is not null;
"""

# What stands already was seen before: an upgrade alarms nobody anew.
ALREADY_THERE = """
insert into failure_group (tenant_id, stage, cause, n, person_n, inherited)
select tenant_id, stage, cause, sum(n),
    coalesce(sum(n) filter (where person or stage in ('returned', 'rejected')), 0), true
from tally
where cause <> '' and stage in
    ('draft', 'signed', 'pending_authorization', 'ride', 'mail', 'returned', 'rejected')
group by 1, 2, 3 having sum(n) > 0
"""

SEE_ALL = (
    "select set_config('autoriza.tenants', '0' || coalesce((select ',' || string_agg(id::text, ',') "
    "from tenant_directory), ''), true)"
)


def up(migrator, db):
    """Additive."""
    db.execute_sql(SEE_ALL)
    db.execute_sql(GROUPS)
    db.execute_sql(ALREADY_THERE)
    for table in ("failure_group", "failure_level", "failure_care"):
        db.execute_sql(f"select jobs.protect('{table}'::regclass)")


def down(migrator, db):
    """Notes and assignments are gone; the counters they were made of stay."""
    db.execute_sql("drop table failure_care; drop table failure_level; drop table failure_group")
