"""The safety net: whatever is due, free and not on its way is published again, tenant by tenant, oldest first."""

from dataclasses import dataclass
from typing import Any

import redis
import structlog
from peewee import SQL, Expression, fn

from app import pausing, sentences, work
from app.alerts import raise_alert
from app.lifecycle import State
from app.store.documents import Document
from app.tenancy import every_tenant_scope, tenant_scope
from workers import gate
from workers.broker import broker
from workers.job import Job
from workers.runtime import services

log = structlog.get_logger("sweeps")
OLDEST_LOOKED_AT = 2_000
"""Rows of one tenant among which a sweep takes the oldest documents; behind them, the order is that of being due."""


def tenants_with_due_rows(kind: Job) -> list[int]:
    """Ids of the tenants that have work for ``kind``, the longest waiting first; the only sweep that sees them all."""
    with every_tenant_scope():
        model: Any = kind.model
        rows = (
            model.select(model.tenant_id)
            .where(_due(kind))
            .group_by(model.tenant_id)
            .order_by(fn.min(model.next_attempt_at))
        )
        return [int(tenant_id) for (tenant_id,) in rows.tuples()]


@dataclass
class Summary:
    """What one tenant's sweep did; ``more`` says that due rows were left for the next."""

    found: int = 0
    published: int = 0
    skipped: int = 0
    errors: int = 0
    more: bool = False


def sweep_tenant(kind: Job, tenant_id: int) -> Summary:
    """Publish one tenant's due rows, as many as its queue and its pace have room for, each for its turn."""
    summary = Summary()
    wanted = min(_room(kind), services().settings.sweep_batch)
    waits = _waits(kind, tenant_id, wanted) if wanted > 0 else []
    if waits:
        ids, keyless = _stamp(kind, tenant_id, waits)
        if kind.calls and len(ids) < len(waits):
            gate.give_back(kind.calls, tenant_id, len(waits) - len(ids))
        summary.found, summary.skipped = len(ids) + keyless, keyless
        summary.errors = _publish(kind, tenant_id, ids, waits)
        summary.published = len(ids) - summary.errors
    summary.more = not summary.errors and summary.found == len(waits)
    return summary


def _waits(kind: Job, tenant_id: int, wanted: int) -> list[float]:
    """In how many seconds each of the next messages may come."""
    return gate.turns(kind.calls, tenant_id, wanted) if kind.calls else [0.0] * wanted


def _room(kind: Job) -> int:
    """How many more messages the job's queue should hold: few where those it has wait already.

    What comes by itself stands behind them, so a queue that moves slowly must be a short one.
    """
    queue = kind.actor.queue_name
    try:
        slow = broker.waited(queue) > services().settings.queue_wait_s
        return 0 if slow else services().settings.queue_depth - broker.depth(queue)
    except redis.RedisError as error:
        log.warning("queue_unknown", job=kind.name, error=str(error))
        return 0


def _publish(kind: Job, tenant_id: int, ids: list[int], waits: list[float]) -> int:
    """Send a message for each of ``ids``, to come in the seconds of ``waits``; how many may not have been taken."""
    options = {"paced": True} if kind.calls else {}
    try:
        broker.enqueue_all([kind.actor.message(tenant_id, row_id, **options) for row_id in ids], waits)
    except redis.RedisError as error:
        log.warning("not_published", job=kind.name, count=len(ids), error=str(error))
        return len(ids)
    return 0


def _due(kind: Job) -> Expression:
    model = kind.model
    stale = fn.now() - SQL("make_interval(secs => %s)", (services().settings.republish_s,))
    return (
        kind.serves()
        & (model.next_attempt_at <= fn.now())
        & work.free(model)
        & (
            model.published_at.is_null()
            | (model.published_at < stale)
            | (model.published_at < pausing.last_end(kind.stage))  # its message may have come to nothing
        )
    )


def _stamp(kind: Job, tenant_id: int, waits: list[float]) -> tuple[list[int], int]:
    """What the messages of due rows carry, one for each of ``waits`` at most, oldest first; how many were set aside.

    They are stamped as published when the last of them comes. While their circuit is not closed, the longest due comes
    first: the oldest may be one that needs another service, and would be taken for each probe and passed over again.
    """
    wanted = len(waits)
    looked_at = OLDEST_LOOKED_AT if gate.flows(kind.calls, tenant_id) else wanted
    model: Any = kind.model
    with tenant_scope(tenant_id):
        due = (
            model.select(model.id)
            .where(model.tenant_id == tenant_id, _due(kind))
            .order_by(model.next_attempt_at, model.id)
            .limit(max(wanted, looked_at))
        )
        oldest = (
            model.select(model.id)
            .where(model.id.in_(due), model.tenant_id == tenant_id)
            .order_by(model.id)
            .limit(wanted)
            .for_update(skip_locked=True)
        )
        returned = (
            (model.id, model.state, model.access_key, model.tenant_id)
            if model is Document
            else (model.id, kind.named)
        )
        rows = list(
            model.update(published_at=work.in_seconds(max(waits)))
            .where(model.id.in_(oldest))
            .returning(*returned)
            .execute()
        )
        keyless = [row for row in rows if model is Document and _lacks_key(row)]
        for row in keyless:
            _set_aside(row)
    aside = {row.id for row in keyless}
    taken = sorted((row for row in rows if row.id not in aside), key=lambda row: row.id)
    return [getattr(row, kind.named.name) for row in taken], len(keyless)


def _lacks_key(row: Any) -> bool:
    return row.state != State.DRAFT and not row.access_key


def _set_aside(row: Any) -> None:
    why = sentences.said("no_access_key", document=row.id, state=row.state)
    log.warning("no_access_key", document=row.id, state=row.state)
    Document.update(
        next_attempt_at=None,
        needs_person_since=fn.now(),
        needs_person_code="no_access_key",
        needs_person_reason=why.es,
    ).where(Document.tenant_id == row.tenant_id, Document.id == row.id).execute()
    raise_alert(row.tenant_id, "no_access_key", str(row.id), why)
