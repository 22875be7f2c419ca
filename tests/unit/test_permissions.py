"""What each role may do, and for whom."""

from itertools import count

import pytest
from cast import CONSOLE_PASSWORD

from app import people
from app.access import Access, access_of
from app.errors import Refused
from app.permissions import ALLOWED, Permission, Role
from app.store.people import GrantOfRole
from app.tenancy import SYSTEM

_names = count(1)
OF_THE_INSTALLATION = {
    Permission.SEE_ENGINE,
    Permission.RUN_ENGINE,
    Permission.MANAGE_PEOPLE,
    Permission.MANAGE_TENANTS,
    Permission.SET_ALERTS,
    Permission.PUBLISH_VIEW,
}


def somebody(role: Role, *tenant_ids: int) -> int:
    email = f"rol{next(_names)}@example.ec"
    return people.create(email, "Rol", CONSOLE_PASSWORD, role, tenant_ids, by="test")


def of(role: Role, *tenant_ids: int) -> Access:
    access = access_of(somebody(role, *tenant_ids))
    assert access is not None
    return access


def test_every_permission_stands_in_the_table_and_an_admin_holds_each():
    assert set(ALLOWED) == set(Permission)
    assert all(Role.ADMIN in roles for roles in ALLOWED.values())


def test_who_only_looks_changes_nothing_and_whoever_answers_may_what_whoever_works_may():
    held = {role: {one for one, roles in ALLOWED.items() if role in roles} for role in Role}
    assert held[Role.VIEWER] == {Permission.SEE, Permission.EXPORT}
    assert held[Role.AUDITOR] == {Permission.SEE, Permission.EXPORT, Permission.SEE_AUDIT}
    assert held[Role.VIEWER] < held[Role.OPERATOR] < held[Role.SUPERVISOR]
    assert held[Role.SUPERVISOR] == held[Role.ADMIN] - OF_THE_INSTALLATION


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_a_role_is_for_the_taxpayers_named_and_never_for_the_installation(ana, beto, role):
    access = of(role, ana.id)
    assert access.tenant_ids == access.where(Permission.SEE) == (ana.id,)
    for permission in Permission:
        assert not access.may(permission, beto.id)
        assert not access.may(permission, SYSTEM)
        assert access.may(permission, ana.id) == access.may(permission) == (role in ALLOWED[permission])


def test_several_roles_add_up_taxpayer_by_taxpayer(ana, beto):
    person = somebody(Role.VIEWER, ana.id, beto.id)
    row = {"person": person, "role": Role.OPERATOR, "tenant_id": ana.id, "granted_by": "test"}
    GrantOfRole.insert(row | {"granted_at": "2026-01-01 00:00Z"}).execute()
    access = access_of(person)
    assert access.where(Permission.RETRY) == (ana.id,)
    assert access.where(Permission.SEE) == (ana.id, beto.id)
    assert access.every_role == (Role.VIEWER, Role.OPERATOR)


def test_an_admin_reaches_everything(ana):
    access = of(Role.ADMIN)
    assert all(access.may(one, ana.id) and access.may(one, SYSTEM) for one in Permission)
    assert access.where(Permission.SEE) is None


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR])
def test_a_role_of_no_taxpayer_is_refused(services, role):
    with pytest.raises(Refused, match="al menos uno"):
        somebody(role)
