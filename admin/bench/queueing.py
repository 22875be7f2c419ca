"""A small model of the service as queues, to ask what a machine that is not there would do.

Four steps, each a message: it waits for a thread of its pool, then for a core, computes, and mostly waits for the SRI
while it keeps its thread. ``docs/scaling.md`` checks it against what ``autoriza bench`` measured before it believes it.
"""

import random
import statistics
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy

FIRST_POLL_S = 2.0


@dataclass(frozen=True)
class Service:
    """One deployment: ``cpu_ms`` of sign, submit, check and RIDE, with PostgreSQL's share in each."""

    cpu_ms: tuple[float, float, float, float]
    cores: int = 2
    threads: int = 16  # of the pool that signs, submits and checks
    ride_threads: int = 2
    call_s: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What a run came to; of a stream, its first fifth is left out."""

    docs_per_s: float
    p50_s: float
    p95_s: float


class _Run:
    def __init__(self, service: Service, seed: int) -> None:
        self._service, self._random = service, random.Random(seed)  # noqa: S311 - a model, no secret
        self.clock = simpy.Environment()
        self._cores = simpy.Resource(self.clock, service.cores)
        sri, ride = (
            simpy.Resource(self.clock, threads) for threads in (service.threads, service.ride_threads)
        )
        calls_s = (0.0, service.call_s, service.call_s, 0.0)
        waits_s = (0.0, 0.0, FIRST_POLL_S, 0.0)
        self._steps = tuple(zip((sri, sri, sri, ride), service.cpu_ms, calls_s, waits_s, strict=True))
        self.ended: list[tuple[float, float]] = []

    def document(self) -> Generator[simpy.Event, Any, None]:
        """One document's life, from now to its RIDE."""
        began = self.clock.now
        for pool, cpu_ms, call_s, wait_s in self._steps:
            yield self.clock.timeout(wait_s)
            with pool.request() as thread:
                yield thread
                with self._cores.request() as core:
                    yield core
                    yield self.clock.timeout(self._random.uniform(0.5, 1.5) * cpu_ms / 1000)
                yield self.clock.timeout(call_s)
        self.ended.append((began, self.clock.now))


def simulate(service: Service, documents: int, per_s: float | None = None, seed: int = 1) -> Outcome:
    """``documents`` at random moments, ``per_s`` of them a second; all at once for None."""
    run, arrivals = _Run(service, seed), random.Random(seed)  # noqa: S311 - as above

    def arrive() -> Generator[simpy.Event, Any, None]:
        for _ in range(documents):
            yield run.clock.timeout(arrivals.expovariate(per_s) if per_s else 0.0)
            run.clock.process(run.document())

    run.clock.process(arrive())
    run.clock.run()
    ends = sorted(end for _, end in run.ended)[documents // 5 if per_s else 0 :]
    since = ends[0] if per_s else 0.0
    delays = sorted(end - began for began, end in run.ended[documents // 5 :])
    return Outcome(
        (len(ends) - 1) / (ends[-1] - since),
        statistics.median(delays),
        delays[int(len(delays) * 0.95)],
    )
