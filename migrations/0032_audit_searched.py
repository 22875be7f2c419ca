"""The audit is searched by what it is about, by who and by what was done; sign-ins are seen by their own auditors."""

# Beginnings of a target are looked up as ranges, which follow the order of bytes only under the collation "C".
SEARCHED = """
drop index audit_by_target;
create index audit_by_target on audit (tenant_id, target collate "C", id);
create index audit_by_person on audit (tenant_id, by, id);
create index audit_by_action on audit (tenant_id, action, id);
"""

# Whoever sees a taxpayer also sees when its people came in or failed to: those lines belong to the installation.
SIGN_INS = """
create policy sign_ins_of_its_people on audit for select using (
    tenant_id = 0 and action in ('login', 'logout') and by = any (array(
        select p.email from person p join grant_of_role g on g.person_id = p.id
        where g.tenant_id = any (
            (select string_to_array(current_setting('autoriza.tenants', true), ',')::bigint[])::bigint[]))))
"""


def up(migrator, db):
    """Additive; the code of before finds by the new indexes what it found by the old, if a little slower."""
    for block in (SEARCHED, SIGN_INS):
        db.execute_sql(block)
