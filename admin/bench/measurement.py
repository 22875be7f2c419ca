"""What a measurement is, and what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from admin.bench.bench import Bench
from admin.bench.timing import Step


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
class Goal:
    """What a figure should be at least, or at most.

    With ``against_of`` the limit is meant for a machine on which what the figure is compared with takes that long.
    """

    limit: float
    at_least: bool
    against_of: float | None = None

    def met_by(self, reading: "Reading") -> bool:
        """Whether what was found is good enough, on a machine however fast."""
        scaled = self.against_of is not None and reading.ratio is not None
        value = (reading.ratio or 0) * (self.against_of or 0) if scaled else reading.value
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        where = f" where RSA takes {self.against_of:g}" if self.against_of is not None else ""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{where}"


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
