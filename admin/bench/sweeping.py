"""One sweep over very many due documents, and ticks that find nothing due among very many that are not."""

import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from admin.bench import processes
from admin.bench.crowd import Crowd, crowded
from admin.bench.ground import Ground
from admin.bench.options import Options
from admin.bench.watching import Watch
from app.errors import AutorizaError
from app.store.base import database

TENANTS = 1_000
FEW = 100
"""The small crowd is this many times smaller than the large one."""
PATIENCE_S = 300.0
WARM_UP = 3
_QUEUE = "autoriza:sign"
_ROOMY = {"queue_depth": 10**9, "queue_wait_s": 10.0**6, "sweep_batch": 1_000}
"""Nobody takes the messages here, so no courtesy to those who would keeps the sweep from sending them."""


@dataclass(frozen=True)
class Sweep:
    """From the tick's message to the last document's."""

    documents: int
    tenants: int
    seconds: float
    growth_mb: float  # of all processes that swept, at its peak
    cpu_s: dict[str, float]  # of these processes and of the servers


@dataclass(frozen=True)
class Ticks:
    """Milliseconds of a tick that finds nothing due, by schedule: the middle one, and one that a tenth are below."""

    documents: int
    median: dict[str, float]
    quick: dict[str, float]


@dataclass(frozen=True)
class Idle:
    """The same ticks among few documents and among many."""

    few: Ticks
    many: Ticks

    @property
    def slowest(self) -> str:
        """The schedule that costs most among many."""
        return max(self.many.median, key=lambda name: self.many.median[name])


def run_sweep(ground: Ground, options: Options) -> Sweep:
    """A small sweep to warm the processes up, then the one that counts."""
    tenants = min(TENANTS, options.due // 10)
    with crowded(ground, tenants) as place, place.ground.sweeper(**_ROOMY) as top:
        _published(place.crowd, tenants, top, options.watch)
        place.crowd.clear()
        tops = {"worker": top, **ground.servers.pids}
        before = _spent(tops)
        seconds, growth = _published(place.crowd, options.due, top, options.watch)
        cpu_s = {name: round(now - before[name], 1) for name, now in _spent(tops).items()}
    return Sweep(options.due, tenants, seconds, growth, cpu_s)


def _spent(tops: Mapping[str, int]) -> dict[str, float]:
    return {name: processes.cpu_seconds(processes.family(pid)) for name, pid in tops.items()}


def _published(crowd: Crowd, count: int, top: int, watch: Watch) -> tuple[float, float]:
    """Seconds until a tick had published ``count`` due drafts, and how much its processes grew meanwhile."""
    from workers import by_hand
    from workers.broker import broker

    client: Any = broker.client
    client.flushdb()
    crowd.grow(count, state="draft", due_in_s=-60)
    watch.begin(f"a sweep of {count}", count)
    before = peak = _resident(top)
    began = time.monotonic()
    by_hand.run_now("sign_drafts", by="bench")
    while (published := int(client.hlen(f"{_QUEUE}.msgs"))) < count:
        if time.monotonic() - began > PATIENCE_S:
            raise AutorizaError(f"the sweep stopped at {published} of {count}")
        watch.at(published)
        peak = max(peak, _resident(top))
        time.sleep(0.5)
    seconds = time.monotonic() - began
    watch.at(count)
    named = {tuple(json.loads(body)["args"]) for body in client.hvals(f"{_QUEUE}.msgs")}
    if len(named) != count:
        raise AutorizaError(f"{count} messages name {len(named)} documents")
    return seconds, max(peak, _resident(top)) - before


def _resident(top: int) -> float:
    held = [processes.memory(pid) for pid in processes.family(top)]
    return sum(one.rss for one in held if one)


def run_idle(ground: Ground, options: Options) -> Idle:
    """The same ticks among few and among many documents, all of them at their end."""
    few = max(options.crowd // FEW, 100)
    with crowded(ground, TENANTS) as place:
        place.crowd.lighten()
        place.crowd.grow(few)
        at_first = _ticks(few, options.rounds)
        options.watch.begin(f"{options.crowd} documents", 1)
        place.crowd.grow(options.crowd - few)
        options.watch.at(1)
        return Idle(at_first, _ticks(options.crowd, options.rounds))


def _ticks(documents: int, rounds: int) -> Ticks:
    from workers import schedules, ticks

    swept = (schedules.sign_drafts, schedules.submit_signed, schedules.check_pending_authorizations)
    median, quick = {}, {}
    for actor in swept:
        name = actor.actor_name
        with database.connection_context():
            spent = [_timed(actor.fn, ticks.take, name) for _ in range(rounds + WARM_UP)][WARM_UP:]
        median[name] = statistics.median(spent)
        quick[name] = statistics.quantiles(spent, n=10)[0]
    return Ticks(documents, median, quick)


def _timed(act: Callable[[int | None], None], take: Callable[..., int | None], name: str) -> float:
    tick_id = take(name, datetime.now(UTC), origin="person", by="bench")
    began = time.perf_counter()
    act(tick_id)
    return (time.perf_counter() - began) * 1000
