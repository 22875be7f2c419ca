"""What a measurement is, and what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from admin.bench.bench import Bench
from admin.bench.timing import Step


@dataclass(frozen=True)
class Goal:
    """What a figure should be at least, or at most."""

    limit: float
    at_least: bool

    def met_by(self, value: float) -> bool:
        """Whether ``value`` is good enough."""
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True)
class Against:
    """What a figure is a multiple of: a word for tables, and the whole of it."""

    word: str
    meaning: str


@dataclass(frozen=True)
class Reading:
    """One figure as found; ``ratio`` is to what its measurement names, ``spread`` is where repetitions lay."""

    value: float
    ratio: float | None = None
    spread: tuple[float, float] | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Measurement:
    """One figure: its key, what it says, its unit, what it is compared with, and how it is taken.

    ``take`` gives None where this machine cannot tell. ``steps`` must be among those timed for it.
    """

    key: str
    what: str
    unit: str
    against: Against | None
    take: Callable[[Bench], Reading | None]
    goal: Goal | None = None
    steps: tuple[Step, ...] = ()
