"""A row of small bars, one for each time a schedule was due: as tall as it took, and shaped by what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.store.engine import Tick

WIDTH, GAP, HEIGHT, LEAST = 6, 2, 32, 4


@dataclass(frozen=True)
class Bar:
    """One tick: its place and height in the picture, and its outcome."""

    x: int
    y: int
    height: int
    tick: Tick


@dataclass(frozen=True)
class Spark:
    """The picture of some ticks, oldest first."""

    bars: Sequence[Bar]
    width: int
    height: int = HEIGHT


def of(ticks: Sequence[Tick], places: int) -> Spark:
    """The bars of ``ticks``, newest first, at the right end of ``places`` places."""
    longest = max((seconds(tick) or 0.0 for tick in ticks), default=0.0)
    bars = []
    for place, tick in enumerate(reversed(ticks)):
        took = seconds(tick)
        tall = LEAST + round((HEIGHT - LEAST) * took / longest) if took and longest else HEIGHT // 2
        tall = tall if tick.outcome in ("done", "running", "failed") else LEAST * 2
        bars.append(Bar((places - len(ticks) + place) * (WIDTH + GAP), HEIGHT - tall, tall, tick))
    return Spark(bars, places * (WIDTH + GAP) - GAP)


def seconds(tick: Tick) -> float | None:
    """How long a tick's own work took; None while it runs, and when it never did."""
    if tick.started_at is None or tick.finished_at is None:
        return None
    return float((tick.finished_at - tick.started_at).total_seconds())
