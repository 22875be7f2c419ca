"""Takes the chosen measurements and tells them, as records for programs and as rows for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admin.bench.bench import opened
from admin.bench.measurement import Measurement, Reading
from admin.bench.options import Options

COLUMNS = ("figure", "value", "unit", "spread", "ratio", "goal", "met", "what it says")


@dataclass(frozen=True)
class Report:
    """What was found; None for a measurement that this machine cannot take."""

    readings: Sequence[tuple[Measurement, Reading | None]]
    machine: Mapping[str, Any]

    def as_record(self) -> dict[str, Any]:
        """By key, with the facts of the machine beside them."""
        figures = {measured.key: _record(measured, reading) for measured, reading in self.readings}
        return {"machine": dict(self.machine), **figures}

    def as_rows(self) -> list[tuple[str, ...]]:
        """One a figure, under ``COLUMNS``."""
        return [_row(measured, reading) for measured, reading in self.readings]

    def meanings(self) -> list[tuple[str, str]]:
        """What the words after the ratios mean, each once."""
        words = {(one.against.word, one.against.meaning) for one, _ in self.readings if one.against}
        return sorted(words)


def measure(chosen: Sequence[Measurement], options: Options) -> Report:
    """Take them all. Raises ``AutorizaError`` when the service did not do its work: then there is nothing to report."""
    steps = dict.fromkeys(step for measured in chosen for step in measured.steps)
    with opened(options, tuple(steps)) as bench:
        readings = [(measured, measured.take(bench)) for measured in chosen]
        ground = bench.ground if "ground" in vars(bench) else None
        return Report(readings, bench.machine.facts(ground))


def _record(measured: Measurement, reading: Reading | None) -> dict[str, Any]:
    goal = measured.goal
    return {
        "value": _rounded(reading.value) if reading else None,
        "unit": measured.unit,
        "spread": [_rounded(end) for end in reading.spread] if reading and reading.spread else None,
        "ratio": _rounded(reading.ratio) if reading and reading.ratio is not None else None,
        "against": measured.against.meaning if measured.against else None,
        "goal": str(goal) if goal else None,
        "met": goal.met_by(reading) if goal and reading else None,
        "what": measured.what,
        **({"detail": dict(reading.detail)} if reading and reading.detail else {}),
    }


def _row(measured: Measurement, reading: Reading | None) -> tuple[str, ...]:
    goal = measured.goal
    if reading is None:
        return (measured.key, "–", measured.unit, "", "", str(goal or ""), "", measured.what)
    return (
        measured.key,
        _shown(reading.value),
        measured.unit,
        f"{_shown(reading.spread[0])} – {_shown(reading.spread[1])}" if reading.spread else "",
        f"{_shown(reading.ratio)} × {measured.against.word}" if reading.ratio and measured.against else "",
        str(goal or ""),
        ("met" if goal.met_by(reading) else "missed") if goal else "",
        measured.what,
    )


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _shown(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
