"""The RIDE: authorized XML becomes a PDF with logo and accent colour, by number of lines; and what stays in memory."""

import gc
import os
import subprocess
import sys
from functools import cache

from admin.bench import processes
from admin.bench.bench import Bench
from admin.bench.figures.step import of_step
from admin.bench.measurement import Goal, Measurement, Reading
from admin.bench.rivals.facts import branding
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop, no_ground
from app.ride import render

RENDERS = 10_000
_WARM = 500  # renders after which everything that is made once is made
_RSA_MS = 0.25  # what a raw RSA-2048 signature takes where the goals were set
_VARIETIES = 40
_PROGRAM = "from admin.bench.figures.ride import tell_growth; tell_growth({renders})"


def _of(lines: int, goal_ms: float | None = None) -> Measurement:
    def prepare(workshop: Workshop) -> Work:
        pieces = workshop.pieces("016", lines)
        signed = [workshop.sign(piece) for piece in pieces]
        look = branding()
        return Work(
            lambda turn: render(
                signed[turn], number=pieces[turn].access_key, authorized_at=workshop.now, branding=look
            )
        )

    goal = Goal(goal_ms, at_least=False, against_of=_RSA_MS) if goal_ms else None
    step = Step(f"ride {lines}", prepare)
    return of_step(f"ride.ms_{lines}", f"XML to PDF with a logo, {lines} lines", step, goal)


def growth(renders: int, warm: int = _WARM) -> tuple[float, float]:
    """Memory of this process in MB once it is ``warm``, and after ``renders`` more of different documents."""
    with Workshop(_VARIETIES, no_ground) as workshop:
        pieces = [piece for lines in (1, 5, 50) for piece in workshop.pieces(f"{lines:03d}", lines)]
        documents = [(workshop.build(piece), piece.access_key) for piece in pieces]
        for turn in range(warm):
            _render(*documents[turn % len(documents)])
        before = _resident()
        for turn in range(renders):
            _render(*documents[turn % len(documents)])
        return before, _resident()


def tell_growth(renders: int, warm: int = _WARM) -> None:
    """Print ``growth`` for the process that asked."""
    before, after = growth(renders, warm)
    sys.stdout.write(f"{before} {after}\n")


def _render(xml: bytes, access_key: str) -> None:
    render(xml, number=access_key, authorized_at=None, branding=_branding())


_branding = cache(branding)


def _resident() -> float:
    gc.collect()
    held = processes.memory(os.getpid())
    return held.rss if held else 0.0


def _grown(bench: Bench) -> Reading | None:
    bench.options.watch.begin(f"{RENDERS} RIDEs by one process", 1)
    program = (sys.executable, "-c", _PROGRAM.format(renders=RENDERS))
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout.split()
    before, after = map(float, said)
    return (
        Reading((after / before - 1) * 100, detail={"warm_mb": before, "after_mb": after}) if before else None
    )


GROWTH = Measurement(
    "ride.growth_pct",
    f"what a process holds more after {RENDERS} RIDEs of different documents",
    "%",
    None,
    _grown,
    Goal(5, at_least=False),
)
RIDES = (_of(1), _of(5, goal_ms=6), _of(50, goal_ms=12), _of(500), GROWTH)
