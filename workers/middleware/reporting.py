"""Spans of messages and reports of bugs, when the settings name somebody who wants them."""

from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any

import dramatiq
from dramatiq.middleware import SkipMessage
from peewee import PeeweeException

from app import error_reports, tracing
from app.errors import AutorizaError
from workers.runtime import settings

EXPECTED = (AutorizaError, PeeweeException, SkipMessage)
"""What is no bug: somebody must act, PostgreSQL is away, or the message is for nobody."""
_open: ContextVar[ExitStack | None] = ContextVar("open", default=None)


class Reporting(dramatiq.Middleware):
    """In every worker process; without such settings it does nothing."""

    def after_process_boot(self, broker: Any) -> None:
        """Begin, after the fork."""
        tracing.install(settings(), "worker")
        error_reports.install(settings(), "worker")

    def before_worker_shutdown(self, broker: Any, worker: Any) -> None:
        """Send what is left."""
        tracing.flush()
        error_reports.flush()

    def before_process_message(self, broker: Any, message: Any) -> None:
        """Open the message's span."""
        stack = ExitStack()
        stack.enter_context(tracing.span(message.actor_name, message=message.message_id, **_ids(message)))
        _open.set(stack)

    def after_process_message(
        self, broker: Any, message: Any, *, result: Any = None, exception: Any = None
    ) -> None:
        """Close it; a bug is reported once, when it is not one of those that say what a person must do."""
        stack = _open.get()
        _open.set(None)
        cause = getattr(exception, "__cause__", None) or exception
        if stack is not None:
            stack.__exit__(type(cause) if cause else None, cause, getattr(cause, "__traceback__", None))
        if cause is not None and not isinstance(cause, EXPECTED):
            error_reports.report(cause, actor=message.actor_name, message=message.message_id, **_ids(message))


def _ids(message: Any) -> dict[str, int]:
    named = zip(("tenant", "document"), message.args, strict=False)
    return {name: value for name, value in named if isinstance(value, int)}
