"""Each worker process says every few seconds that it lives and what it does, and ends itself when it is crippled."""

import os
import signal
import threading
from datetime import UTC, datetime
from typing import Any

import dramatiq
import structlog
from peewee import PeeweeException

from app import processes
from app.store.base import database
from workers.runtime import services

log = structlog.get_logger("heartbeat")
EVERY_S = 5.0
BEATS_CRIPPLED = 3
"""Beats in a row with a dead thread before the process ends itself: its supervisor starts a whole one."""


class Heartbeat(dramatiq.Middleware):
    """A thread of its own beats for the process; nothing here ever disturbs the work."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._work: dict[int, dict[str, Any]] = {}
        self._crippled = 0

    def after_worker_boot(self, broker: Any, worker: Any) -> None:
        """Begin to beat."""
        threading.Thread(target=self._beat, args=(worker,), daemon=True, name="heartbeat").start()

    def before_worker_shutdown(self, broker: Any, worker: Any) -> None:
        """Say that no new work is taken."""
        self._over.set()

    def after_worker_shutdown(self, broker: Any, worker: Any) -> None:
        """Let go of what could not be finished in time, so that others need not wait for its lease."""
        _guarded(lambda: processes.leave(services().owner))

    def before_process_message(self, broker: Any, message: Any) -> None:
        """Note what this thread is about to do."""
        self._work[threading.get_ident()] = {
            "actor": message.actor_name,
            "tenant": message.args[0] if message.args else None,
            "document": message.args[1] if len(message.args) > 1 else None,
            "since": datetime.now(UTC).isoformat(),
        }

    def after_process_message(
        self, broker: Any, message: Any, *, result: Any = None, exception: Any = None
    ) -> None:
        """The thread is free again."""
        self._work.pop(threading.get_ident(), None)

    after_skip_message = after_process_message

    def _beat(self, worker: Any) -> None:
        while True:
            draining = self._over.is_set()
            _guarded(
                lambda: processes.beat(
                    services().owner,
                    "worker",
                    queues=_queues_of(worker),
                    threads=worker.worker_threads,
                    work=list(self._work.values()),
                    draining=draining,  # noqa: B023
                )
            )
            self._watch(worker)
            if self._over.wait(EVERY_S) and draining:
                return

    def _watch(self, worker: Any) -> None:
        threads = [*worker.workers, *worker.consumers.values()]
        dead = [thread.name for thread in threads if not thread.is_alive()]
        self._crippled = self._crippled + 1 if dead and not self._over.is_set() else 0
        if self._crippled >= BEATS_CRIPPLED:
            log.critical("threads_died", dead=dead)
            os.kill(os.getpid(), signal.SIGTERM)


def _queues_of(worker: Any) -> list[str]:
    return sorted(name for name in worker.consumers if not name.endswith(".DQ"))


def _guarded(action: Any) -> None:
    try:
        action()
    except PeeweeException as error:
        log.warning("no_heartbeat", error=str(error).splitlines()[0])
    finally:
        if not database.is_closed():
            database.close()
