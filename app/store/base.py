"""The database handle, the base of every table, and the work columns that documents and RIDEs share."""

from typing import Any, ClassVar

from peewee import BigIntegerField, DatabaseProxy, IntegerField, Model, TextField
from playhouse.pool import PooledPostgresqlDatabase
from playhouse.postgres_ext import DateTimeTZField

from app.store.session import Pool, Session

database = DatabaseProxy()
"""Bound once per process by ``open_database``; rows are reached only inside ``app.tenancy`` scopes."""


def open_database(url: str, *, connections: int) -> PooledPostgresqlDatabase:
    """Bind the tables to the PostgreSQL at ``url`` with a pool of at most ``connections``; opens none yet.

    A caller that finds the pool empty waits 10 s. The session's time zone is UTC.
    """
    pool = Pool(
        url,
        connection_factory=Session,
        max_connections=connections,
        stale_timeout=600,
        timeout=10,
        connect_timeout=5,
        application_name="autoriza",
        options="-c timezone=UTC -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000",
        keepalives_idle=30,
    )
    database.initialize(pool)
    return pool


class Row(Model):
    """Base of every table; the table is made by ``migrations/``, never by the model."""

    class Meta:
        database = database
        legacy_table_names = False


class TenantRow(Row):
    """A row that belongs to one tenant; row-level security hides it outside that tenant's scope."""

    tenant_id = BigIntegerField()


class WorkRow(TenantRow):
    """A row on which a step works: when it is due, who holds it, what went wrong last."""

    heavy: ClassVar[frozenset[str]] = frozenset()
    """Columns that a claim does not read: a step that needs them asks."""

    id = BigIntegerField(primary_key=True)
    next_attempt_at = DateTimeTZField(null=True)
    published_at = DateTimeTZField(null=True)
    attempts = IntegerField(default=0)
    crash_count = IntegerField(default=0)
    fence = BigIntegerField(default=0)
    lease_until = DateTimeTZField(null=True)
    lease_owner = TextField(null=True)
    last_error_code = TextField(null=True)
    last_error = TextField(null=True)
    needs_person_since = DateTimeTZField(null=True)
    needs_person_code = TextField(null=True)
    needs_person_reason = TextField(null=True)


def columns(row: Row) -> dict[str, Any]:
    """The row as a plain mapping of column to value."""
    return dict(row.__data__)
