"""Mail that came back: when, and the index by which its delivery is found."""

RETURNED = """
alter table delivery add column bounced_at timestamptz;
create index delivery_by_token on delivery (split_part(ltrim(message_id, '<'), '@', 1)) where message_id is not null;
"""


def up(migrator, db):
    db.execute_sql(RETURNED)
