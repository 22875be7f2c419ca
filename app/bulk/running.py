"""An operation under way: started with a reason, paused, stopped, and done a few documents at a time.

Each document is done in the transaction that writes its result, so that a process killed at any moment leaves it done
and on record, or neither. (A RIDE drawn anew is the exception: drawing it twice changes nothing.)
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import structlog
from peewee import InterfaceError, OperationalError, fn

from app import correcting, holding, rebuilding, resending, retrying
from app.bulk.said import broke, kept
from app.errors import Spoken, Text
from app.lifecycle import State
from app.possible import Action
from app.services import Services
from app.store.base import database
from app.store.bulk import Bulk, BulkItem
from app.tenancy import every_tenant_scope, tenant_scope
from app.time_scale import scaled
from app.work import EARLY_S, in_seconds

log = structlog.get_logger("bulk")
PATIENCE_S = 30.0
"""After so long without a word from whoever works on an operation, somebody else goes on."""
PACE_S = 1.0
"""One step is due so long after the one before."""


@dataclass(frozen=True)
class Wake:
    """What the queue should be told of after a step: a document, or its RIDE, due now, or ``mails`` deliveries."""

    tenant_id: int
    document_id: int
    kind: Literal["document", "ride", "mail"]
    state: State | None = None
    mails: int = 0


@dataclass(frozen=True)
class Step:
    """What one step did; ``more`` says that another is due in ``PACE_S``."""

    items: int = 0
    wakes: Sequence[Wake] = ()
    more: bool = False


def stalled() -> list[int]:
    """Operations that should go on and that nobody works on."""
    with every_tenant_scope():
        due = Bulk.select(Bulk.id).where(Bulk.stage == "running", Bulk.next_step_at < in_seconds(-2 * PACE_S))
        return [int(row.id) for row in due.order_by(Bulk.id)]


def step(bulk_id: int, services: Services, *, most: int) -> Step:
    """Do the next ``most`` documents of an operation, outside any scope; nothing when none is due now.

    Whoever comes while another works on it does nothing.
    """
    taken = _take(bulk_id, most)
    if taken is None:
        return Step()
    operation, items = taken
    wakes: list[Wake] = []
    for tenant_id, own in groupby(items, lambda item: int(item.tenant_id)):
        done = _rebuild if operation.action == Action.REBUILD_RIDE else _within_one_transaction
        wakes += done(operation, tenant_id, [int(item.document_id) for item in own], services)
    return Step(len(items), wakes, more=_let_go(operation))


def _take(bulk_id: int, most: int) -> tuple[Bulk, list[BulkItem]] | None:
    with every_tenant_scope():
        held = Bulk.update(next_step_at=in_seconds(PATIENCE_S)).where(
            Bulk.id == bulk_id, Bulk.stage == "running", Bulk.next_step_at <= fn.now()
        )
        if not held.execute():
            return None
        waiting = BulkItem.select().where(BulkItem.bulk_id == bulk_id, BulkItem.outcome.is_null())
        items = list(waiting.order_by(BulkItem.document_id).limit(most))
        return Bulk.get_by_id(bulk_id), sorted(items, key=lambda item: (item.tenant_id, item.document_id))


def _let_go(operation: Bulk) -> bool:
    with every_tenant_scope():
        waiting = BulkItem.select().where(BulkItem.bulk_id == operation.id, BulkItem.outcome.is_null())
        more = bool(waiting.exists())
        values = (
            {"next_step_at": in_seconds(scaled(PACE_S) - EARLY_S)}
            if more
            else {"stage": "done", "finished_at": fn.now()}
        )
        Bulk.update(**values).where(Bulk.id == operation.id, Bulk.stage == "running").execute()
    return more


def _within_one_transaction(
    operation: Bulk,
    tenant_id: int,
    documents: list[int],
    services: Services,  # noqa: ARG001 - shape of ``_rebuild``
) -> list[Wake]:
    with tenant_scope(tenant_id):
        waiting = _still_waiting(operation.id, documents)
        return _ACTS[Action(operation.action)](operation, tenant_id, waiting)


def _still_waiting(bulk_id: int, documents: list[int]) -> list[int]:
    rows = (
        BulkItem.select(BulkItem.document_id)
        .where(BulkItem.bulk_id == bulk_id, BulkItem.document_id.in_(documents), BulkItem.outcome.is_null())
        .order_by(BulkItem.document_id)
        .for_update()
    )
    return [int(row.document_id) for row in rows]


def _write(bulk_id: int, documents: Sequence[int], outcome: str, said: str | None = None) -> None:
    BulkItem.update(outcome=outcome, said=said, at=fn.now()).where(
        BulkItem.bulk_id == bulk_id, BulkItem.document_id.in_(list(documents)), BulkItem.outcome.is_null()
    ).execute()


def _retry(operation: Bulk, tenant_id: int, documents: list[int]) -> list[Wake]:
    """All of them in a few statements."""
    came = retrying.retry_many(tenant_id, documents, by=operation.by, reason=operation.reason)
    _settle(operation.id, {one: what if isinstance(what, Text) else None for one, what in came.items()})
    return [Wake(tenant_id, one, *what) for one, what in came.items() if not isinstance(what, Text)]


def _hold(operation: Bulk, tenant_id: int, documents: list[int]) -> list[Wake]:
    """All of them in a few statements; nothing is due then."""
    held = holding.hold_many(tenant_id, documents, by=operation.by, reason=str(operation.reason))
    _settle(operation.id, held)
    return []


def _settle(bulk_id: int, came: Mapping[int, Text | None]) -> None:
    """Write what came of each: done, or why it was left alone."""
    by_why: dict[Text | None, list[int]] = defaultdict(list)
    for document_id, why in came.items():
        by_why[why].append(document_id)
    for why, those in by_why.items():
        _write(bulk_id, those, "skipped" if why else "done", kept(why) if why else None)


def _resend(operation: Bulk, tenant_id: int, documents: list[int]) -> list[Wake]:
    """One by one: what is wrong with one must not keep the others."""
    wakes = []
    for document_id in documents:
        with _one_item(operation.id, document_id), database.atomic():
            to = resending.resend_within(
                tenant_id, document_id, by=operation.by, reason=str(operation.reason)
            )
            _write(operation.id, [document_id], "done")
            wakes.append(Wake(tenant_id, document_id, "mail", mails=len(to)))
    return wakes


def _sign_anew(operation: Bulk, tenant_id: int, documents: list[int]) -> list[Wake]:
    """One by one, as ``_resend``: each is judged anew."""
    wakes = []
    said = {"by": operation.by, "reason": str(operation.reason)}
    for document_id in documents:
        with _one_item(operation.id, document_id), database.atomic():
            correcting.sign_anew_within(tenant_id, document_id, **said)
            _write(operation.id, [document_id], "done")
            wakes.append(Wake(tenant_id, document_id, "document", State.DRAFT))
    return wakes


_ACTS = {
    Action.RETRY: _retry,
    Action.HOLD: _hold,
    Action.CORRECT: _sign_anew,
    Action.RESEND_MAIL: _resend,
}


@contextmanager
def _one_item(bulk_id: int, document_id: int) -> Iterator[None]:
    """Put on record why one document was left alone, or what broke; PostgreSQL being away is not its fault."""
    try:
        yield
    except Spoken as why:
        _write(bulk_id, [document_id], "skipped", kept(why.text))
    except (OperationalError, InterfaceError):
        raise
    except Exception as bug:
        log.exception("bulk_item_failed", bulk=bulk_id, document=document_id)
        _write(bulk_id, [document_id], "failed", broke(bug))


def _rebuild(operation: Bulk, tenant_id: int, documents: list[int], services: Services) -> list[Wake]:
    said = {"by": operation.by, "reason": str(operation.reason)}
    for document_id in documents:
        outcome, why = "done", None
        try:
            rebuilding.rebuild(tenant_id, document_id, services, **said)
        except Spoken as refused:
            outcome, why = "skipped", kept(refused.text)
        except (OperationalError, InterfaceError):
            raise
        except Exception as bug:
            log.exception("bulk_item_failed", bulk=operation.id, document=document_id)
            outcome, why = "failed", broke(bug)
        with tenant_scope(tenant_id):
            _write(operation.id, [document_id], outcome, why)
    return []
