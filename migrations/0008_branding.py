"""Logo and accent colour of a taxpayer in versions, and on each RIDE what it was drawn with."""

# A RIDE stored before, or by a process of the release before, was drawn without either: null.
BRANDING = """
create table branding (
    tenant_id bigint not null references tenant,
    version integer not null check (version > 0),
    logo bytea,
    accent text check (accent ~ '^#[0-9a-f]{6}$'),
    by text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, version)
);
create trigger append_only before update or delete on branding for each row execute function refuse_change();
create trigger never_truncated before truncate on branding execute function refuse_change();
alter table ride add column branding integer, add column carries_xml boolean;
"""


def up(migrator, db):
    db.execute_sql(BRANDING)
    db.execute_sql("select jobs.protect('branding'::regclass)")
