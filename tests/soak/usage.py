"""What an installation holds at one moment: memory of its processes, connections, keys in Redis."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from engine_processes import descendants
from faults.ground import Ground

from admin.bench import processes


@dataclass(frozen=True)
class Usage:
    """Memory in MB and counts."""

    worker_mb: float  # the largest process of the worker
    scheduler_mb: float
    connections: float
    redis_keys: float
    redis_mb: float


@dataclass(frozen=True)
class Flat:
    """A figure that must not grow by more than ``share`` and ``least`` from the first quarter to the last."""

    name: str
    share: float
    least: float


BOUNDS = (
    Flat("worker_mb", 0.25, 20),
    Flat("scheduler_mb", 0.25, 20),
    Flat("connections", 0.0, 6),
    Flat("redis_keys", 0.5, 60),
    Flat("redis_mb", 0.5, 8),
)


def read(ground: Ground) -> Usage:
    """What is held now. Redis and PostgreSQL must be up."""
    tops = ground.engine.supervisor.pids
    with ground.superuser() as cursor:
        cursor.execute("select count(*) from pg_stat_activity where backend_type = 'client backend'")
        connections = cursor.fetchone()[0]
    client = ground.redis
    return Usage(
        _largest(tops.get("worker")),
        _largest(tops.get("scheduler")),
        connections,
        client.dbsize(),
        client.info("memory")["used_memory"] / 2**20,
    )


def _largest(top: int | None) -> float:
    held = [processes.memory(pid) for pid in (top, *descendants(top))] if top else []
    return max((one.rss for one in held if one), default=0.0)


def grown(seen: Sequence[Usage], say: Callable[[str], None]) -> list[str]:
    """A sentence for each figure that grew beyond its bound; every figure is said."""
    quarter = max(len(seen) // 4, 1)
    found = []
    for bound in BOUNDS:
        first, last = (
            statistics.median(getattr(one, bound.name) for one in part)
            for part in (seen[:quarter], seen[-quarter:])
        )
        limit = first * (1 + bound.share) + bound.least
        say(
            f"{bound.name:>14}: {first:8.1f} in the first quarter, {last:8.1f} in the last, at most {limit:.1f}"
        )
        if last > limit:
            found.append(f"{bound.name} grew from {first:.1f} to {last:.1f}")
    return found


NAMES = tuple(field.name for field in fields(Usage))
