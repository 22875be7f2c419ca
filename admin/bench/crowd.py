"""A database of very many documents, made by the set: what sweeps cost with much due, and with nothing due."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from redis import ConnectionPool

from admin.bench.ground import Ground
from admin.bench.observer import Observer
from app.migrating import migrate
from app.services import open_services
from app.store.base import database
from workers import runtime

FIRST_TENANT = 1_001
_NAME = "crowd"
_BY_DUE = (
    "document_due",
    "document_due_of_tenant",
    "document_by_state",
    "document_by_tenant",
    "document_pkey",
)
"""The indexes that a sweep could use; the others are left out, for they cost most of the making."""
_TENANTS = """
insert into tenant_directory (id) select g from generate_series(%(first)s, %(last)s) g on conflict do nothing;
insert into tenant (id, ruc, razon_social, dir_matriz, environment)
select g, '179' || lpad(g::text, 7, '0') || '001', 'CONTRIBUYENTE ' || g, 'Quito', 1
from generate_series(%(first)s, %(last)s) g on conflict do nothing
"""
_DOCUMENTS = """
insert into document (tenant_id, reference, content_sha256, content, doc_type, environment, establishment,
    emission_point, state, buyer_id, buyer_name, buyer_key, total, imported_by, next_attempt_at, access_key)
select %(first)s + g %% %(tenants)s, g::text, '', '{}', '01', 1, '001', '001', %(state)s, '9999999999999', 'CLIENTE',
    'CLIENTE', 1, 'bench', %(due)s::timestamptz,
    case when %(due)s::timestamptz is not null then lpad(g::text, 49, '0') end
from generate_series(%(base)s + 1, %(base)s + %(count)s) g
"""


class Crowd:
    """Documents of ``tenants`` taxpayers, put in by a superuser past every trigger."""

    def __init__(self, observer: Observer, tenants: int) -> None:
        self._observer, self._tenants = observer, tenants
        self._count = 0
        observer.order("set session_replication_role = replica")
        first = {"first": FIRST_TENANT, "last": FIRST_TENANT + tenants - 1}
        observer.order(_TENANTS, first)

    def lighten(self) -> None:
        """Drop every index of documents that no sweep could use."""
        kept = [f"'{name}'" for name in _BY_DUE]
        drop = (
            "select indexrelid::regclass::text, conname from pg_index left join pg_constraint on conindid = indexrelid "  # noqa: S608
            f"where indrelid = 'document'::regclass and indexrelid::regclass::text not in ({', '.join(kept)})"
        )
        for index, constraint in self._observer.rows(drop):
            self._observer.order(
                f"alter table document drop constraint {constraint}" if constraint else f"drop index {index}"
            )

    def grow(self, count: int, *, state: str = "authorized", due_in_s: float | None = None) -> None:
        """``count`` more documents in ``state``, all due in ``due_in_s`` seconds (or never); then statistics."""
        due = (
            None if due_in_s is None else self._observer.value("select now() + %s * interval '1 s'", due_in_s)
        )
        self._observer.order(
            _DOCUMENTS,
            {
                "first": FIRST_TENANT,
                "tenants": self._tenants,
                "state": state,
                "due": due,
                "base": self._count,
                "count": count,
            },
        )
        self._count += count
        self._observer.order("analyze document")

    def clear(self) -> None:
        """No documents."""
        self._observer.order("truncate document cascade")
        self._count = 0


@dataclass(frozen=True)
class Place:
    """The crowd, and the installation whose documents it is."""

    ground: Ground
    crowd: Crowd


@contextmanager
def crowded(ground: Ground, tenants: int) -> Iterator[Place]:
    """A second database and part of Redis on the servers of ``ground``, which this process works on meanwhile."""
    from workers.broker import broker

    before, pool = ground.services, broker.client.connection_pool
    ground.observer.order(f"create database {_NAME} owner autoriza")
    settings = before.settings.model_copy(
        update={
            "database_url": before.settings.database_url.replace("/autoriza?", f"/{_NAME}?"),
            "redis_url": before.settings.redis_url.replace("db=0", "db=1"),
        }
    )
    migrate(settings.database_url)
    with ExitStack() as stack:
        observer = Observer(ground.servers.superuser_url.replace("/autoriza?", f"/{_NAME}?"))
        stack.callback(ground.observer.order, f"drop database {_NAME} with (force)")
        stack.callback(observer.close)
        stack.callback(_bind, before, pool)
        services = open_services(settings, connections=4)
        stack.callback(services.database.close_all)
        _bind(services, ConnectionPool.from_url(settings.redis_url))
        yield Place(replace(ground, services=services, observer=observer), Crowd(observer, tenants))


def _bind(services: Any, pool: ConnectionPool) -> None:
    from workers.broker import broker

    runtime.use(services)
    database.initialize(services.database)
    broker.client.connection_pool = pool
