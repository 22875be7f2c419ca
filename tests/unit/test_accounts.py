"""Accounts: sessions that can be ended, a second factor, and what is done to them, always on record."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pyotp
import pytest
from cast import CONSOLE_PASSWORD, at_once

from app import accounts, people, second_factor, sessions
from app.errors import Refused
from app.permissions import Role
from app.store.base import database
from app.store.people import Audit, ConsoleSession, GrantOfRole, Person, RecoveryCode
from app.tenancy import SYSTEM, tenant_scope

_names = count(1)


def person(role: Role = Role.ADMIN, *tenant_ids: int) -> Person:
    email = f"cuenta{next(_names)}@example.ec"
    return Person.get_by_id(people.create(email, "Cuenta", CONSOLE_PASSWORD, role, tenant_ids, by="test"))


def recorded(email: str) -> list[str]:
    with tenant_scope(SYSTEM):
        return [row.action for row in Audit.select().where(Audit.target == email).order_by(Audit.id)]


def now() -> datetime:
    return datetime.now(UTC)


def test_of_a_session_only_a_hash_is_kept_and_its_token_opens_it(services):
    who = person()
    token = sessions.open_session(who.id, address="10.0.0.1", agent="Firefox")
    row = ConsoleSession.get(ConsoleSession.person == who.id)
    assert token not in str(row.__data__)
    living = sessions.session_of(token, now())
    assert (living.access.email, living.is_proven(now())) == (who.email, True)
    assert sessions.session_of(token + "x", now()) is None


def test_a_session_ends_by_hand_by_rest_by_age_and_with_its_account(services):
    who = person()
    person()
    by_hand, resting, old, last = (sessions.open_session(who.id) for _ in range(4))
    ids = [
        one.id
        for one in ConsoleSession.select().where(ConsoleSession.person == who.id).order_by(ConsoleSession.id)
    ]
    sessions.end(ids[0], of=who.id, by=who.email)
    week_ago = now() - timedelta(days=7, minutes=1)
    ConsoleSession.update(last_seen_at=now() - timedelta(hours=13)).where(
        ConsoleSession.id == ids[1]
    ).execute()
    ConsoleSession.update(created_at=week_ago).where(ConsoleSession.id == ids[2]).execute()
    assert [sessions.session_of(one, now()) for one in (by_hand, resting, old)] == [None] * 3
    assert sessions.session_of(last, now())
    accounts.disable(who.id, by="test")
    assert sessions.session_of(last, now()) is None
    assert recorded(who.email) == ["user_created", "session_ended", "user_disabled", "signed_out_everywhere"]


def test_nobody_ends_a_session_of_somebody_else_by_its_id(services):
    one, other = person(), person()
    token = sessions.open_session(one.id)
    session_id = sessions.session_of(token, now()).id
    with pytest.raises(Refused, match="ya había terminado"):
        sessions.end(session_id, of=other.id, by=other.email)
    assert sessions.session_of(token, now())


def test_a_second_factor_is_asked_for_only_after_a_code_of_it_was_seen(services):
    who, secret = person(), second_factor.new_secret()
    with pytest.raises(Refused, match="no corresponde"):
        second_factor.turn_on(who.id, secret, "000000", box=services.box, now=now())
    assert people.sign_in(who.email, CONSOLE_PASSWORD)
    at = now()
    codes = second_factor.turn_on(who.id, secret, pyotp.TOTP(secret).at(at), box=services.box, now=at)
    stored = Person.get_by_id(who.id)
    assert secret.encode() not in bytes(stored.totp_sealed)
    assert len(codes) == len(set(codes)) == second_factor.CODES
    kept = [row.code_hash for row in RecoveryCode.select().where(RecoveryCode.person == who.id)]
    assert not set(codes) & set(kept)
    assert people.sign_in(who.email, CONSOLE_PASSWORD) is None


def test_a_code_opens_once_and_so_does_a_recovery_code_also_when_two_come_at_the_same_moment(services):
    who, secret, at = person(), second_factor.new_secret(), now()
    codes = second_factor.turn_on(who.id, secret, pyotp.TOTP(secret).at(at), box=services.box, now=at)
    who = Person.get_by_id(who.id)
    later = at + timedelta(seconds=90)
    code = pyotp.TOTP(secret).at(later)

    def accepted(given: str, moment: datetime) -> bool:
        with database.connection_context():
            return second_factor.accepts(who, given, box=services.box, now=moment)

    assert not accepted(pyotp.TOTP(secret).at(at), at)  # the one that turned it on
    assert sorted(at_once(3, lambda _: accepted(code, later))) == [False, False, True]
    assert sorted(at_once(3, lambda _: accepted(codes[0].upper(), later))) == [False, False, True]
    assert second_factor.unused_recovery_codes(who.id) == second_factor.CODES - 1
    assert not accepted(pyotp.TOTP(secret).at(later + timedelta(minutes=5)), later)


def test_the_last_admin_can_neither_go_nor_be_shut_out(services):
    Person.update(active=False).execute()
    one, other = person(), person()
    accounts.disable(other.id, by=one.email)
    with pytest.raises(Refused, match="única cuenta"):
        accounts.disable(one.id, by=one.email)
    grant = GrantOfRole.get(GrantOfRole.person == one.id)
    with pytest.raises(Refused, match="única cuenta"):
        accounts.revoke(one.id, grant.id, by=one.email)
    accounts.enable(other.id, by=one.email)
    accounts.revoke(one.id, grant.id, by=other.email)


def test_roles_are_given_and_taken_one_by_one(ana, beto):
    who = person(Role.VIEWER, ana.id)
    accounts.grant(who.id, Role.OPERATOR, beto.id, by="jefa")
    with pytest.raises(Refused, match="ya tiene ese rol"):
        accounts.grant(who.id, Role.OPERATOR, beto.id, by="jefa")
    for role, tenant in ((Role.ADMIN, ana.id), (Role.AUDITOR, None)):
        with pytest.raises(Refused, match="rol admin"):
            accounts.grant(who.id, role, tenant, by="jefa")
    grants = GrantOfRole.select().where(GrantOfRole.person == who.id).order_by(GrantOfRole.id)
    assert [(one.role, one.granted_by) for one in grants] == [("viewer", "test"), ("operator", "jefa")]
    accounts.revoke(who.id, grants[0].id, by="jefa")
    assert people.sign_in(who.email, CONSOLE_PASSWORD).tenant_ids == (beto.id,)


def test_a_new_password_ends_the_sessions_it_did_not_come_from(services):
    who = person()
    here, there = sessions.open_session(who.id), sessions.open_session(who.id)
    accounts.set_password(who.id, "otra contraseña", by=who.email, keep=sessions.session_of(here, now()).id)
    assert sessions.session_of(here, now())
    assert sessions.session_of(there, now()) is None
    assert people.sign_in(who.email, CONSOLE_PASSWORD) is None
    assert people.sign_in(who.email, "otra contraseña")
    with pytest.raises(Refused, match="al menos 12"):
        accounts.set_password(who.id, "corta", by=who.email)
