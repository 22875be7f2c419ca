"""The safety net: whatever is due, free and not on its way is published again, tenant by tenant, oldest first."""

from collections.abc import Iterator
from typing import Any

import structlog
from peewee import SQL, Expression, fn

from app import work
from app.alerts import raise_alert
from app.lifecycle import State
from app.store.documents import Document
from app.tenancy import every_tenant_scope, tenant_scope
from workers.broker import broker
from workers.job import Job, publish
from workers.runtime import services

log = structlog.get_logger("sweeps")
CROWDED = 4_000
"""Messages in a queue beyond which a sweep publishes nothing: what is due is on its way or behind it."""


def tenants_with_due_rows(kind: Job) -> list[int]:
    """Ids of the tenants that have work for ``kind``; sees all tenants, and is the only sweep that does."""
    with every_tenant_scope():
        model: Any = kind.model
        rows = model.select(model.tenant_id).where(_due(kind)).distinct()
        return [int(tenant_id) for (tenant_id,) in rows.tuples()]


def sweep_tenant(kind: Job, tenant_id: int) -> dict[str, Any]:
    """Publish one tenant's due rows. Returns the summary its run keeps: found, published, skipped, errors."""
    summary = {"found": 0, "published": 0, "skipped": 0, "errors": 0}
    for ids, keyless in _stamped(kind, tenant_id):
        summary["found"] += len(ids) + keyless
        summary["skipped"] += keyless
        for row_id in ids:
            summary["published" if publish(kind, tenant_id, row_id) else "errors"] += 1
        if summary["errors"] or crowded(kind.actor.queue_name):
            break
    log.info("swept", job=kind.name, **summary)
    return summary


def crowded(queue: str) -> bool:
    """Whether the queue holds so much that more messages would only be copies."""
    return int(broker.client.hlen(f"autoriza:{queue}.msgs")) > CROWDED


def _due(kind: Job) -> Expression:
    model = kind.model
    stale = fn.now() - SQL("make_interval(secs => %s)", (services().settings.republish_s,))
    return (
        kind.serves()
        & (model.next_attempt_at <= fn.now())
        & work.free(model)
        & (model.published_at.is_null() | (model.published_at < stale))
    )


def _stamped(kind: Job, tenant_id: int) -> Iterator[tuple[list[int], int]]:
    """Batches of row ids stamped as published, each committed before it is handed out, and how many were set aside."""
    batch = services().settings.sweep_batch
    while True:
        with tenant_scope(tenant_id):
            model = kind.model
            due = (
                model.select(model.id)
                .where(model.tenant_id == tenant_id, _due(kind))
                .order_by(model.next_attempt_at, model.id)
                .limit(batch)
                .for_update(skip_locked=True)
            )
            rows = list(
                model.update(published_at=fn.now()).where(model.id.in_(due)).returning(model).execute()
            )
            keyless = [row for row in rows if kind.model is Document and _lacks_key(row)]
            for row in keyless:
                _set_aside(row)
        if rows:
            aside = {row.id for row in keyless}
            yield sorted(row.id for row in rows if row.id not in aside), len(keyless)
        if len(rows) < batch:
            return


def _lacks_key(row: Any) -> bool:
    return row.state != State.DRAFT and not row.access_key


def _set_aside(row: Any) -> None:
    why = f"el comprobante {row.id} está en {row.state} sin clave de acceso: no se puede enviar ni consultar"
    log.warning("no_access_key", document=row.id, state=row.state)
    Document.update(
        next_attempt_at=None,
        needs_person_since=fn.now(),
        needs_person_code="no_access_key",
        needs_person_reason=why,
    ).where(Document.tenant_id == row.tenant_id, Document.id == row.id).execute()
    raise_alert(row.tenant_id, "no_access_key", str(row.id), why)
