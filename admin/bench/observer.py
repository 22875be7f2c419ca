"""Looks at the database from beside the service, as a superuser whose statements are not counted with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg2

_COUNTED = "pg_stat_statements"
_COUNTS = """
select coalesce(sum(calls) filter (where query !~* '^(begin|commit|rollback|select set_config|select \\$1$)'), 0),
       coalesce(sum(calls) filter (where query ~* '^select set_config'), 0),
       coalesce(sum(calls) filter (where query ~ 'sealed_key' and query ~* '^select'), 0),
       coalesce(sum(total_exec_time + total_plan_time), 0)
from pg_stat_statements s join pg_roles r on r.oid = s.userid where not r.rolsuper
"""


@dataclass(frozen=True)
class Statements:
    """What the service's role asked the server while statements were counted."""

    calls: int  # but for those that begin, end or set the scene of a transaction
    transactions: int
    opened_keys: int  # how often a sealed private key was read
    server_ms: float


class Observer:
    """One connection for questions about all tenants."""

    def __init__(self, superuser_url: str) -> None:
        self._connection = psycopg2.connect(superuser_url)
        self._connection.autocommit = True

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of one statement."""
        with self._connection.cursor() as cursor:
            cursor.execute(question, values)
            return list(cursor.fetchall())

    def order(self, statement: str, values: Mapping[str, object] | None = None) -> None:
        """One statement without an answer."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)

    def value(self, question: str, *values: object) -> Any:
        """The only value of the only row."""
        return self.rows(question, *values)[0][0]

    def last_document(self) -> int:
        """The highest id so far."""
        return int(self.value("select coalesce(max(id), 0) from document"))

    def rides_since(self, document_id: int) -> int:
        """How many documents younger than ``document_id`` have their RIDE."""
        return int(self.value("select count(*) from ride where id > %s and path is not null", document_id))

    def delays_since(self, document_id: int) -> list[float]:
        """Seconds from import to RIDE of the documents younger than ``document_id``, shortest first."""
        asked = (
            "select extract(epoch from r.rendered_at - d.created_at) from ride r join document d using (id) "
            "where d.id > %s and r.path is not null order by 1"
        )
        return [float(seconds) for (seconds,) in self.rows(asked, document_id)]

    def server_version(self) -> str:
        """As PostgreSQL names itself."""
        return str(self.value("show server_version"))

    def wal_position(self) -> int:
        """Bytes of write-ahead log written since the cluster was made."""
        return int(self.value("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"))

    def can_count(self) -> bool:
        """Whether this server can count statements once it is restarted with ``prepare_counting``."""
        return bool(self.rows("select 1 from pg_available_extensions where name = %s", _COUNTED))

    def prepare_counting(self) -> None:
        """Have the next start of the server load what counts statements, switched off."""
        self.order(f"alter system set shared_preload_libraries = '{_COUNTED}'")
        self.order(f"alter system set {_COUNTED}.track = 'none'")

    def count_statements(self) -> None:
        """Begin counting from zero."""
        self.order(f"create extension if not exists {_COUNTED}")
        self.order(f"alter system set {_COUNTED}.track = 'top'")
        self.order("select pg_reload_conf()")
        self.order(f"select {_COUNTED}_reset()")

    def counted(self) -> Statements:
        """What the ordinary role asked since counting began; counting ends."""
        calls, transactions, keys, ms = self.rows(_COUNTS)[0]
        self.order(f"alter system set {_COUNTED}.track = 'none'")
        self.order("select pg_reload_conf()")
        return Statements(int(calls), int(transactions), int(keys), float(ms))
