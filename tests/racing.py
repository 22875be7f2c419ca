"""Two who want the same row at the same moment: one holds it, and the other is seen waiting."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2

from app.embedded import Servers
from app.errors import Refused
from app.services import Services
from app.store.base import database


@contextmanager
def another_writer(servers: Servers, services: Services) -> Iterator[psycopg2.extensions.connection]:
    """A connection of somebody else to this installation's database, who may do anything."""
    name = services.settings.database_url.partition("?")[0].rpartition("/")[2]
    connection = psycopg2.connect(servers.superuser_url.replace("/autoriza?", f"/{name}?"))
    try:
        yield connection
    finally:
        connection.close()


def refused_after(writer: psycopg2.extensions.connection, act: Callable[[], object]) -> list[Refused]:
    """What ``act`` is refused with when it begins while ``writer`` holds the row, and ``writer`` commits then."""
    refusals: list[Refused] = []

    def try_it() -> None:
        try:
            act()
        except Refused as refusal:
            refusals.append(refusal)
        finally:
            database.close()

    person = threading.Thread(target=try_it)
    person.start()
    _until_somebody_waits_for_a_lock(writer.cursor())
    writer.commit()
    person.join(20)
    return refusals


def _until_somebody_waits_for_a_lock(cursor: psycopg2.extensions.cursor, at_most_s: float = 20) -> None:
    deadline = time.monotonic() + at_most_s
    while time.monotonic() < deadline:
        cursor.execute(
            "select pg_stat_clear_snapshot(), count(*) from pg_stat_activity "
            "where datname = current_database() and wait_event_type = 'Lock'"
        )
        if cursor.fetchone()[1]:
            return
        time.sleep(0.01)
    raise AssertionError("nobody came to wait for the row")
