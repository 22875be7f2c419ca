"""Scaling: throughput of two worker processes over that of one."""

from admin.bench.bench import Bench
from admin.bench.measurement import Against, Goal, Measurement, Reading
from admin.bench.scaling import CALL_S, THREADS


def _take(bench: Bench) -> Reading:
    found = bench.scaling
    detail = {
        "one_docs_per_s": [round(rate, 1) for rate in found.one],
        "two_docs_per_s": [round(rate, 1) for rate in found.two],
    }
    spread = (min(found.ratios), max(found.ratios))
    return Reading(found.middle, ratio=found.middle, spread=spread, detail=detail)


SCALE = Measurement(
    "scale.workers_2_over_1",
    f"throughput of two worker processes of {THREADS} threads, each call to the SRI taking {CALL_S * 1000:.0f} ms",
    "×",
    Against("one", "one such process, in turns; one process for RIDEs in both"),
    _take,
    goal=Goal(1.7, at_least=True),
)
