"""Sessions of the console: one row per browser, so that each can be seen and ended from anywhere."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from peewee import fn

from app.access import Access, access_of
from app.auditing import audit
from app.errors import Refused, Text
from app.store.people import ConsoleSession, Person
from app.tenancy import SYSTEM, tenant_scope

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
KEPT = timedelta(days=90)
PROVEN_FOR = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
LONGEST_AGENT = 300


@dataclass(frozen=True)
class Session:
    """A living session: its row's id, whose it is, and when that person last proved to be themselves."""

    id: int
    access: Access
    proven_at: datetime

    def is_proven(self, now: datetime) -> bool:
        """Whether the proof is fresh enough for what cannot be undone easily."""
        return now - self.proven_at < PROVEN_FOR


def open_session(person_id: int, *, address: str | None = None, agent: str | None = None) -> str:
    """A new session of somebody who has just proved to be themselves; the token for their cookie.

    Sessions of theirs that were last seen long ago are forgotten.
    """
    token = secrets.token_urlsafe(32)
    old = datetime.now(UTC) - KEPT
    ConsoleSession.delete().where(
        ConsoleSession.person == person_id, ConsoleSession.last_seen_at < old
    ).execute()
    ConsoleSession.insert(
        person=person_id,
        token_hash=_hash(token),
        created_at=fn.now(),
        last_seen_at=fn.now(),
        proven_at=fn.now(),
        address=address,
        agent=(agent or "")[:LONGEST_AGENT] or None,
    ).execute()
    return token


def session_of(token: str, now: datetime) -> Session | None:
    """The living session of ``token`` with its person's access of now; None when it ended, idled out or is too old."""
    row = ConsoleSession.get_or_none(ConsoleSession.token_hash == _hash(token), *_living(now))
    access = access_of(row.person_id) if row else None  # type: ignore[attr-defined]
    if row is None or access is None:
        return None
    if now - row.last_seen_at > SEEN_EVERY:
        ConsoleSession.update(last_seen_at=fn.now()).where(ConsoleSession.id == row.id).execute()
    return Session(row.id, access, row.proven_at)


def living_of(person_id: int, now: datetime) -> list[ConsoleSession]:
    """The living sessions of one person, the one seen last first."""
    theirs = ConsoleSession.select().where(ConsoleSession.person == person_id, *_living(now))
    return list(theirs.order_by(ConsoleSession.last_seen_at.desc()))


def prove_again(session_id: int) -> None:
    """Note that the person of this session has just proved to be themselves."""
    ConsoleSession.update(proven_at=fn.now()).where(ConsoleSession.id == session_id).execute()


def end(session_id: int, *, of: int, by: str) -> None:
    """End one session of the person ``of``, on record. Raises ``Refused`` when there is none that lives."""
    with tenant_scope(SYSTEM):
        ended = _end(by, ConsoleSession.id == session_id, ConsoleSession.person == of)
        if not ended:
            raise Refused(Text("esa sesión ya había terminado", "that session had ended already"))
        audit(SYSTEM, by=by, action="session_ended", target=_email(of))


def end_all(person_id: int, *, by: str, but: int | None = None) -> int:
    """End every session of a person, but the one with the id ``but``; how many. On record."""
    with tenant_scope(SYSTEM):
        others = () if but is None else (ConsoleSession.id != but,)
        ended = _end(by, ConsoleSession.person == person_id, *others)
        facts = {"sessions": ended}
        audit(SYSTEM, by=by, action="signed_out_everywhere", target=_email(person_id), facts=facts)
    return ended


def close(session_id: int, *, by: str) -> None:
    """End the session of somebody who leaves; the caller records it."""
    _end(by, ConsoleSession.id == session_id)


def _living(now: datetime) -> tuple[object, ...]:
    return (
        ConsoleSession.ended_at.is_null(),
        ConsoleSession.last_seen_at > now - IDLE,
        ConsoleSession.created_at > now - LONGEST,
    )


def _end(by: str, *where: object) -> int:
    ending = ConsoleSession.update(ended_at=fn.now(), ended_by=by)
    return int(ending.where(ConsoleSession.ended_at.is_null(), *where).execute())


def _email(person_id: int) -> str:
    return str(Person.get_by_id(person_id).email)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
