"""Carries what each process counted to one hash in Redis, and reads it back with the depth of the queues.

Losing Redis loses counts and nothing else: a counter that starts anew is what Prometheus expects of a restart.
"""

import json
import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis
import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from app import metrics

log = structlog.get_logger("figures")
COUNTS = "autoriza:figures:1"
MEMORY = "autoriza:figures:1:memory"
EVERY_S = 5.0
SILENT_AFTER_S = 60.0


class Carrier:
    """Hands this process's counts over every few seconds, from a thread of its own; ``stop`` hands over the rest."""

    def __init__(self, client: Any, kind: str, name: str) -> None:
        self._client, self._kind, self._name = client, kind, name
        self._increments = metrics.Increments()
        self._over = threading.Event()
        self._cpu_s = 0.0

    def start(self) -> None:
        """Begin; after a fork, never before it."""
        threading.Thread(target=self._run, daemon=True, name="figures").start()

    def stop(self) -> None:
        """Hand over what is left."""
        self._over.set()
        self.hand_over()
        with suppress(redis.RedisError):
            self._client.hdel(MEMORY, self._name)

    def hand_over(self) -> None:
        """Add what was counted to what Redis holds; what it does not take now is handed over the next time."""
        self._count_cpu()
        counts = self._increments.pending()
        try:
            with self._client.pipeline(transaction=True) as pipe:
                for key, value in counts.items():
                    pipe.hincrbyfloat(COUNTS, key, value)
                pipe.hset(MEMORY, self._name, json.dumps([self._kind, _resident_bytes(), time.time()]))
                pipe.execute()
        except redis.RedisError as error:
            log.debug("figures_not_taken", error=str(error))
            return
        self._increments.handed(counts)

    def _count_cpu(self) -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        now = used.ru_utime + used.ru_stime
        metrics.CPU.labels(self._kind).inc(max(0.0, now - self._cpu_s))
        self._cpu_s = now

    def _run(self) -> None:
        while not self._over.wait(EVERY_S):
            self.hand_over()


def families(client: Any, queues: tuple[str, ...], namespace: str) -> Iterator[Metric]:
    """Counts of all processes, memory by kind of process, depth of each queue. Raises ``redis.RedisError``."""
    with client.pipeline(transaction=False) as pipe:
        pipe.hgetall(COUNTS)
        pipe.hgetall(MEMORY)
        for queue in queues:
            pipe.hlen(f"{namespace}:{queue}.msgs")
            pipe.hlen(f"{namespace}:{queue}.DQ.msgs")
            pipe.zcard(f"{namespace}:{queue}.XQ")
        counts, memory, *depths = pipe.execute()
    yield from metrics.families({key.decode(): float(value) for key, value in counts.items()})
    yield _memory([json.loads(value) for value in memory.values()])
    depth = GaugeMetricFamily("autoriza_queue_messages", "Messages in Redis", labels=("queue", "place"))
    for place, queue in enumerate(queues):
        for offset, name in enumerate(("ready", "delayed", "dead")):
            depth.add_metric([queue, name], depths[3 * place + offset])
    yield depth


def _memory(rows: list[tuple[str, int, float]]) -> Metric:
    family = GaugeMetricFamily("autoriza_resident_bytes", "Memory of the largest process", labels=("kind",))
    largest: dict[str, int] = {}
    for kind, size, at in rows:
        if at > time.time() - SILENT_AFTER_S:
            largest[kind] = max(size, largest.get(kind, 0))
    for kind, size in largest.items():
        family.add_metric([kind], size)
    return family


def _resident_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError):  # no Linux: the peak has to do
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")
