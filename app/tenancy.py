"""The only doors to rows: a transaction that sees the tenants it names, and no other."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from app.errors import Misconfigured
from app.store.base import database
from app.store.session import SEE

SYSTEM = 0
"""The tenant id of what belongs to the installation itself (audit, alerts, runs of sweeps)."""

_SEE_ALL = (
    "select set_config('autoriza.tenants', '0' || coalesce((select ',' || string_agg(id::text, ',') "
    "from tenant_directory), ''), true)"
)


@contextmanager
def tenant_scope(*tenant_ids: int) -> Iterator[None]:
    """One transaction in which only rows of ``tenant_ids`` exist; committed at the end, rolled back on an error.

    Scopes do not nest: a wider one inside a narrower one would outlive its block.
    """
    _refuse_nesting()
    with database.atomic():
        _see(tenant_ids)
        yield


@contextmanager
def one_statement_scope(*tenant_ids: int) -> Iterator[None]:
    """A scope for a single statement: it is its own transaction and one round trip. A second one would see nothing."""
    _refuse_nesting()
    _see(tenant_ids)
    yield


@contextmanager
def every_tenant_scope() -> Iterator[None]:
    """One transaction that sees every tenant and the installation's own rows.

    For the sweeps, the invariants, the command line, the record of refused attempts and people with a role for all
    tenants; nothing else.
    """
    _refuse_nesting()
    with database.atomic():
        database.execute_sql(_SEE_ALL)
        yield


def scope(tenant_ids: Iterable[int] | None) -> AbstractContextManager[None]:
    """``tenant_scope`` of ``tenant_ids``, or ``every_tenant_scope`` for None."""
    return every_tenant_scope() if tenant_ids is None else tenant_scope(*tenant_ids)


def refuse_unsafe_role() -> None:
    """Raise ``Misconfigured``, with the SQL that mends it, when the role would see through row-level security."""
    row = database.execute_sql(
        "select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
    ).fetchone()
    name, superuser, bypass = row
    if superuser or bypass:
        raise Misconfigured(
            f"DATABASE_URL connects as {name}, which {'is a superuser' if superuser else 'has BYPASSRLS'}: "
            f"tenants would see each other. As an administrator: CREATE ROLE autoriza LOGIN PASSWORD '…' "
            f"NOSUPERUSER NOBYPASSRLS; ALTER DATABASE … OWNER TO autoriza;  then connect as that role."
        )


def _see(tenant_ids: Iterable[int]) -> None:
    database.execute_sql(SEE, (",".join(str(int(tenant)) for tenant in tenant_ids),))


def _refuse_nesting() -> None:
    if database.in_transaction():
        raise RuntimeError("a tenant scope was opened inside another transaction")
