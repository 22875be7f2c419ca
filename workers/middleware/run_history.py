"""Every run of every message leaves a row: arguments, timing, outcome, error."""

import os
import socket
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import dramatiq
import structlog
from dramatiq.middleware import SkipMessage
from peewee import SQL, PeeweeException, fn

from app.errors import AutorizaError
from app.processes import VERSION
from app.store.documents import Document
from app.store.engine import Run
from app.tenancy import tenant_scope
from workers.runtime import services

log = structlog.get_logger("runs")
WORKER = f"{socket.gethostname()}:{os.getpid()}"
TRACEBACK_KEPT = 8_000


_told: ContextVar[Any] = ContextVar("told", default=None)
_row: ContextVar[tuple[int, datetime] | None] = ContextVar("row", default=None)


def tell(outcome: str | dict[str, Any]) -> None:
    """Say what the message under way came to: a sentence, or a summary as a mapping. Kept in its run."""
    _told.set(outcome)


class RunHistory(dramatiq.Middleware):
    """Writes the row before the step and completes it after; a row left running is a worker that died."""

    def before_process_message(self, broker: Any, message: Any) -> None:
        """Open the row; without PostgreSQL there is none, and the step itself will be tried again."""
        _told.set(None)
        _row.set(None)
        tenant_id = message.args[0] if message.args else 0
        with _best_effort("run_not_recorded"), tenant_scope(tenant_id):
            now = datetime.now(UTC)
            run_id = Run.insert(
                tenant_id=tenant_id,
                document_id=_own_document(tenant_id, message.args[1]) if len(message.args) > 1 else None,
                tick_id=message.kwargs.get("tick_id"),
                message_id=message.message_id,
                actor=message.actor_name,
                queue=message.queue_name,
                arguments={"args": list(message.args), "kwargs": message.kwargs},
                attempt=message.options.get("retries", 0) + 1,
                state="running",
                enqueued_at=datetime.fromtimestamp(message.message_timestamp / 1000, UTC),
                started_at=now,
                worker=WORKER,
                version=VERSION,
            ).execute()
            _row.set((run_id, now))

    def after_process_message(
        self, broker: Any, message: Any, *, result: Any = None, exception: Any = None
    ) -> None:
        """Complete the row with the outcome, or with the error and its traceback."""
        row = _row.get()
        if row is None:
            return
        run_id, started_at = row
        with _best_effort("run_not_completed"), tenant_scope(message.args[0] if message.args else 0):
            Run.update(
                state="succeeded" if exception is None else "failed",
                failed=exception is not None,
                finished_at=SQL("clock_timestamp()"),
                **(_outcome(_told.get()) if exception is None else _failure(exception)),
            ).where(Run.id == run_id, Run.started_at == started_at, ~Run.failed).execute()


def abandon_runs_of_the_dead(older_than_s: float) -> int:
    """Mark rows left running longer than any step may take; inside the system scope. Returns how many."""
    return int(
        Run.update(
            state="abandoned", failed=True, finished_at=fn.now(), error="the worker died while running"
        )
        .where(
            Run.state == "running",
            Run.started_at < fn.now() - SQL("make_interval(secs => %s)", (older_than_s,)),
        )
        .execute()
    )


def _own_document(tenant_id: int, document_id: int) -> Any:
    """The document's id if it is the tenant's: what a message says is no proof of whose it is."""
    return Document.select(Document.id).where(Document.id == document_id, Document.tenant_id == tenant_id)


def _outcome(told: Any) -> dict[str, Any]:
    if isinstance(told, dict):
        return {"summary": told, "outcome": told.get("outcome")}
    return {"outcome": str(told)[:500] if told is not None else None}


def _failure(exception: BaseException) -> dict[str, Any]:
    cause = exception.__cause__ or exception
    text = "".join(traceback.format_exception(cause))
    return {
        "error_class": type(cause).__name__,
        "error_code": getattr(cause, "code", None) or getattr(cause, "kind", None),
        "error": str(cause)[:2_000],
        "traceback": None if isinstance(cause, AutorizaError | SkipMessage) else text[-TRACEBACK_KEPT:],
    }


@contextmanager
def _best_effort(event: str) -> Iterator[None]:
    services()
    try:
        yield
    except PeeweeException as error:
        log.warning(event, error=str(error))
