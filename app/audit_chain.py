"""The audit's seals: its lines in blocks, in the order of their ids, each hash over its block and the hash before it.

Triggers refuse every change of the audit; whoever may drop a trigger may still change a line, and then no later hash
fits. A line's id is drawn before its transaction commits, so a lower one may come to light after a higher one: up to
where there is nothing more to come is found out in a moment in which nobody writes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from peewee import OperationalError
from psycopg2 import errorcodes

from app.store.base import database
from app.tenancy import every_tenant_scope

log = structlog.get_logger("audit")
_BEGINNING = (b"", -(2**63))
"""The hash before the first block, and where its lines begin: below every id there can be."""
BLOCK = 10_000
"""Lines of one block, at most."""

_LOCK = 0x61756469  # "audi": the advisory lock's name
_WAIT = "set local lock_timeout = '500ms'"
_STILL = "lock table audit in share mode"
_LAST = "select id, up_to, lines, hash, at from audit_seal order by id desc limit %s"
_END_OF_BLOCK = """
select max(id) from (select id from audit where id > %s and id <= %s order by id limit %s) block
"""
_SEAL = """
insert into audit_seal (up_to, lines, hash)
select %(up_to)s, lines, hash from audit_digest(%(previous)s, %(after)s, %(up_to)s)
returning lines, encode(hash, 'hex')
"""
_DIGEST = "select lines, hash from audit_digest(%s, %s, %s)"


@dataclass(frozen=True)
class Seal:
    """The end of one block; ``hash`` is SHA-256."""

    id: int
    up_to: int
    lines: int
    hash: bytes
    at: datetime


@dataclass(frozen=True)
class Broken:
    """A block that is not what was sealed: it begins behind the line ``after``, and ``found`` lines of it are there."""

    seal: Seal
    after: int
    found: int


def seal() -> int:
    """Seal every line there is; how many were sealed. Outside any scope.

    Nothing is done while another process does it, or while somebody takes long to write; the next time finds it all.
    """
    up_to = _settled()
    if up_to is None:
        return 0
    with every_tenant_scope():
        if not database.execute_sql("select pg_try_advisory_xact_lock(%s)", (_LOCK,)).fetchone()[0]:
            return 0
        return sum(_blocks_up_to(up_to))


def _settled() -> int | None:
    """The last line, of which no earlier one is still to come; None when that cannot be said now."""
    try:
        with every_tenant_scope():
            database.execute_sql(_WAIT)
            database.execute_sql(_STILL)
            return int(database.execute_sql("select coalesce(max(id), 0) from audit").fetchone()[0])
    except OperationalError as error:
        if _pgcode(error) != errorcodes.LOCK_NOT_AVAILABLE:
            raise
        log.info("audit_not_sealed", why="somebody is writing")
        return None


def _pgcode(error: OperationalError) -> str | None:
    return getattr(error.__cause__, "pgcode", None) or getattr(error.__context__, "pgcode", None)


def _blocks_up_to(up_to: int) -> list[int]:
    before = last()
    previous, after = (before.hash, before.up_to) if before else _BEGINNING
    sealed = []
    while (end := database.execute_sql(_END_OF_BLOCK, (after, up_to, BLOCK)).fetchone()[0]) is not None:
        given = {"previous": previous, "after": after, "up_to": end}
        lines, digest = database.execute_sql(_SEAL, given).fetchone()
        log.info("audit_sealed", up_to=end, lines=lines, hash=digest)
        previous, after = bytes.fromhex(digest), end
        sealed.append(int(lines))
    return sealed


def last() -> Seal | None:
    """The newest seal."""
    return next(iter(_newest(1)), None)


def has(digest: bytes) -> bool:
    """Whether one of the seals bears this hash, as somebody noted it down."""
    return database.execute_sql("select 1 from audit_seal where hash = %s", (digest,)).fetchone() is not None


def broken(newest: int | None = None) -> Broken | None:
    """The first block that is not what was sealed, of all or of the ``newest``; None when all are.

    Inside a scope that sees every tenant.
    """
    seals = _newest(None if newest is None else newest + 1)[::-1]
    before = seals.pop(0) if newest is not None and len(seals) > newest else None
    previous, after = (before.hash, before.up_to) if before else _BEGINNING
    for one in seals:
        lines, digest = database.execute_sql(_DIGEST, (previous, after, one.up_to)).fetchone()
        if (lines, bytes(digest)) != (one.lines, one.hash):
            return Broken(one, after, int(lines))
        previous, after = one.hash, one.up_to
    return None


def _newest(most: int | None) -> list[Seal]:
    rows: list[Any] = database.execute_sql(_LAST, (most,)).fetchall()
    return [Seal(row[0], row[1], row[2], bytes(row[3]), row[4]) for row in rows]
