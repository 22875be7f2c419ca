"""The audit is searched by what it is about, by who and by what was done; sign-ins are seen by their own auditors.

Mail that came back is found by itself until a later one of the same document was taken. Each step commits by itself and
may be done again: writers wait for one reading of one table at a time, and no two tables are ever held together.
"""

atomic = False

# Beginnings of a target are looked up as ranges, which follow the order of bytes only under the collation "C".
SEARCHED = (
    'create index if not exists audit_by_subject on audit (tenant_id, target collate "C", id)',
    "create index if not exists audit_by_person on audit (tenant_id, by, id)",
    "create index if not exists audit_by_action on audit (tenant_id, action, id)",
    "drop index if exists audit_by_target",
)

# Whoever sees a taxpayer also sees when its people came in or failed to: those lines belong to the installation.
SIGN_INS = """
drop policy if exists sign_ins_of_its_people on audit;
create policy sign_ins_of_its_people on audit for select using (
    tenant_id = 0 and action in ('login', 'logout') and by = any (array(
        select p.email from person p join grant_of_role g on g.person_id = p.id
        where g.tenant_id = any (
            (select string_to_array(current_setting('autoriza.tenants', true), ',')::bigint[])::bigint[]))))
"""

# Two indexes: of what came back alone, which a delivered document never enters, and of addresses.
RETURNED = (
    """
alter table delivery add column if not exists made_good_at timestamptz;
comment on column delivery.made_good_at is 'when a resend of the same document was taken after this one came back'
""",
    """
create index if not exists delivery_returned on delivery (tenant_id, document_id)
    where outcome = 'bounced' and made_good_at is null and kind <> 'notice'
""",
    "create index if not exists delivery_by_address on delivery (tenant_id, address, document_id)",
)

SEE_ALL = (
    "select set_config('autoriza.tenants', '0' || coalesce((select ',' || string_agg(id::text, ',') "
    "from tenant_directory), ''), true)"
)

MADE_GOOD = """
update delivery b set made_good_at = later.sent_at from delivery later
where b.outcome = 'bounced' and later.document_id = b.document_id and later.kind = 'resend'
  and later.outcome = 'sent' and later.id > b.id
"""


def up(migrator, db):
    """Additive; the code of before finds by the new indexes what it found by the old."""
    for step in (*SEARCHED, SIGN_INS, *RETURNED):
        with db.atomic():
            db.execute_sql(step)
    with db.atomic():
        db.execute_sql(SEE_ALL)
        db.execute_sql(MADE_GOOD)
