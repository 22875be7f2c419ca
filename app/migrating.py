"""Brings the database to the tables this code expects: peewee's own runner, one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from peewee import PostgresqlDatabase
from playhouse.migrations import Runner

from app.errors import Misconfigured

_LOCK = 0x6175746F  # "auto": the advisory lock's name
OLDEST_SERVER = 150_000


def migrate(url: str) -> tuple[str, ...]:
    """Apply every pending migration to the PostgreSQL at ``url``; the names of those applied, mostly none.

    A second process that migrates at the same time waits for the first. Raises ``Misconfigured`` when the server
    is older than PostgreSQL 15.
    """
    with _connected(url) as database:
        database.execute_sql("select pg_advisory_lock(%s)", (_LOCK,))
        try:
            return tuple(_runner(database).up())
        finally:
            database.execute_sql("select pg_advisory_unlock(%s)", (_LOCK,))


def pending(url: str) -> tuple[str, ...]:
    """Names of the migrations the database at ``url`` still lacks."""
    with _connected(url) as database:
        return tuple(step.name for step in _runner(database).status() if step.path and not step.applied)


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    database = PostgresqlDatabase(url, connect_timeout=5, application_name="autoriza migrate")
    with database.connection_context():
        if database.server_version < OLDEST_SERVER:
            raise Misconfigured(
                f"PostgreSQL {database.server_version // 10_000} is too old: 15 or newer is needed"
            )
        yield database


def _runner(database: Any) -> Any:
    return Runner(database, str(files("migrations")))
