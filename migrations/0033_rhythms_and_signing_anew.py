"""Since when a schedule kept to the cron before the one in force; a bulk operation may sign what was refused anew."""

SINCE = """
alter table jobs.schedule add column if not exists cron_before_since timestamptz;
update jobs.schedule set cron_before_since = cron_since where cron_before is not null;
comment on column jobs.schedule.cron_before_since is 'when cron_before was in force from; null: ever since';
"""

SIGNING_ANEW = """
alter table bulk drop constraint bulk_action_check;
alter table bulk add constraint bulk_action_check
    check (action in ('retry', 'hold', 'correct', 'resend_mail', 'rebuild_ride'));
"""


def up(migrator, db):
    """Additive: the code of before asks for no more of the past, and proposes no such operation."""
    db.execute_sql(SINCE)
    db.execute_sql(SIGNING_ANEW)
