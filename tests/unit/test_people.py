"""People of the console: how they come in, and which taxpayers each sees."""

from itertools import count

import pytest
from cast import CONSOLE_PASSWORD

from app import people
from app.errors import Refused
from app.store.people import Audit, Person
from app.tenancy import SYSTEM, tenant_scope

_names = count(1)


def address() -> str:
    return f"persona{next(_names)}@example.ec"


def admin(email: str) -> int:
    return people.create(email, "Ada", CONSOLE_PASSWORD, "admin", (), by="test")


def logins(email: str) -> list[str]:
    with tenant_scope(SYSTEM):
        lines = Audit.select().where(Audit.action == "login", Audit.by == email).order_by(Audit.id)
        return [line.result for line in lines]


def test_who_knows_the_password_comes_in_and_it_is_recorded(ana):
    email = address()
    person_id = admin(email)
    access = people.sign_in(f" {email.upper()} ", CONSOLE_PASSWORD, address="10.0.0.1")
    assert (access.person_id, access.email, access.name, access.is_admin) == (person_id, email, "Ada", True)
    assert logins(email) == ["done"]
    assert Person.get_by_id(person_id).last_login_at


@pytest.mark.parametrize("password", ["", "x" * 40, CONSOLE_PASSWORD + " ", CONSOLE_PASSWORD.upper()])
def test_who_does_not_stays_out_and_that_is_recorded_too(services, password):
    email = address()
    person_id = admin(email)
    assert people.sign_in(email, password) is None
    assert logins(email) == ["refused"]
    assert Person.get_by_id(person_id).last_login_at is None


def test_an_address_nobody_has_is_refused_and_recorded_like_a_wrong_password(services):
    email = address()
    assert people.sign_in(email, CONSOLE_PASSWORD) is None
    assert logins(email) == ["refused"]


def test_a_disabled_person_is_out_at_once(services):
    email = address()
    person_id = admin(email)
    Person.update(active=False).where(Person.id == person_id).execute()
    assert people.access_of(person_id) is None
    assert people.sign_in(email, CONSOLE_PASSWORD) is None


def test_an_admin_sees_every_taxpayer_and_a_viewer_only_their_own(ana, beto):
    everyone = people.access_of(admin(address()))
    one = people.access_of(ana.viewer(address()))
    both = people.access_of(
        people.create(address(), "Eva", CONSOLE_PASSWORD, "viewer", (beto.id, ana.id), by="test")
    )
    assert (everyone.is_admin, everyone.sees(ana.id), everyone.sees(SYSTEM)) == (True, True, True)
    assert (one.is_admin, one.tenant_ids, one.sees(ana.id), one.sees(beto.id)) == (
        False,
        (ana.id,),
        True,
        False,
    )
    assert both.tenant_ids == (ana.id, beto.id)
    assert not both.sees(SYSTEM)


def test_a_viewer_whose_grants_are_gone_sees_nothing(ana):
    person_id = ana.viewer(address())
    people.GrantOfRole.delete().where(people.GrantOfRole.person == person_id).execute()
    access = people.access_of(person_id)
    assert (access.is_admin, access.tenant_ids) == (False, ())


def test_nobody_has_an_access_that_was_never_created(services):
    assert people.access_of(10**9) is None


@pytest.mark.parametrize(
    ("email", "password", "role", "tenants", "why"),
    [
        ("no es correo", CONSOLE_PASSWORD, "admin", (), "dirección de correo"),
        ("a b@example.ec", CONSOLE_PASSWORD, "admin", (), "dirección de correo"),
        ("ana@example.ec", "once letras", "admin", (), "al menos 12"),
        ("ana@example.ec", CONSOLE_PASSWORD, "admin", (1,), "no lleva contribuyente"),
        ("ana@example.ec", CONSOLE_PASSWORD, "viewer", (), "al menos uno"),
    ],
)
def test_a_person_that_makes_no_sense_is_refused_with_the_reason(
    services, email, password, role, tenants, why
):
    with pytest.raises(Refused, match=why):
        people.create(email, "Ana", password, role, tenants, by="test")
    assert Person.get_or_none(Person.email == email) is None


def test_an_address_has_one_account_however_it_is_written(services):
    email = address()
    admin(email)
    with pytest.raises(Refused, match="ya tiene una cuenta"):
        admin(email.upper())


def test_passwords_rest_as_argon2_and_are_shown_nowhere(services):
    email = address()
    stored = Person.get_by_id(admin(email))
    assert stored.password_hash.startswith("$argon2id$")
    people.sign_in(email, CONSOLE_PASSWORD)
    with tenant_scope(SYSTEM):
        lines = [str(line.__data__) for line in Audit.select()]
    assert lines
    assert not any(CONSOLE_PASSWORD in line or stored.password_hash in line for line in lines)
