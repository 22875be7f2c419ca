"""How busy the threads are that serve each queue: time at work, from the rollups of runs, against time there was.

Threads of a process serve all its queues, and processes whose queues overlap share them: they are a pool, and the
share is that of the pool. A run is counted whole where it began, one under way not yet; of a process that ended the
work counts and its threads no more, so for a quarter of an hour a pool that was made smaller looks busier than it is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.processes import is_silent
from app.rollups import FINE, floor
from app.store.base import database
from app.store.engine import Process

Load = Literal["free", "busy", "full"]
BACK = timedelta(seconds=2 * FINE)
LEAST = timedelta(minutes=1)
"""What is told of less than this is chance."""
BUSY, FULL = 0.5, 0.85
_STEP = timedelta(seconds=FINE)

_WORKED = """
select at, split_part(subject, ':', 1), sum(seconds) from rollup
where tenant_id = 0 and grain = %(grain)s and measure = 'ran' and at >= %(since)s and at < %(upto)s group by 1, 2
"""
"""``grain`` and a stretch of time: an index of the rollups answers it, whatever the history holds."""


@dataclass(frozen=True)
class Use:
    """How busy a pool was between two moments, with any of its queues and with ``queue``; shares from 0 to 1."""

    queue: str
    beside: tuple[str, ...]
    threads: int
    share: float
    own: float
    since: datetime
    upto: datetime

    @property
    def load(self) -> Load:
        """The share as a word."""
        return "full" if self.share >= FULL else "busy" if self.share >= BUSY else "free"


def by_queue(now: datetime) -> dict[str, Use]:
    """By queue, over the last ten to fifteen minutes that are rolled up, or since its pool was started.

    A queue is left out when nobody serves it, or nothing can be said yet. In the system scope.
    """
    row = database.execute_sql("select upto from jobs.rolled").fetchone()
    if row is None:
        return {}
    upto: datetime = row[0]
    since = floor(upto, FINE) - BACK
    worked = database.execute_sql(_WORKED, {"grain": FINE, "since": since, "upto": upto}).fetchall()
    workers = list(Process.select().where(Process.kind == "worker", Process.beat_at > since))
    found = {}
    for queues in _pools(workers):
        pool = [one for one in workers if queues & set(one.queues)]
        for use in _uses(queues, pool, worked, (since, upto), now):
            found[use.queue] = use
    return found


def _uses(
    queues: Collection[str],
    pool: Sequence[Process],
    worked: Sequence[tuple[datetime, str, float]],
    stretch: tuple[datetime, datetime],
    now: datetime,
) -> list[Use]:
    # Who worked before the oldest of the pool was started may be gone, and with it how many threads there were.
    since = max(
        stretch[0], floor(min(one.started_at for one in pool) + _STEP - timedelta(microseconds=1), FINE)
    )
    upto = stretch[1]
    there = sum(one.threads * _seconds(max(since, one.started_at), min(upto, one.beat_at)) for one in pool)
    threads = sum(one.threads for one in pool if not is_silent(one, now))
    if upto - since < LEAST or not there or not threads:
        return []
    spent: dict[str, float] = dict.fromkeys(queues, 0.0)
    for at, queue, seconds in worked:
        if at >= since and queue in queues:
            spent[queue] += seconds
    share = min(sum(spent.values()) / there, 1.0)
    return [
        Use(
            queue,
            tuple(sorted(set(queues) - {queue})),
            threads,
            share,
            min(spent[queue] / there, 1.0),
            since,
            upto,
        )
        for queue in sorted(queues)
    ]


def _pools(workers: Sequence[Process]) -> list[set[str]]:
    pools: list[set[str]] = []
    for one in workers:
        together = set(one.queues)
        apart = []
        for pool in pools:
            if pool & together:
                together |= pool
            else:
                apart.append(pool)
        pools = [*apart, together]
    return pools


def _seconds(since: datetime, upto: datetime) -> float:
    return max((upto - since).total_seconds(), 0.0)
