"""What a large invoice takes for a moment: memory at its peak, over that of the same process at rest."""

import gc
import re
import subprocess
import sys
from pathlib import Path

from admin.bench.bench import Bench
from admin.bench.measurement import Goal, Measurement, Reading
from admin.bench.rivals.facts import branding
from admin.bench.workshop import Workshop, no_ground
from app.documents.reading import read
from app.ride import render

LINES = 500
_PROGRAM = "from admin.bench.figures.peak import tell_peak; tell_peak()"
_RESET_PEAK = "5"  # proc(5), clear_refs


def peaks(lines: int = LINES) -> tuple[float, float]:
    """MB above rest at the peak of reading, building and signing one invoice, and of drawing its RIDE as well.

    The process is warm: each step has been done once, with an invoice of few lines.
    """
    with Workshop(1, no_ground) as workshop:
        look = branding()

        def issue(of_lines: int) -> tuple[bytes, str]:
            [piece] = workshop.pieces("018", of_lines)
            read(piece.raw, "taller", workshop.now.date())
            return workshop.sign(piece), piece.access_key

        def draw(signed: bytes, access_key: str) -> None:
            render(signed, number=access_key, authorized_at=workshop.now, branding=look)

        draw(*issue(5))
        gc.collect()
        at_rest = _held("VmRSS")
        Path("/proc/self/clear_refs").write_text(_RESET_PEAK, encoding="ascii")
        signed = issue(lines)
        of_issuing = _held("VmHWM")
        draw(*signed)
        return of_issuing - at_rest, _held("VmHWM") - at_rest


def tell_peak() -> None:
    """Print ``peaks`` for the process that asked."""
    of_issuing, of_all = peaks()
    sys.stdout.write(f"{of_issuing} {of_all}\n")


def _held(what: str) -> float:
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


def _take(_bench: Bench) -> Reading | None:
    if not Path("/proc/self/clear_refs").exists():
        return None
    said = subprocess.run((sys.executable, "-c", _PROGRAM), capture_output=True, text=True, check=True)
    of_issuing, of_all = map(float, said.stdout.split())
    return Reading(of_all, detail={"reading_building_signing_mb": round(of_issuing, 1)})


PEAK = Measurement(
    "worker.peak_500_mb",
    f"memory at the peak of an invoice of {LINES} lines, from JSON to its RIDE, above the process at rest",
    "MB",
    None,
    _take,
    goal=Goal(30, at_least=False),
)
