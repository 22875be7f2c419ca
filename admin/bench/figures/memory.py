"""Memory and number of the worker's processes at the end of the batches."""

from collections.abc import Mapping, Sequence

from admin.bench.bench import Bench
from admin.bench.measurement import Against, Goal, Measurement, Reading
from admin.bench.processes import Resident, bare_interpreter_mb

AGAINST = Against("Python", "a Python that has done nothing")
_WORKER = ("worker", "sri", "ride")


def _held(bench: Bench) -> Mapping[str, Sequence[Resident]]:
    return {kind: held for kind, held in bench.saturation.memory.items() if kind in _WORKER and held}


def _largest(bench: Bench) -> Reading | None:
    held = _held(bench)
    if not held:
        return None
    sizes = {kind: [round(one.rss, 1) for one in processes] for kind, processes in held.items()}
    every = [one for processes in sizes.values() for one in processes]
    bare = bare_interpreter_mb()
    return Reading(max(every), ratio=max(every) / bare, spread=(min(every), max(every)), detail=sizes)


def _growth(bench: Bench) -> Reading | None:
    early, late = (_sizes(held) for held in (bench.saturation.memory_at_first, bench.saturation.memory))
    grown = {pid: (late[pid] / early[pid] - 1) * 100 for pid in early.keys() & late.keys()}
    if not grown:
        return None
    documents = sum(batch.documents for batch in bench.saturation.warm)
    return Reading(
        max(grown.values()),
        spread=(min(grown.values()), max(grown.values())),
        detail={"documents": documents},
    )


def _sizes(held: Mapping[str, Sequence[Resident]]) -> dict[int, float]:
    return {one.pid: one.rss for kind in _WORKER for one in held.get(kind, ())}


def _together(bench: Bench) -> Reading | None:
    held = _held(bench)
    if not held:
        return None
    total = sum(one.pss for processes in held.values() for one in processes)
    return Reading(total, ratio=total / bare_interpreter_mb())


def _count(bench: Bench) -> Reading | None:
    held = _held(bench)
    counts = {kind: len(processes) for kind, processes in held.items()}
    return Reading(sum(counts.values()), detail=counts) if held else None


RSS = Measurement(
    "worker.rss_mb",
    "the largest process of the worker",
    "MB",
    AGAINST,
    _largest,
    goal=Goal(160, at_least=False),
)
GROWTH = Measurement(
    "worker.rss_growth",
    "what the process of the worker that grew most holds more after the timed batches than before them",
    "%",
    None,
    _growth,
    goal=Goal(5, at_least=False),
)
PSS = Measurement(
    "worker.pss_mb", "all processes of the worker, what they share counted once", "MB", AGAINST, _together
)
PROCESSES = Measurement(
    "worker.processes", "processes of the worker, those that only watch others among them", "", None, _count
)
