"""People of the console: who they are, their password, and which tenants each may see."""

import re
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from peewee import IntegrityError, fn

from app.auditing import audit
from app.errors import Refused
from app.store.people import GrantOfRole, Person
from app.tenancy import SYSTEM, tenant_scope

Role = Literal["admin", "viewer"]
SHORTEST_PASSWORD = 12
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_hasher = PasswordHasher()


@dataclass(frozen=True)
class Access:
    """What one signed-in person may see; ``tenant_ids`` is None for all tenants (role admin)."""

    person_id: int
    email: str
    name: str
    session_version: int
    tenant_ids: tuple[int, ...] | None

    @property
    def is_admin(self) -> bool:
        """All tenants, and everything that changes something."""
        return self.tenant_ids is None

    def sees(self, tenant_id: int) -> bool:
        """Whether rows of ``tenant_id`` are theirs to see."""
        return self.tenant_ids is None or tenant_id in self.tenant_ids


def create(email: str, name: str, password: str, role: Role, tenant_ids: tuple[int, ...], *, by: str) -> int:
    """A new person with one role: ``admin`` names no tenant, ``viewer`` at least one; their id.

    Raises ``Refused`` when the address is taken or no address, the password is shorter than 12 characters, or the
    tenants do not fit the role.
    """
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise Refused(f"{email!r} no es una dirección de correo")
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(f"la contraseña debe tener al menos {SHORTEST_PASSWORD} caracteres")
    if (role == "admin") is bool(tenant_ids):
        raise Refused("el rol admin ve a todos y no lleva contribuyente; viewer necesita al menos uno")
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
            audit(SYSTEM, by=by, action="user_created", target=address, facts={"role": role})
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


def access_of(person_id: int) -> Access | None:
    """What this person may see now; None when they are gone or disabled."""
    person = Person.get_or_none(Person.id == person_id)
    if person is None or not person.active:
        return None
    grants = list(GrantOfRole.select().where(GrantOfRole.person == person.id))
    every = any(grant.role == "admin" for grant in grants)
    tenants = None if every else tuple(sorted(int(grant.tenant_id or 0) for grant in grants))
    return Access(person.id, person.email, person.name, person.session_version, tenants)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
