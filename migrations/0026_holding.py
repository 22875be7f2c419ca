"""A bulk operation may hold documents back."""

HOLDING = """
alter table bulk drop constraint bulk_action_check;
alter table bulk add constraint bulk_action_check
    check (action in ('retry', 'hold', 'resend_mail', 'rebuild_ride'));
"""


def up(migrator, db):
    """Additive: the code of before proposes no such operation, and would leave the documents of one alone."""
    db.execute_sql(HOLDING)
