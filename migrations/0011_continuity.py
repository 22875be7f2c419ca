"""What tells a database from a restored copy of itself, and what lets the keys it forgot be worked out again."""

# A dump that is read in again gets new tables, a copy is another database, and a server taken back in time or
# promoted is on another timeline: each has another mark than the one that was kept.
CONTINUITY = """
create table continuity (
    id smallint primary key default 1 check (id = 1),
    mark text not null,
    noted_at timestamptz not null default now()
);

create function continuity_mark() returns text language sql stable as $$
    select concat_ws(
        ':',
        (select system_identifier from pg_control_system()),
        (select timeline_id from pg_control_checkpoint()),
        (select oid from pg_database where datname = current_database()),
        'tenant'::regclass::oid
    )
$$;

insert into continuity (mark) values (continuity_mark());
"""

SEEDS = """
alter table tenant add column code_seed bytea not null default uuid_send(gen_random_uuid());
comment on column tenant.code_seed is 'what the 8 digits of an access key are worked out from';
alter table emission alter column certificate_id drop not null;
comment on column emission.certificate_id is 'null: signed before a restored backup forgot by which certificate';
"""


def up(migrator, db):
    """Additive: the code of before draws its digits by lot and knows of no mark."""
    for block in (CONTINUITY, SEEDS):
        db.execute_sql(block)
