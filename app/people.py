"""People of the console: who they are, their password, and the roles each was given."""

import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from peewee import IntegrityError, fn

from app.access import Access, access_of
from app.auditing import audit
from app.errors import Refused
from app.permissions import Role
from app.store.people import GrantOfRole, Person
from app.tenancy import SYSTEM, tenant_scope

SHORTEST_PASSWORD = 12
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_hasher = PasswordHasher()


def create(email: str, name: str, password: str, role: Role, tenant_ids: tuple[int, ...], *, by: str) -> int:
    """A new person with one role: ``admin`` names no tenant, every other role at least one; their id.

    Raises ``Refused`` when the address is taken or no address, the password is shorter than 12 characters, or the
    tenants do not fit the role.
    """
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise Refused(f"{email!r} no es una dirección de correo")
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(f"la contraseña debe tener al menos {SHORTEST_PASSWORD} caracteres")
    if (role == Role.ADMIN) is bool(tenant_ids):
        raise Refused("el rol admin ve a todos y no lleva contribuyente; los demás necesitan al menos uno")
    try:
        with tenant_scope(SYSTEM):
            person_id = int(
                Person.insert(
                    email=address, name=name, password_hash=_hasher.hash(password), created_at=fn.now()
                ).execute()
            )
            for tenant_id in tenant_ids or (None,):
                GrantOfRole.insert(
                    person_id=person_id, role=role, tenant_id=tenant_id, granted_by=by, granted_at=fn.now()
                ).execute()
            audit(
                SYSTEM,
                by=by,
                action="user_created",
                target=address,
                facts={"role": str(role), "tenants": list(tenant_ids)},
            )
    except IntegrityError as error:
        raise Refused(f"{address} ya tiene una cuenta") from error
    return person_id


def sign_in(email: str, password: str, *, address: str | None = None) -> Access | None:
    """The access of whoever proves to be ``email``, or None; takes as long for an address nobody has. Audited."""
    person = Person.get_or_none(Person.email == email.strip().lower(), Person.active)
    proven = _matches(person.password_hash if person else _nobodys_hash(), password)
    with tenant_scope(SYSTEM):
        audit(
            SYSTEM,
            by=email.strip().lower()[:200],
            action="login",
            target="console",
            result="done" if person and proven else "refused",
            address=address,
        )
        if person and proven:
            Person.update(last_login_at=fn.now()).where(Person.id == person.id).execute()
    return access_of(person.id) if person and proven else None


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
