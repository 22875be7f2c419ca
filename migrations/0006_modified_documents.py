"""Which document a nota de crédito modifies, found by index; and the legend of big taxpayers."""

COLUMNS = """
alter table document add column modified_type text, add column modified_number text;
create index document_modifying on document (tenant_id, modified_number) where modified_number is not null;
alter table tenant add column gran_contribuyente text;
"""


def up(migrator, db):
    """Additive: harmless to the code of before."""
    db.execute_sql(COLUMNS)


def down(migrator, db):
    """Back to the tables of 0001."""
    db.execute_sql(
        "alter table document drop column modified_type, drop column modified_number;"
        "alter table tenant drop column gran_contribuyente;"
    )
