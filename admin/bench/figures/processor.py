"""Where processor time goes while a batch runs: milliseconds per document of each kind of process."""

import statistics
from collections.abc import Callable

from admin.bench.bench import Bench
from admin.bench.life import BARE
from admin.bench.measurement import Against, Measurement, Reading

AGAINST = Against("bare", "all bare steps of a document")


def _take(kind: str) -> Callable[[Bench], Reading | None]:
    def take(bench: Bench) -> Reading | None:
        spent = [
            batch.costs.cpu_s[kind] * 1000 / batch.documents
            for batch in bench.saturation.warm
            if kind in batch.costs.cpu_s
        ]
        if not spent:
            return None
        middle = statistics.median(spent)
        return Reading(middle, ratio=middle / bench.timings.median(BARE), spread=(min(spent), max(spent)))

    return take


def _of(key: str, kind: str, what: str) -> Measurement:
    return Measurement(f"cpu.{key}_ms", what, "ms/doc", AGAINST, _take(kind), steps=(BARE,))


CPU = (
    _of("sri_workers", "sri", "processes that sign, submit and check"),
    _of("ride_workers", "ride", "processes that make RIDEs"),
    _of("scheduler", "scheduler", "the scheduler"),
    _of("postgres", "postgres", "PostgreSQL with its backends"),
    _of("valkey", "valkey", "Valkey"),
    _of("simulator", "simulator", "the simulated SRI, on the same cores"),
)
