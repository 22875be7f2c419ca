"""Dramatiq's own worker for as long as a test needs one."""

from collections.abc import Iterable

import dramatiq

PATIENCE_MS = 60_000


def work_off(broker: dramatiq.Broker, queues: Iterable[str], threads: int = 1, only: bool = False) -> None:
    """Let a worker take what waits in ``queues`` (with ``only``: and nothing else), then end it.

    A worker that has ended stays among the broker's middleware and would begin to consume each queue that is declared
    later, so it is taken out.
    """
    before = list(broker.middleware)
    worker = dramatiq.Worker(
        broker, queues=set(queues) if only else None, worker_threads=threads, worker_timeout=50
    )
    worker.start()
    try:
        for queue in queues:
            broker.join(queue, timeout=PATIENCE_MS)
        worker.join()
    finally:
        worker.stop()
        broker.middleware[:] = before
