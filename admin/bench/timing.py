"""Times pieces of work in one thread, one after the other round by round, so that all meet the same machine."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from admin.bench.watching import Watch
from admin.bench.workshop import Workshop

WARM_UP = 10
"""Rounds done before those that count."""


def _nothing(_round: int) -> None:
    return None


class Work(NamedTuple):
    """What one round does, given its number; ``before`` is done ahead of it and not timed."""

    act: Callable[[int], object]
    before: Callable[[int], object] = _nothing


@dataclass(frozen=True)
class Step:
    """A piece of work by its name; ``prepare`` makes ready all its rounds need."""

    name: str
    prepare: Callable[[Workshop], Work]


@dataclass(frozen=True)
class Timings:
    """Processor milliseconds of each step, round by round."""

    ms: Mapping[str, Sequence[float]]

    def median(self, step: Step) -> float:
        """The middle one of all rounds."""
        return statistics.median(self.ms[step.name])

    def quartiles(self, step: Step) -> tuple[float, float]:
        """Between these lies the middle half of all rounds."""
        return middle_half(self.ms[step.name])

    def of(self, step: Step) -> Sequence[float]:
        """All rounds, in their order."""
        return self.ms[step.name]

    def ratio(self, step: Step, to: Step) -> float:
        """``step`` as a multiple of ``to``: the middle one of what each round gives."""
        pairs = zip(self.ms[step.name], self.ms[to.name], strict=True)
        return statistics.median(one / other for one, other in pairs)


def middle_half(values: Sequence[float]) -> tuple[float, float]:
    """First and third quartile."""
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def time_all(steps: Sequence[Step], workshop: Workshop, watch: Watch) -> Timings:
    """Do every step ``workshop.rounds`` times, all of them in each round."""
    works = [(step.name, step.prepare(workshop)) for step in steps]
    ms: dict[str, list[float]] = {name: [] for name, _ in works}
    watch.begin("steps, one by one", workshop.rounds)
    for turn in range(workshop.rounds):
        for name, work in works:
            work.before(turn)
            begun = time.thread_time()
            work.act(turn)
            spent = time.thread_time() - begun
            if turn >= WARM_UP:
                ms[name].append(spent * 1000)
        watch.at(turn + 1)
    return Timings(ms)
