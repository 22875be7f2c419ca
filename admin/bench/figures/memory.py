"""Memory and number of the worker's processes at the end of the batches."""

from collections.abc import Mapping, Sequence

from admin.bench.bench import Bench
from admin.bench.measurement import Against, Measurement, Reading
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


RSS = Measurement("worker.rss_mb", "the largest process of the worker", "MB", AGAINST, _largest)
PSS = Measurement(
    "worker.pss_mb", "all processes of the worker, what they share counted once", "MB", AGAINST, _together
)
PROCESSES = Measurement(
    "worker.processes", "processes of the worker, those that only watch others among them", "", None, _count
)
