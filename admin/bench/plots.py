"""Shows what ``autoriza bench --json`` printed: ``python -m admin.bench.plots FILE FOLDER`` draws and tables it."""

import json
import sys
from pathlib import Path
from typing import Any

from admin.bench.queueing import Service, simulate

_PARTS = ("sri_workers", "ride_workers", "postgres", "valkey", "simulator")
_SHARES = (0.22, 0.27, 0.27, 0.24)
"""How the processor time of a document divides among its four steps, as the profile has it."""
_INK, _PALE = "#0b6b4f", "#9ac7b8"


def parts_of(cpu_ms: float) -> tuple[float, float, float, float]:
    """The four steps' parts of a document's processor milliseconds."""
    sign, submit, check, ride = (cpu_ms * share for share in _SHARES)
    return sign, submit, check, ride


def draw(figures: dict[str, Any], folder: Path) -> None:
    """``cost.svg``, ``size.svg``, ``load.svg``, ``course.svg`` and ``figures.md`` in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.md").write_text(_table(figures), encoding="utf-8")
    _cost(figures, folder / "cost.svg")
    _size(figures, folder / "size.svg")
    _load(figures, folder / "load.svg")
    _course(figures, folder / "course.svg")


def _table(figures: dict[str, Any]) -> str:
    machine, run = figures["machine"], figures["machine"]["run"]
    lines = [
        "# Figures of one run",
        "",
        f"{machine['cores']} cores {machine['processor']}, Python {machine['python']}, "
        f"PostgreSQL {machine['postgresql']}, Valkey {machine['valkey']}; load before the run "
        f"{machine['load_average_before']:.1f}; {run['batches']} batches of {run['documents']} documents, "
        f"{run['rounds']} rounds.",
        "",
        "| figure | value | spread | × floor or rival | goal | met |",
        "|---|---|---|---|---|---|",
    ]
    for key, one in figures.items():
        if key != "machine":
            spread = " – ".join(f"{end:.3g}" for end in one["spread"] or ())
            ratio = "" if one["ratio"] is None else f"{one['ratio']:.3g}"
            value = "–" if one["value"] is None else f"{one['value']:.3g} {one['unit']}"
            met = {None: "", True: "yes", False: "**no**"}[one["met"]]
            lines.append(f"| `{key}` | {value} | {spread} | {ratio} | {one['goal'] or ''} | {met} |")
    return "\n".join(lines) + "\n"


def _cost(figures: dict[str, Any], file: Path) -> None:
    spent = [figures[f"cpu.{part}_ms"]["value"] for part in _PARTS]
    plot, axes = _paper("Processor time of a document, by process", "ms")
    axes.barh(_PARTS[::-1], spent[::-1], color=_INK)
    plot.savefig(file, metadata={"Date": None})


def _size(figures: dict[str, Any], file: Path) -> None:
    found = {
        int(key.rpartition("_")[2]): one["value"]
        for key, one in figures.items()
        if key.startswith("ride.ms_")
    }
    lines = sorted(found)
    plot, axes = _paper("A RIDE, by lines of the document", "ms", "lines")
    axes.plot(lines, [found[one] for one in lines], marker="o", color=_INK)
    plot.savefig(file, metadata={"Date": None})


def _load(figures: dict[str, Any], file: Path) -> None:
    total = figures["cpu.total_ms"]["value"]
    service = Service(parts_of(total), call_s=1.0)
    rates = [1, 2, 5, 8, 10, 12, 14]
    outcomes = [simulate(service, 2_000, rate) for rate in rates]
    plot, axes = _paper("Import to RIDE when each call takes 1 s, two cores", "s", "documents per second")
    axes.plot(rates, [one.p95_s for one in outcomes], color=_PALE, marker=".", label="model, 95 of 100")
    axes.plot(rates, [one.p50_s for one in outcomes], color=_PALE, linestyle="--", label="model, half")
    for key, word in (("pipeline.p95_s", "measured, 95 of 100"), ("pipeline.p50_s", "measured, half")):
        if key in figures:
            axes.plot([5], [figures[key]["value"]], marker="o", color=_INK, linestyle="", label=word)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    plot.savefig(file, metadata={"Date": None})


def _course(figures: dict[str, Any], file: Path) -> None:
    rides = figures["pipeline.docs_per_s"]["detail"]["rides_each_second"]
    plot, axes = _paper(
        "The last batch, from its first claim to its last RIDE", "RIDEs in the second", "seconds"
    )
    axes.step(range(len(rides)), rides, where="post", color=_INK)
    axes.set_ylim(bottom=0)
    plot.savefig(file, metadata={"Date": None})


def _paper(title: str, up: str, along: str = "") -> tuple[Any, Any]:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "autoriza"
    from matplotlib import pyplot

    plot, axes = pyplot.subplots(figsize=(7, 3.2), layout="constrained")
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_ylabel(up if along else "")
    axes.set_xlabel(along or up)
    axes.spines[["top", "right"]].set_visible(False)
    return plot, axes


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]))
