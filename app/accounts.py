"""What is done to an account: roles given and taken, disabled, a new password; on record, and one admin stays."""

from peewee import IntegrityError, fn

from app import passwords, sessions
from app.auditing import audit
from app.errors import Mistyped, Refused, Text
from app.permissions import Role
from app.store.people import GrantOfRole, Person
from app.tenancy import SYSTEM, tenant_scope


def grant(person_id: int, role: Role, tenant_id: int | None, *, by: str) -> None:
    """Give somebody one more role. Raises ``Refused`` when they have it, or role and taxpayer do not fit."""
    if (role == Role.ADMIN) is (tenant_id is not None):
        raise Mistyped(
            Text(
                "el rol admin ve a todos y no lleva contribuyente; los demás necesitan uno",
                "the role admin sees all and takes no taxpayer; the others need one",
            )
        )
    try:
        with tenant_scope(SYSTEM):
            row = {"person": person_id, "role": role, "tenant_id": tenant_id}
            GrantOfRole.insert(row | {"granted_by": by, "granted_at": fn.now()}).execute()
            _note(person_id, by, "role_granted", role=str(role), tenant=tenant_id)
    except IntegrityError as error:
        raise Refused(
            Text(
                "ya tiene ese rol, o ese contribuyente no existe",
                "they have that role already, or there is no such taxpayer",
            )
        ) from error


def revoke(person_id: int, grant_id: int, *, by: str) -> None:
    """Take one role away. Raises ``Refused`` when it is not theirs, or makes them the last admin to go."""
    with tenant_scope(SYSTEM):
        found = GrantOfRole.get_or_none(GrantOfRole.id == grant_id, GrantOfRole.person == person_id)
        if found is None:
            raise Refused(Text("ese rol ya no lo tiene", "they no longer have that role"))
        if found.role == Role.ADMIN:
            _refuse_last_admin(person_id)
        found.delete_instance()
        _note(person_id, by, "role_revoked", role=found.role, tenant=found.tenant_id)


def disable(person_id: int, *, by: str) -> None:
    """Shut somebody out at once and end their sessions. Raises ``Refused`` for the last admin."""
    with tenant_scope(SYSTEM):
        _refuse_last_admin(person_id)
        if not Person.update(active=False).where(Person.id == person_id, Person.active).execute():
            raise Refused(Text("esa cuenta ya estaba desactivada", "that account was disabled already"))
        _note(person_id, by, "user_disabled")
    sessions.end_all(person_id, by=by)


def enable(person_id: int, *, by: str) -> None:
    """Let somebody in again. Raises ``Refused`` when they were never shut out."""
    with tenant_scope(SYSTEM):
        if not Person.update(active=True).where(Person.id == person_id, ~Person.active).execute():
            raise Refused(Text("esa cuenta ya estaba activa", "that account was active already"))
        _note(person_id, by, "user_enabled")


def set_password(person_id: int, password: str, *, by: str, keep: int | None = None) -> None:
    """Give an account a new password and end its sessions, but the one with the id ``keep``.

    Raises ``Refused`` for a password that is too short.
    """
    hashed = passwords.hashed(password)
    with tenant_scope(SYSTEM):
        Person.update(password_hash=hashed).where(Person.id == person_id).execute()
        _note(person_id, by, "password_changed")
    sessions.end_all(person_id, by=by, but=keep)


def _refuse_last_admin(person_id: int) -> None:
    # both of two admins disabling each other wait here, so that one of them stays
    admins = (
        GrantOfRole.select(GrantOfRole.person)
        .join(Person)
        .where(GrantOfRole.role == Role.ADMIN, Person.active)
        .for_update()
    )
    if {row.person_id for row in admins} == {person_id}:  # type: ignore[attr-defined]
        raise Refused(
            Text(
                "es la única cuenta de administración que queda activa",
                "it is the only active account of an administrator that is left",
            )
        )


def _note(person_id: int, by: str, action: str, **facts: object) -> None:
    audit(SYSTEM, by=by, action=action, target=str(Person.get_by_id(person_id).email), facts=facts)
