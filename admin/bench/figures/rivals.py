"""The RIDE against others that print the same invoice: how many times our processor time each takes."""

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from json import dumps
from pathlib import Path

from admin.bench.bench import Bench
from admin.bench.measurement import Goal, Measurement, Reading
from admin.bench.rivals.environment import NotHere, Running, running
from admin.bench.rivals.facts import Given, branding, given
from admin.bench.workshop import Workshop, no_ground
from app.ride import render

SIZES = (1, 5, 50, 500)
SHOWN = 5
"""The size that the figure itself is about; the others stand beside it."""
_TURNS = 3
_TIMES = {1: 20, 5: 20, 50: 10, 500: 2}  # PDFs of a turn, so that each is well above the clock's ticks


def _against(packages: tuple[str, ...], program: str, bench: Bench) -> Reading | None:
    name = packages[0].partition("=")[0]
    bench.options.watch.begin(f"the same invoice with {name}", len(SIZES))
    with tempfile.TemporaryDirectory(prefix="autoriza-rival-") as place:
        folder = Path(place)
        invoices = _invoices(folder)
        facts = folder / "facts.json"
        facts.write_text(dumps({lines: one.facts for lines, one in invoices.items()}), encoding="utf-8")
        try:
            with running(packages, program, facts, folder) as rival:
                return _reading({lines: _pairs(rival, lines, one) for lines, one in invoices.items()})
        except NotHere as why:
            bench.options.watch.begin(f"{name} is left out: {why}", 1)
            return None


def _invoices(folder: Path) -> dict[int, Given]:
    made = {}
    with Workshop(1, no_ground) as workshop:
        for lines in SIZES:
            [piece] = workshop.pieces("017", lines)
            made[lines] = given(workshop.build(piece), piece.access_key, folder)
    return made


def _pairs(rival: Running, lines: int, one: Given) -> list[tuple[float, float]]:
    """Theirs and ours in turns, so that both meet the same machine."""
    times = _TIMES[lines]
    rival.make(lines, 2)
    _ours(one, 2)
    return [(rival.cpu_ms(lines, times), _ours(one, times)) for _ in range(_TURNS)]


def _ours(one: Given, times: int) -> float:
    begun = time.thread_time()
    for _ in range(times):
        render(one.xml, number=one.access_key, authorized_at=None, branding=_branding())
    return (time.thread_time() - begun) * 1000 / times


_branding = cache(branding)


def _reading(pairs: dict[int, list[tuple[float, float]]]) -> Reading:
    ratios = {lines: [theirs / ours for theirs, ours in each] for lines, each in pairs.items()}
    detail = {
        f"{lines} lines": {
            "theirs_ms": statistics.median(theirs for theirs, _ in pairs[lines]),
            "ours_ms": statistics.median(ours for _, ours in pairs[lines]),
            "times": statistics.median(ratios[lines]),
        }
        for lines in pairs
    }
    shown = ratios[SHOWN]
    return Reading(statistics.median(shown), spread=(min(shown), max(shown)), detail=detail)


def _rival(key: str, packages: tuple[str, ...], *, goal: Goal | None = None) -> Measurement:
    take: Callable[[Bench], Reading | None] = partial(_against, packages, f"with_{key}.py")
    what = f"{packages[0]}: processor time for the same invoice of {SHOWN} lines, as a multiple of ours"
    return Measurement(f"rival.{key}", what, "× ours", None, take, goal)


RIVALS = (
    _rival("fpdf2", ("fpdf2==2.8.9",)),
    _rival("weasyprint", ("weasyprint==70.0",)),
    _rival("typst", ("typst==0.15.2",)),
    _rival("sri_ride", ("sri-ride==0.1.3",), goal=Goal(20, at_least=True)),
)
