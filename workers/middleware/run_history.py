"""Every run of every message leaves a row: arguments, timing, outcome, error."""

import os
import socket
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

import dramatiq
import structlog
from dramatiq.middleware import SkipMessage
from peewee import SQL, PeeweeException, fn
from psycopg2.extras import Json

from app.errors import AutorizaError
from app.processes import VERSION
from app.run_results import Result
from app.store.documents import Document
from app.store.engine import Run
from app.store.prepared import Prepared, arg, written
from app.tenancy import one_statement_scope
from app.work import Claim
from workers.runtime import services

log = structlog.get_logger("runs")
WORKER = f"{socket.gethostname()}:{os.getpid()}"
TRACEBACK_KEPT = 8_000


_told: ContextVar[Any] = ContextVar("told", default=None)
_since: ContextVar[datetime | None] = ContextVar("since", default=None)
_row: ContextVar[int | None] = ContextVar("row", default=None)


def tell(outcome: str | dict[str, Any]) -> None:
    """Say what the message under way came to: a sentence, or a summary as a mapping. Kept in its run."""
    _told.set(outcome)


class RunHistory(dramatiq.Middleware):
    """One row a run: of a step when it is over, of any other message when it begins, completed when it is over.

    A step that dies leaves its lease behind, and whoever takes the row over tells of it (``tell_of_death``); any other
    message leaves its row running. Meanwhile the heartbeat says what every thread is at work on.
    """

    actor_options = {"claims"}  # noqa: RUF012 - the attribute Dramatiq reads

    def before_process_message(self, broker: Any, message: Any) -> None:
        """Open the row, best effort: without PostgreSQL there is none, and the message will be tried again."""
        _told.set(None)
        _row.set(None)
        _since.set(datetime.now(UTC))
        if not broker.get_actor(message.actor_name).options.get("claims"):
            _row.set(_record(message, state="running"))

    def after_process_message(
        self, broker: Any, message: Any, *, result: Any = None, exception: Any = None
    ) -> None:
        """Say what came of it: the outcome, or the error and its traceback."""
        row, since = _row.get(), _since.get()
        if since is None:
            return
        ended = _outcome(_told.get()) if exception is None else _failure(exception)
        ended |= {"state": "succeeded" if exception is None else "failed", "failed": exception is not None}
        _say(ended, since)
        if row is None:
            _record(message, finished_at=datetime.now(UTC), **ended)
            return
        with _best_effort("run_not_completed"), one_statement_scope(_about(message)[0]):
            _COMPLETE.count(run=row, since=since, **{**_UNTOLD, **ended})


def _say(ended: Mapping[str, Any], since: datetime) -> None:
    """One line for a run that counted something, and for one that failed; an idle one only under DEBUG."""
    seconds = round((datetime.now(UTC) - since).total_seconds(), 3)
    if ended["failed"]:
        log.error("run_failed", error_class=ended["error_class"], error=ended["error"], seconds=seconds)
    elif isinstance(told := _told.get(), dict):
        idle = not any(value for value in told.values())
        (log.debug if idle else log.info)("run_summary", seconds=seconds, **told)


def tell_of_death(actor: Any, claim: Claim, lease_s: float) -> None:
    """Record the run of the process that held the claimed row until its lease ran out. Inside the tenant's scope."""
    if claim.died is None:
        return
    began = claim.died.at - timedelta(seconds=lease_s)
    _insert(
        tenant_id=claim.tenant_id,
        document_id=claim.document_id,
        message_id="",
        actor=actor.actor_name,
        queue=actor.queue_name,
        arguments=Json({"args": [claim.tenant_id, claim.document_id], "kwargs": {}}),
        attempt=claim.attempts - 1,
        state="abandoned",
        failed=True,
        error=Result.DIED,
        enqueued_at=began,
        started_at=began,
        finished_at=claim.died.at,
        worker=claim.died.holder,
    )


def abandon_runs_of_the_dead(older_than_s: float) -> int:
    """Mark rows left running longer than any step may take; inside the system scope. Returns how many."""
    return int(
        Run.update(state="abandoned", failed=True, finished_at=fn.now(), error=Result.DIED)
        .where(
            Run.state == "running",
            Run.started_at < fn.now() - SQL("make_interval(secs => %s)", (older_than_s,)),
        )
        .execute()
    )


def _record(message: Any, **ended: Any) -> int | None:
    """The id of a new row for ``message``; None when it could not be written."""
    tenant_id, document_id = _about(message)
    with _best_effort("run_not_recorded"), one_statement_scope(tenant_id):
        return _insert(
            tenant_id=tenant_id,
            document_id=document_id,
            tick_id=message.kwargs.get("tick_id"),
            message_id=message.message_id,
            actor=message.actor_name,
            queue=message.queue_name,
            arguments=Json({"args": list(message.args), "kwargs": message.kwargs}),
            attempt=message.options.get("retries", 0) + 1,
            enqueued_at=datetime.fromtimestamp(message.message_timestamp / 1000, UTC),
            started_at=_since.get(),
            worker=WORKER,
            version=VERSION,
            **ended,
        )
    return None


def _about(message: Any) -> tuple[int, int | None]:
    args = message.args
    return (args[0] if args else 0), (args[1] if len(args) > 1 else None)


_FIELDS = [field for field in Run._meta.sorted_fields if field is not Run.id]
_NOTHING_SAID: Mapping[str, object] = {field.name: None for field in _FIELDS} | {"failed": False}


def _written() -> str:
    # What a message says is no proof of whose its document is.
    own = (Document.id == arg("document_id")) & (Document.tenant_id == arg("tenant_id"))
    values = {field: arg(field.name) for field in _FIELDS}
    return written(Run.insert({**values, Run.document_id: Document.select(Document.id).where(own)}))


_INSERT = Prepared(_written)


_SAID_AFTERWARDS = (
    "state",
    "failed",
    "outcome",
    "summary",
    "error_class",
    "error_code",
    "error",
    "traceback",
)
_UNTOLD: Mapping[str, object] = dict.fromkeys(_SAID_AFTERWARDS)
_COMPLETE = Prepared(
    lambda: written(
        Run.update(
            finished_at=SQL("clock_timestamp()"), **{name: arg(name) for name in _SAID_AFTERWARDS}
        ).where(Run.id == arg("run"), Run.started_at == arg("since"), ~Run.failed)
    )
)


def _insert(**values: Any) -> int:
    ((run_id, *_),) = _INSERT.rows(**{**_NOTHING_SAID, **values})
    return int(run_id)


def _outcome(told: Any) -> dict[str, Any]:
    if isinstance(told, dict):
        return {"summary": Json(told), "outcome": told.get("outcome")}
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
