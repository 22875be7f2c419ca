"""Why a row is in trouble, counters kept by triggers, and rollups for charts.

A change of stage inserts a row and nothing else: no two workers ever wait for one counter. A schedule folds the rows
into ``tally``; whoever reads adds what is not folded yet.
"""

REFUSED = """
alter table document add column refused_code text, add column refused_text text, add column cause text;
alter table ride add column cause text;
alter table delivery add column cause text;

update document set refused_code = said.code, refused_text = said.said
from (
    select distinct on (document_id) document_id,
        facts -> 'messages' -> 0 ->> 'code' as code, facts -> 'messages' -> 0 ->> 'text' as said
    from history where event in ('returned', 'rejected') order by document_id, seq desc
) said
where said.document_id = document.id and document.state in ('returned', 'rejected');
"""

# What one occurrence says beside the cause itself (numbers, quoted names) is taken out of it. A column and not an
# expression in an index: under row-level security only an operator known to leak nothing may use one.
CAUSES = """
create function cause_of(code text, said text) returns text language sql immutable parallel safe as $$
    select code || ' ' || left(btrim(regexp_replace(regexp_replace(
        coalesce(said, ''), '«[^»]*»|"[^"]*"|''[^'']*''', '…', 'g'), '[0-9]+', '#', 'g')), 160)
$$;

create function name_cause() returns trigger language plpgsql as $$
begin
    new.cause := case
        when new.needs_person_code is not null then cause_of(new.needs_person_code, new.needs_person_reason)
        when new.last_error_code = 'pending' then null
        else cause_of(new.last_error_code, new.last_error)
    end;
    if tg_table_name = 'document' then
        if new.state in ('returned', 'rejected') then
            new.cause := cause_of(coalesce(new.refused_code, '?'), new.refused_text);
        end if;
    end if;
    return new;
end $$;

create index document_by_cause on document (tenant_id, state, cause, id) where cause is not null;
create index ride_by_cause on ride (tenant_id, cause, id) where cause is not null;
create index delivery_by_cause on delivery (tenant_id, cause, id) where cause is not null;
create index ride_waiting on ride (tenant_id, id) where path is null;
create index delivery_waiting on delivery (tenant_id, id) where outcome is null;
"""

NAMING = "".join(
    f"""
create trigger caused before update on {table} for each row when (
    old.needs_person_code is distinct from new.needs_person_code
    or old.needs_person_reason is distinct from new.needs_person_reason
    or old.last_error_code is distinct from new.last_error_code or old.last_error is distinct from new.last_error
    {moved}
) execute function name_cause();
create trigger caused_new before insert on {table} for each row
    when (new.needs_person_code is not null or new.last_error_code is not null {refused})
    execute function name_cause();
"""
    for table, moved, refused in (
        ("document", "or old.state <> new.state", "or new.state in ('returned', 'rejected')"),
        ("ride", "", ""),
        ("delivery", "", ""),
    )
)

TALLY = """
create table tally (
    tenant_id bigint not null,
    stage text not null,
    person boolean not null,
    cause text not null,
    n bigint not null,
    amount numeric(18, 2) not null,
    primary key (tenant_id, stage, person, cause)
);
create table tally_change (
    tenant_id bigint not null,
    stage text not null,
    person boolean not null,
    cause text not null,
    n integer not null,
    amount numeric(14, 2) not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""

# (table, what may change beside its cause and whether a person is needed, its stage, its money)
COUNTED = (
    ("document", "old.state <> new.state or old.total <> new.total", "{0}.state", "{0}.total"),
    (
        "ride",
        "(old.path is null) <> (new.path is null)",
        "case when {0}.path is null then 'ride' else 'kept' end",
        "0",
    ),
    ("delivery", "old.outcome is distinct from new.outcome", "coalesce({0}.outcome, 'mail')", "0"),
)


def one(row, sign, stage, amount):
    """A row of ``tally_change`` that adds or takes away ``row``, which is old or new."""
    person, cause = f"{row}.needs_person_since is not null", f"coalesce({row}.cause, '')"
    return f"({row}.tenant_id, {stage.format(row)}, {person}, {cause}, {sign}1, {sign}{amount.format(row)})"


COUNTING = "".join(
    f"""
create function count_{table}() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into tally_change values {one("new", "", stage, amount)};
    else
        insert into tally_change values {one("old", "-", stage, amount)}, {one("new", "", stage, amount)};
    end if;
    return null;
end $$;
create trigger counted_new after insert on {table} for each row execute function count_{table}();
create trigger counted after update on {table} for each row when (
    {changed} or old.cause is distinct from new.cause
    or (old.needs_person_since is null) <> (new.needs_person_since is null)
) execute function count_{table}();
"""
    for table, changed, stage, amount in COUNTED
)

ALREADY_THERE = """
update document set cause = cause_of(coalesce(refused_code, '?'), refused_text) where state in ('returned', 'rejected');
""" + "".join(
    f"""
update {table} set cause = case
    when needs_person_code is null then cause_of(last_error_code, last_error)
    else cause_of(needs_person_code, needs_person_reason) end
where (needs_person_code is not null or (last_error_code is not null and last_error_code <> 'pending')) {also};
insert into tally
select tenant_id, {stage.format(table)}, needs_person_since is not null, coalesce(cause, ''), count(*),
    sum({amount.format(table)})
from {table} group by 1, 2, 3, 4;
"""
    for (table, _, stage, amount), also in zip(
        COUNTED, ("and state not in ('returned', 'rejected')", "", ""), strict=True
    )
)

# The history only grows at its end, so an index of a few pages finds a stretch of it.
ROLLUPS = """
create table rollup (
    tenant_id bigint not null,
    grain integer not null check (grain in (300, 3600)),
    at timestamptz not null,
    measure text not null,
    subject text not null,
    bin smallint not null,
    n bigint not null,
    seconds double precision not null,
    primary key (tenant_id, grain, measure, at, subject, bin)
);
create index rollup_by_time on rollup (grain, at);
create table jobs.rolled (
    only_one boolean primary key default true check (only_one),
    upto timestamptz not null
);
create index history_by_time on history using brin (at) with (pages_per_range = 16, autosummarize = on);
"""

SEE_ALL = (
    "select set_config('autoriza.tenants', '0' || coalesce((select ',' || string_agg(id::text, ',') "
    "from tenant_directory), ''), true)"
)


def up(migrator, db):
    """Additive; what is there already is counted while writers wait, so that nothing is counted twice or missed."""
    db.execute_sql(SEE_ALL)
    db.execute_sql("lock table document, ride, delivery in share row exclusive mode")
    for block in (REFUSED, CAUSES, TALLY, ALREADY_THERE, NAMING, COUNTING, ROLLUPS):
        db.execute_sql(block)
    for table in ("tally", "tally_change", "rollup"):
        db.execute_sql(f"select jobs.protect('{table}'::regclass)")
