"""An index of all access keys ever signed: corrected documents are found by an earlier one, and by their number."""


def up(migrator, db):
    db.execute_sql(
        "create index emission_by_key on emission (tenant_id, access_key) include (document_id, version)"
    )
