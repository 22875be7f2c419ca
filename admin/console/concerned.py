"""Whose rows a request names, whoever made it: what the record of refused attempts is filed by."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from flask import request
from peewee import SQL

from admin.console.filters import row_id
from app.store.batches import Batch
from app.store.bulk import Bulk
from app.store.documents import Document
from app.store.engine import Run
from app.store.exports import Export
from app.store.people import Alert
from app.store.tenants import Certificate, Tenant

MOST_ROWS: Final = 100
"""Rows of one form that are looked up; as many as an action may be asked for."""


def taxpayers() -> list[int]:
    """Ids of the taxpayers of the rows that the address and the form of this request name and that exist.

    Inside a scope that sees every tenant.
    """
    page = (request.endpoint or "").partition(".")[0]
    named = _named(page)
    found = {tenant for look, ids in named for tenant in look(ids)} if named else set()
    return sorted(found)


def _named(page: str) -> list[tuple[Callable[[set[int]], Iterable[int]], set[int]]]:
    """Ids, each with what finds the taxpayers of such rows."""
    args = request.view_args or {}
    form = request.form if request.method == "POST" else {}
    chosen = _ids([form["tenant"]]) if form.get("tenant") else set()
    rows = _ids(request.form.getlist("rowid")[:MOST_ROWS]) if form else set()
    named = {"row_id": _OWNED.get(page), **_BY_NAME}
    found = [(look, {int(args[name])}) for name, look in named.items() if look and name in args]
    if page in _OWNED and rows:
        found.append((_OWNED[page], rows))
    return [*found, (_of_tenants, chosen)] if chosen else found


def _ids(written: Iterable[str]) -> set[int]:
    found = set()
    for one in written:
        try:
            found.add(row_id(one) or 0)
        except ValueError:
            continue
    return found


def _of_rows(model: Any) -> Callable[[set[int]], Iterable[int]]:
    def look(ids: set[int]) -> Iterable[int]:
        return (int(row.tenant_id) for row in model.select(model.tenant_id).where(model.id.in_(ids)))

    return look


def _of_many(model: Any) -> Callable[[set[int]], Iterable[int]]:
    """Of rows that are about several taxpayers each."""

    def look(ids: set[int]) -> Iterable[int]:
        rows = model.select(SQL("unnest(tenant_ids)")).where(model.id.in_(ids)).tuples()
        return (int(tenant) for (tenant,) in rows)

    return look


def _of_tenants(ids: set[int]) -> Iterable[int]:
    return (int(row.id) for row in Tenant.select(Tenant.id).where(Tenant.id.in_(ids)))


_OWNED: Final[Mapping[str, Callable[[set[int]], Iterable[int]]]] = {
    "documents": _of_rows(Document),
    "batches": _of_rows(Batch),
    "runs": _of_rows(Run),
    "alerts": _of_rows(Alert),
    "certificates": _of_rows(Certificate),
    "tenants": _of_tenants,
}
"""By page, whose its ``row_id`` is; a page that is not here is about no taxpayer's row."""
_BY_NAME: Final[Mapping[str, Callable[[set[int]], Iterable[int]]]] = {
    "document_id": _of_rows(Document),
    "bulk_id": _of_many(Bulk),
    "export_id": _of_many(Export),
}
