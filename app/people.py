"""People of the console: how an account is made, and how somebody proves to be its owner."""

import re

from peewee import IntegrityError, fn

from app import passwords, second_factor, sentences
from app.access import Access, access_of
from app.auditing import audit
from app.errors import Mistyped, Refused, Text
from app.permissions import Role
from app.secrets import SecretBox
from app.store.people import GrantOfRole, Person
from app.tenancy import SYSTEM, tenant_scope

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
LONGEST_EMAIL = 200


def create(email: str, name: str, password: str, role: Role, tenant_ids: tuple[int, ...], *, by: str) -> int:
    """A new person with one role: ``admin`` names no tenant, every other role at least one; their id.

    Raises ``Refused`` when the address is taken or no address, the password is shorter than 12 characters, or the
    tenants do not fit the role.
    """
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address) or len(address) > LONGEST_EMAIL:
        raise Mistyped(Text(f"«{email}» no es una dirección de correo", f"'{email}' is no mail address"))
    hashed = passwords.hashed(password)
    if (role == Role.ADMIN) is bool(tenant_ids):
        raise Mistyped(
            Text(
                "el rol admin ve a todos y no lleva contribuyente; los demás necesitan al menos uno",
                "the role admin sees all and takes no taxpayer; the others need one at least",
            )
        )
    try:
        with tenant_scope(SYSTEM):
            row = {"email": address, "name": name, "password_hash": hashed, "created_at": fn.now()}
            person_id = int(Person.insert(row).execute())
            for tenant_id in tenant_ids or (None,):
                GrantOfRole.insert(
                    person_id=person_id, role=role, tenant_id=tenant_id, granted_by=by, granted_at=fn.now()
                ).execute()
            facts = {"role": str(role), "tenants": list(tenant_ids)}
            audit(SYSTEM, by=by, action="user_created", target=address, facts=facts)
    except IntegrityError as error:
        raise Refused(Text(f"{address} ya tiene una cuenta", f"{address} has an account already")) from error
    return person_id


def find(email: str) -> Person | None:
    """The account of an address, however it is written; a disabled one too."""
    found: Person | None = Person.get_or_none(Person.email == email.strip().lower())
    return found


def prove(email: str, password: str, *, address: str | None = None) -> Person | None:
    """The active account whose password this is, or None, on record; takes as long for an address nobody has.

    An account with a second factor is not entered yet: ``enter`` asks for its code.
    """
    person = find(email)
    proven = passwords.matches(person.password_hash if person and person.active else None, password)
    if person is None or not proven:
        _note(email, "login", "refused", address)
        return None
    return person


def enter(
    person: Person, code: str | None = None, *, box: SecretBox | None = None, address: str | None = None
) -> Access | None:
    """The access of somebody whose password was proven, or None when the code their account asks for is wrong.

    On record either way. ``box`` opens the secret of accounts with a second factor.
    """
    asked = person.totp_sealed is not None
    if asked and (box is None or code is None or not second_factor.accepts(person, code, box=box)):
        note_wrong_code(person, address=address)
        return None
    _note(person.email, "login", "done", address)
    Person.update(last_login_at=fn.now()).where(Person.id == person.id).execute()
    return access_of(person.id)


def note_wrong_code(person: Person, *, address: str | None = None) -> None:
    """Put on record that somebody with the right password gave a wrong code."""
    _note(person.email, "login", "refused", address, reason=sentences.said("second_factor").es)


def sign_in(email: str, password: str, *, address: str | None = None) -> Access | None:
    """The access of whoever proves to be ``email`` by a password alone, or None. On record."""
    person = prove(email, password, address=address)
    return enter(person, address=address) if person else None


def _note(email: str, action: str, result: str, address: str | None, reason: str | None = None) -> None:
    with tenant_scope(SYSTEM):
        who = email.strip().lower()[:LONGEST_EMAIL]
        audit(SYSTEM, by=who, action=action, target="console", result=result, address=address, reason=reason)
