"""When a certificate takes over, so that the next one can be staged; and the daily look at those that end."""

TIMELINE = """
alter table certificate add column in_force_from timestamptz default now();
select set_config(
    'autoriza.tenants',
    '0' || coalesce((select ',' || string_agg(id::text, ',') from tenant_directory), ''),
    true
);
update certificate set in_force_from = added_at;
alter table certificate alter column in_force_from set not null;
comment on column certificate.in_force_from is 'signs from here until replaced_at, which may lie ahead';
"""

WATCH = """
insert into jobs.schedule (name, cron, timezone, actor, missed_policy)
values ('watch_certificates', '0 0 6 * * *', 'America/Guayaquil', 'watch_certificates', 'run_once')
on conflict (name) do nothing;
"""


def up(migrator, db):
    """Additive: the code of before gives a new certificate its own moment and knows of no staged one."""
    for block in (TIMELINE, WATCH):
        db.execute_sql(block)
