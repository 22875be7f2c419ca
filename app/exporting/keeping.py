"""What becomes of an export's file: handed out while it is kept, removed when its days are over."""

from collections.abc import Iterator

import structlog
from peewee import fn

from app.services import Services
from app.store.exports import Export
from app.tenancy import every_tenant_scope
from app.work import in_seconds

log = structlog.get_logger("exports")
MOST_AT_ONCE = 50
STILL_WRITTEN_S = 180.0
"""Longer than any worker writes a piece without a word."""


def folder_of(export_id: int) -> str:
    """Where the pieces of an export lie below the storage's root."""
    return f"exports/{export_id}"


def content(export: Export, services: Services) -> Iterator[bytes]:
    """The file, piece by piece. Raises ``OSError`` when the storage does not give one."""
    for name in export.pieces:
        yield services.storage.get(name)


def is_whole(export: Export, services: Services) -> bool:
    """Whether every piece of the file is there. Raises ``OSError`` when the storage does not say."""
    folder = folder_of(export.id)
    return {f"{folder}/{name}" for name in services.storage.names_in(folder)}.issuperset(export.pieces)


def forget_expired(services: Services) -> int:
    """Offer no more what is past its day, and remove the files of what is over; how many. Outside any scope."""
    with every_tenant_scope():
        over = (Export.stage == "done") & (Export.expires_at < fn.now())
        Export.update(stage="expired").where(over & Export.removed_at.is_null()).execute()
        # Whoever was writing when it was stopped may still put a piece there.
        left = (Export.stage == "failed") & (Export.finished_at < in_seconds(-STILL_WRITTEN_S))
        gone = Export.select(Export.id).where(
            (left | (Export.stage == "expired")) & Export.removed_at.is_null()
        )
        ids = [int(row.id) for row in gone.order_by(Export.id).limit(MOST_AT_ONCE)]
    return sum(_remove(export_id, services) for export_id in ids)


def _remove(export_id: int, services: Services) -> bool:
    try:
        services.storage.forget(folder_of(export_id))
    except OSError as error:
        log.warning("export_not_removed", export=export_id, error=str(error))
        return False
    with every_tenant_scope():
        Export.update(removed_at=fn.now()).where(Export.id == export_id).execute()
    return True
