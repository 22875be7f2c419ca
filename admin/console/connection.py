"""One database connection per request, taken at its beginning and given back at its end."""

import structlog
from flask import Flask, request
from peewee import InterfaceError, OperationalError

from app.store.base import database
from app.tenancy import refuse_unsafe_role

log = structlog.get_logger("console")
WITHOUT_DATABASE = frozenset({"static", "healthz", "readyz", "metrics"})


class Connections:
    """Opens and returns connections; none is used before its role is known to be bound by row-level security."""

    def __init__(self) -> None:
        self._role_is_safe = False

    def check_role(self) -> None:
        """Raise ``Misconfigured`` for an unsafe role; while PostgreSQL is away the first request will check."""
        try:
            self._open()
        except (OperationalError, InterfaceError) as error:
            log.warning("database_away_at_start", error=str(error))
        finally:
            give_back()

    def take(self) -> None:
        """Open the connection of this request, unless it needs none."""
        if request.endpoint not in WITHOUT_DATABASE:
            self._open()

    def _open(self) -> None:
        database.connect(reuse_if_open=True)
        if not self._role_is_safe:
            refuse_unsafe_role()
            self._role_is_safe = True


def give_back(_: BaseException | None = None) -> None:
    """Return the thread's connection to the pool; an open transaction is rolled back there."""
    if not database.is_closed():
        database.close()


def install(app: Flask) -> None:
    """Give every request of ``app`` a connection. Raises ``Misconfigured`` for an unsafe database role."""
    connections = Connections()
    connections.check_role()
    app.before_request(connections.take)
    app.teardown_request(give_back)
