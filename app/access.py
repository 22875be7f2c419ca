"""What one person may see and do now, from the roles granted to them."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.permissions import ALLOWED, Permission, Role
from app.store.people import GrantOfRole, Person


@dataclass(frozen=True)
class Access:
    """What one signed-in person may see and do; ``roles`` are those of each taxpayer they have any for."""

    person_id: int
    email: str
    name: str
    is_admin: bool
    roles: Mapping[int, frozenset[Role]]

    @property
    def tenant_ids(self) -> tuple[int, ...] | None:
        """The taxpayers they have a role for; None for all (admin)."""
        return None if self.is_admin else tuple(sorted(self.roles))

    @property
    def every_role(self) -> tuple[Role, ...]:
        """The roles they hold, for whichever taxpayers."""
        if self.is_admin:
            return (Role.ADMIN,)
        return tuple(role for role in Role if any(role in held for held in self.roles.values()))

    def sees(self, tenant_id: int) -> bool:
        """Whether rows of ``tenant_id`` are theirs to see."""
        return self.may(Permission.SEE, tenant_id)

    def may(self, permission: Permission, tenant_id: int | None = None) -> bool:
        """Whether they hold ``permission`` for ``tenant_id``, or, for None, for any taxpayer at all."""
        if self.is_admin:
            return Role.ADMIN in ALLOWED[permission]
        held = self.roles.values() if tenant_id is None else (self.roles.get(tenant_id, frozenset()),)
        return any(roles & ALLOWED[permission] for roles in held)

    def where(self, permission: Permission) -> tuple[int, ...] | None:
        """The taxpayers for which they hold ``permission``; None for all, the installation itself included."""
        if self.is_admin and Role.ADMIN in ALLOWED[permission]:
            return None
        return tuple(tenant for tenant in sorted(self.roles) if self.may(permission, tenant))


def access_of(person_id: int) -> Access | None:
    """What this person may see and do now; None when they are gone or disabled."""
    person = Person.get_or_none(Person.id == person_id)
    if person is None or not person.active:
        return None
    roles: dict[int, frozenset[Role]] = {}
    is_admin = False
    for grant in GrantOfRole.select().where(GrantOfRole.person == person.id):
        if grant.tenant_id is None:
            is_admin = True
        else:
            roles[grant.tenant_id] = roles.get(grant.tenant_id, frozenset()) | {Role(grant.role)}
    return Access(person.id, person.email, person.name, is_admin, roles)
