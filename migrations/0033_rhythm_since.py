"""Since when a schedule kept to the cron expression before the one in force: before that moment it owes nothing."""

SINCE = """
alter table jobs.schedule add column cron_before_since timestamptz;
update jobs.schedule set cron_before_since = cron_since where cron_before is not null;
comment on column jobs.schedule.cron_before_since is 'when cron_before was in force from; null: ever since';
"""


def up(migrator, db):
    """Additive: the code of before leaves it as it is, and asks for nothing more of the past."""
    db.execute_sql(SINCE)
