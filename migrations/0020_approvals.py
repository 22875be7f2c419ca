"""A bulk operation may wait for a second person's word."""

APPROVALS = """
alter table bulk add column asked_by text, add column approved_by text, add column approved_at timestamptz;
alter table bulk drop constraint bulk_stage_check;
alter table bulk add constraint bulk_stage_check
    check (stage in ('proposed', 'awaits_approval', 'running', 'paused', 'stopped', 'done'));
alter table bulk add constraint bulk_approved_by_another
    check (approved_by is null or (approved_by <> by and approved_by is distinct from asked_by));
create index bulk_awaiting on bulk (id) where stage = 'awaits_approval';
"""


def up(migrator, db):
    """Additive: the code of before never writes the new stage, and leaves operations in it alone."""
    db.execute_sql(APPROVALS)
