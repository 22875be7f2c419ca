"""A schedule's cron expression set by a person, which overrides the setting; and which one held before, until when."""

RHYTHMS = """
alter table jobs.schedule
    add column cron_set text,
    add column cron_set_by text,
    add column cron_set_reason text,
    add column cron_before text,
    add column cron_since timestamptz,
    add constraint schedule_set_by_somebody
        check (cron_set is null or num_nulls(cron_set_by, cron_set_reason, cron_since) = 0);
comment on column jobs.schedule.cron is 'as the settings of the scheduler that announced it last have it';
comment on column jobs.schedule.cron_since is 'when the one in force took over from cron_before; null: it never did';
"""


def up(migrator, db):
    """Additive; the code of before keeps to the settings."""
    db.execute_sql(RHYTHMS)
