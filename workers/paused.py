"""Queues that are paused are left alone, as this process knew them a moment ago.

It looks beside the work, not for each message; what must be exact is in the claim's own statement (``app.pausing``).
"""

import threading
from typing import Any

import dramatiq
import structlog
from dramatiq.middleware import SkipMessage
from peewee import PeeweeException

from app import pausing
from app.pausing import Stage, Subject
from app.store.base import database

log = structlog.get_logger("paused")
EVERY_S = 1.0
_known: frozenset[Subject] = frozenset()


def look() -> frozenset[Subject]:
    """Bring what this process knows up to date; while PostgreSQL is away it stays as it was."""
    global _known
    try:
        with database.connection_context():
            _known = frozenset(pausing.of_row(row) for row in pausing.standing())
    except PeeweeException as error:
        log.warning("pauses_unknown", error=str(error).splitlines()[0])
    return _known


def queue(name: str) -> bool:
    """Whether nothing is to be taken from a queue."""
    return Subject("queue", name) in _known


def stage(name: Stage) -> bool:
    """Whether a stage stands still, for some documents at least."""
    return any(name in subject.stages for subject in _known)


def put_back(consumer: Any) -> None:
    """What ``consumer`` had fetched of its paused queue already goes back to Redis."""
    fetched, consumer.message_cache = consumer.message_cache, []
    consumer.requeue([dramatiq.Message.decode(data) for data in fetched if data is not None])


class Pausing(dramatiq.Middleware):
    """Looks every second, in a thread of its own, and puts back what was at hand when its queue was paused."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def after_worker_boot(self, broker: Any, worker: Any) -> None:
        """Begin to look."""
        self._over.clear()
        threading.Thread(target=self._watch, daemon=True, name="paused").start()

    def after_worker_shutdown(self, broker: Any, worker: Any) -> None:
        """Leave off."""
        self._over.set()

    def before_process_message(self, broker: Any, message: Any) -> None:
        """A message of a paused queue goes back to it: no run, no failure."""
        if queue(message.queue_name):
            broker.enqueue(message.copy())
            raise SkipMessage

    def _watch(self) -> None:
        while True:
            look()
            if self._over.wait(EVERY_S):
                return
