"""Where processor time goes while a batch runs: milliseconds per document of each kind of process."""

import statistics
from collections.abc import Callable

from admin.bench.bench import Bench
from admin.bench.life import BARE
from admin.bench.measurement import Against, Measurement, Reading

AGAINST = Against("bare", "all bare steps of a document")


def _take(*kinds: str) -> Callable[[Bench], Reading | None]:
    def take(bench: Bench) -> Reading | None:
        spent = [
            sum(
                ms
                for kind, ms in batch.costs.cpu_ms_per(batch.documents).items()
                if not kinds or kind in kinds
            )
            for batch in bench.saturation.warm
            if batch.costs.cpu_s
        ]
        if not spent:
            return None
        middle = statistics.median(spent)
        return Reading(middle, ratio=middle / bench.timings.median(BARE), spread=(min(spent), max(spent)))

    return take


def _of(key: str, what: str, *kinds: str) -> Measurement:
    return Measurement(f"cpu.{key}_ms", what, "ms/doc", AGAINST, _take(*kinds), steps=(BARE,))


CPU = (
    _of("total", "all of it together, the servers and the simulated SRI too"),
    _of("sri_workers", "processes that sign, submit and check", "sri"),
    _of("ride_workers", "processes that make RIDEs", "ride"),
    _of("scheduler", "the scheduler", "scheduler"),
    _of("postgres", "PostgreSQL with its backends", "postgres"),
    _of("valkey", "Valkey", "valkey"),
    _of("simulator", "the simulated SRI, on the same cores", "simulator"),
)
