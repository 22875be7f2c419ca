"""What an alert says, in English too; one raised before has only Spanish."""


def up(migrator, db):
    """Additive: the code of before raises alerts in Spanish alone."""
    db.execute_sql("alter table alert add column message_en text")


def down(migrator, db):
    """Alerts are Spanish again."""
    db.execute_sql("alter table alert drop column message_en")
