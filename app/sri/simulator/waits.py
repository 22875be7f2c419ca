"""How long something takes at the simulator: always the same, or drawn anew from a range or a distribution."""

import math
import random
from dataclasses import dataclass
from typing import Final

from app.errors import Misconfigured

_AT_95_PERCENT: Final = 1.6448536269514722  # of the standard normal distribution
EXPECTED: Final = "seconds (0.2), a range (0.1-1.5) or lognormal:MEDIAN,P95 (lognormal:0.3,0.8)"


@dataclass(frozen=True)
class Between:
    """Evenly from ``least`` to ``most`` seconds."""

    least: float
    most: float

    def draw(self) -> float:
        """One wait."""
        return random.uniform(self.least, self.most)  # noqa: S311, guards nothing


@dataclass(frozen=True)
class Lognormal:
    """Half of the waits below ``median``, one in twenty above ``p95``, as the answers of a real service are."""

    median: float
    p95: float

    def draw(self) -> float:
        """One wait."""
        sigma = math.log(self.p95 / self.median) / _AT_95_PERCENT
        return random.lognormvariate(math.log(self.median), sigma)


Wait = float | Between | Lognormal


def draw(wait: Wait) -> float:
    """Seconds to wait this time."""
    return wait.draw() if isinstance(wait, Between | Lognormal) else wait


def read_wait(text: str) -> Wait:
    """``0.2``, ``0.1-1.5`` or ``lognormal:0.3,0.8``. Raises ``Misconfigured``."""
    try:
        wait = _parsed(text.strip())
    except ValueError as error:
        raise Misconfigured(f"{text!r}: expected {EXPECTED}") from error
    return wait


def _parsed(text: str) -> Wait:
    kind, colon, numbers = text.rpartition(":")
    if colon:
        median, p95 = map(_seconds, numbers.split(","))
        if kind != "lognormal" or not 0 < median <= p95:
            raise ValueError(text)
        return Lognormal(median, p95)
    least, dash, most = text.partition("-")
    if not dash:
        return _seconds(text)
    if _seconds(least) > _seconds(most):
        raise ValueError(text)
    return Between(_seconds(least), _seconds(most))


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        raise ValueError(text)
    return seconds
