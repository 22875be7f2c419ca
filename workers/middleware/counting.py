"""Counts every message: how long it was at work and how it ended."""

import time
from contextvars import ContextVar
from typing import Any

import dramatiq

from app import metrics
from workers.figures import Carrier
from workers.runtime import services

_since: ContextVar[float] = ContextVar("since", default=0.0)


class Counting(dramatiq.Middleware):
    """In every worker process; what it counts is carried to Redis by a thread of its own."""

    def __init__(self) -> None:
        self._carrier: Carrier | None = None

    def after_worker_boot(self, broker: Any, worker: Any) -> None:
        """Begin to carry."""
        self._carrier = Carrier(broker.client, "worker", services().owner)
        self._carrier.start()

    def after_worker_shutdown(self, broker: Any, worker: Any) -> None:
        """Carry the rest."""
        if self._carrier is not None:
            self._carrier.stop()

    def before_process_message(self, broker: Any, message: Any) -> None:
        """The message is taken up."""
        _since.set(time.monotonic())

    def after_process_message(
        self, broker: Any, message: Any, *, result: Any = None, exception: Any = None
    ) -> None:
        """The message is done with."""
        state = "succeeded" if exception is None else "failed"
        metrics.STEPS.labels(message.actor_name, state).observe(time.monotonic() - _since.get())
