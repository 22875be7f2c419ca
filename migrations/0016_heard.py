"""When a queue was last served, or a scheduler last ran, by a process that took its leave: a restart is no silence."""

HEARD = """
create table jobs.heard (
    what text primary key,
    at timestamptz not null default now()
);
comment on table jobs.heard is 'a queue, or a kind of process; written when a process ends in order';
"""


def up(migrator, db):
    """Additive."""
    db.execute_sql(HEARD)
