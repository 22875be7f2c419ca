"""A small model of the service as queues, to ask what a machine that is not there would do.

Four steps, each a message: it waits for a thread of its pool, then for a core, computes, and mostly waits for the SRI
while it keeps its thread. ``docs/scaling.md`` checks it against what ``autoriza bench`` measured before it believes it.
"""

import heapq
import random
import statistics
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

FIRST_POLL_S = 2.0


@dataclass(frozen=True)
class Service:
    """One deployment: ``cpu_ms`` of sign, submit, check and RIDE, with PostgreSQL's share in each."""

    cpu_ms: tuple[float, float, float, float]
    cores: int = 2
    threads: int = 16  # of the pool that signs, submits and checks
    ride_threads: int = 1
    call_s: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What a run came to; of a stream, its first fifth is left out."""

    docs_per_s: float
    p50_s: float
    p95_s: float


@dataclass
class _Pool:
    free: int
    waiting: deque[Callable[[], None]] = field(default_factory=deque)

    def take(self, then: Callable[[], None]) -> None:
        if self.free:
            self.free -= 1
            then()
        else:
            self.waiting.append(then)

    def give(self) -> None:
        if self.waiting:
            self.waiting.popleft()()
        else:
            self.free += 1


class _Run:
    def __init__(self, service: Service, seed: int) -> None:
        self._service, self._random = service, random.Random(seed)  # noqa: S311 - a model, no secret
        self._cores = _Pool(service.cores)
        self._sri, self._ride = _Pool(service.threads), _Pool(service.ride_threads)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._turn = count()
        self.now = 0.0
        self.ended: list[tuple[float, float]] = []

    def at(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._turn), act))

    def go(self) -> None:
        while self._events:
            self.now, _, act = heapq.heappop(self._events)
            act()

    def arrive(self) -> None:
        self._step(0, self.now)

    def _step(self, number: int, began: float) -> None:
        pool = self._ride if number == 3 else self._sri
        call_s = self._service.call_s if number in (1, 2) else 0.0

        def done() -> None:
            pool.give()
            if number == 3:
                self.ended.append((began, self.now))
            else:
                self.at(
                    self.now + (FIRST_POLL_S if number == 1 else 0.0), lambda: self._step(number + 1, began)
                )

        def computed() -> None:
            self._cores.give()
            self.at(self.now + call_s, done)

        def compute() -> None:
            mean = self._service.cpu_ms[number] / 1000
            self.at(self.now + self._random.uniform(0.5, 1.5) * mean, computed)

        pool.take(lambda: self._cores.take(compute))


def simulate(service: Service, documents: int, per_s: float | None = None, seed: int = 1) -> Outcome:
    """``documents`` at random moments, ``per_s`` of them a second; all at once for None."""
    run, when = _Run(service, seed), 0.0
    arrivals = random.Random(seed)  # noqa: S311 - as above
    for _ in range(documents):
        when += arrivals.expovariate(per_s) if per_s else 0.0
        run.at(when, run.arrive)
    run.go()
    ends = sorted(end for _, end in run.ended)[documents // 5 if per_s else 0 :]
    since = ends[0] if per_s else 0.0
    delays = sorted(end - began for began, end in run.ended[documents // 5 :])
    return Outcome(
        (len(ends) - 1) / (ends[-1] - since),
        statistics.median(delays),
        delays[int(len(delays) * 0.95)],
    )
