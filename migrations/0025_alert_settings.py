"""What an admin set about alerts instead of the settings: from when on something is alarming, when people are told."""

ALERT_SETTINGS = """
create table jobs.alert_setting (
    name text primary key,
    value text not null,
    by text not null,
    reason text not null check (reason <> ''),
    at timestamptz not null default now()
);
comment on table jobs.alert_setting is 'overrides the setting of this name; see app.alert_settings';
"""


def up(migrator, db):
    """Additive; the code of before keeps to the settings."""
    db.execute_sql(ALERT_SETTINGS)
