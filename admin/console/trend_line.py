"""A small line of how a group grew over the last day, with the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 120, 28, 2


@dataclass(frozen=True)
class Trend:
    """How many there were hour by hour, the last one being now; ``points`` draw it."""

    values: Sequence[int]
    points: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def before(self) -> int:
        """How many a day ago."""
        return self.values[0]

    @property
    def most(self) -> int:
        """How many there were at most."""
        return max(self.values)

    @property
    def now(self) -> int:
        """How many there are."""
        return self.values[-1]

    @property
    def area(self) -> str:
        """The outline of what lies under the line."""
        return f"{EDGE},{HEIGHT} {self.points} {WIDTH - EDGE},{HEIGHT}"


def of(hours: Sequence[int], now: int) -> Trend:
    """The line of ``hours``, the oldest first, and of how many there are now."""
    values = [*hours, now]
    most, step = max(*values, 1), (WIDTH - 2 * EDGE) / (len(values) - 1)
    tall = HEIGHT - 2 * EDGE
    points = " ".join(
        f"{EDGE + place * step:.1f},{HEIGHT - EDGE - tall * n / most:.1f}" for place, n in enumerate(values)
    )
    return Trend(values, points)
