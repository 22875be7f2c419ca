"""Names of taxpayers beside the rows that carry only their id."""

from collections.abc import Iterable
from typing import Any

from admin.console.door import of_mine
from app.store.tenants import Tenant


def names_of(rows: Iterable[Any]) -> dict[int, str]:
    """Names of the taxpayers of ``rows``, by id; inside ``mine()``."""
    ids = {row.tenant_id for row in rows}
    if not ids:
        return {}
    known = Tenant.select(Tenant.id, Tenant.razon_social).where(*of_mine(Tenant), Tenant.id.in_(ids))
    return {row.id: row.razon_social for row in known}
