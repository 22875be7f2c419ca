"""Connections that go to PostgreSQL as seldom as they can: statements known by name, transactions begun on the way."""

import time
from typing import Any

import psycopg2.extensions
from playhouse.pool import PooledPostgresqlDatabase

SEE = "select set_config('autoriza.tenants', %s, true)"
"""Names the tenants whose rows exist for the transaction; see ``app.tenancy``."""
_HELD_BACK = frozenset({"BEGIN", SEE})
"""Statements whose answer nobody reads: they travel with the one that comes after them."""
_TRUSTED_FOR_S = 1.0


class Call(str):
    """``execute NAME(…)`` of a statement that each connection is told once."""

    name: str
    text: str


class Session(psycopg2.extensions.connection):
    """A connection that knows which statements it has prepared, and what it has held back."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cursor_factory = _Cursor
        self.held_back = b""
        self.used_at = time.monotonic()
        self._prepared: set[str] = set()

    def prepare(self, call: Call) -> None:
        """Make ``call`` known to the server, in no transaction and at most once; what is held back stays so."""
        if call.name not in self._prepared:
            with psycopg2.extensions.cursor(self) as at_once:
                at_once.execute(f"prepare {call.name} as {call.text}")
            self._prepared.add(call.name)


class _Cursor(psycopg2.extensions.cursor):
    connection: Session

    def execute(self, query: Any, vars: Any = None) -> None:
        session = self.connection
        if query in _HELD_BACK:
            session.held_back += self.mogrify(query, vars) + b"; "
            return
        if isinstance(query, Call):
            session.prepare(query)
        if session.held_back:
            query, vars = session.held_back + self.mogrify(query, vars), None
            session.held_back = b""
        super().execute(query, vars)


class Pool(PooledPostgresqlDatabase):
    """A pool of sessions. One that worked a moment ago is not asked whether it still does."""

    def _is_closed(self, session: Session) -> bool:
        if not session.closed and time.monotonic() - session.used_at < _TRUSTED_FOR_S:
            return False
        return bool(super()._is_closed(session))

    def _can_reuse(self, session: Session) -> bool:
        session.held_back = b""
        session.used_at = time.monotonic()
        return bool(super()._can_reuse(session))
