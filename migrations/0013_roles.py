"""The roles operator, supervisor and auditor beside admin and viewer."""

ROLES = "('admin', 'viewer', 'operator', 'supervisor', 'auditor')"


def up(migrator, db):
    """Wider: what is granted already stays as it is."""
    db.execute_sql(
        "alter table grant_of_role drop constraint grant_of_role_role_check, "
        f"add constraint grant_of_role_role_check check (role in {ROLES})"
    )


def down(migrator, db):
    """Narrower again; grants of the new roles become those of a viewer, the least of all."""
    db.execute_sql(
        "delete from grant_of_role one using grant_of_role other where one.person_id = other.person_id "
        "and one.tenant_id = other.tenant_id and one.id > other.id;"
        "update grant_of_role set role = 'viewer' where role not in ('admin', 'viewer');"
        "alter table grant_of_role drop constraint grant_of_role_role_check, "
        "add constraint grant_of_role_role_check check (role in ('admin', 'viewer'))"
    )
