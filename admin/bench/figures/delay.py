"""Delay: seconds from imported to RIDE at a steady pace, each call to the SRI taking a second."""

from collections.abc import Callable

from admin.bench.bench import Bench
from admin.bench.measurement import Against, Goal, Measurement, Reading
from admin.bench.open_loop import CALL_S, CALLS
from admin.bench.options import PER_SECOND

AGAINST = Against("calls", f"the {CALLS} calls of {CALL_S:g} s by themselves")


def _take(share: float) -> Callable[[Bench], Reading]:
    def take(bench: Bench) -> Reading:
        found = bench.open_loop
        value = found.percentile(share)
        return Reading(
            value,
            ratio=value / (CALLS * CALL_S),
            spread=(found.delays[0], found.delays[-1]),
            detail={
                "documents": len(found.delays),
                "generator_late_s": round(found.latest_s, 3),
                "cores_used": round(found.costs.cores_used, 2),
                "cores_used_by_others": round(found.costs.cores_used_by_others, 2),
            },
        )

    return take


P50 = Measurement(
    "pipeline.p50_s",
    f"imported to RIDE at {PER_SECOND} documents/s, half of them are faster",
    "s",
    AGAINST,
    _take(0.50),
)
P95 = Measurement(
    "pipeline.p95_s",
    f"imported to RIDE at {PER_SECOND} documents/s, 95 of 100 are faster",
    "s",
    AGAINST,
    _take(0.95),
    goal=Goal(5.5, at_least=False),
)
