"""Who asked for which export stays on record, whatever way somebody takes to forget it."""

STAYS = """
create trigger never_truncated before truncate on export execute function refuse_change();
"""


def up(migrator, db):
    """Additive; no code truncates."""
    db.execute_sql(STAYS)
