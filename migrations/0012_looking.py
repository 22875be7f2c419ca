"""Indexes that the console's searches and lists are led by; memory of processes, and pauses that end by themselves.

An index that a document of the usual way never enters costs it nothing: most of these are partial.
"""

SEARCH = """
create index document_of_buyer on document (tenant_id, buyer_id, id);
drop index document_by_buyer_id;
create index document_of_buyer_name on document (tenant_id, buyer_key, id);
drop index document_by_buyer;
create index document_by_refusal on document (tenant_id, refused_code, id) where refused_code is not null;
create index document_by_error on document (tenant_id, last_error_code, id)
    where last_error_code is not null and last_error_code <> 'pending';
create index document_of_rare_type on document (tenant_id, doc_type, id) where doc_type <> '01';
create index sri_exchange_of_note on sri_exchange (tenant_id, outcome, id)
    where outcome not in ('received', 'authorized');
create index audit_by_target on audit (tenant_id, target, id);
create index run_by_message on jobs.run using hash (message_id);
create index run_of_sweep on jobs.run (actor, id) where actor not in
    ('sign_document', 'submit_document', 'check_authorization', 'generate_ride', 'deliver_document');
create index run_by_error on jobs.run (error_class, id) where error_class is not null;
"""

ENGINE = """
alter table jobs.process add column memory bigint;
alter table jobs.schedule add column resume_at timestamptz;
"""


def up(migrator, db):
    """Additive; the code of before searches through the new indexes as well."""
    for block in (SEARCH, ENGINE):
        db.execute_sql(block)
