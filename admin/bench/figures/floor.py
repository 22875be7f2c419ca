"""How near the whole service comes to what its steps cannot cost less than."""

import statistics

from admin.bench.bench import Bench
from admin.bench.life import BARE
from admin.bench.measurement import Against, Goal, Measurement, Reading


def _take(bench: Bench) -> Reading | None:
    batches = [batch for batch in bench.saturation.warm if batch.costs.cpu_s]
    if not batches:
        return None
    spent = [batch.costs.cpu_ms_per(batch.documents) for batch in batches]
    real = statistics.median(sum(each.values()) for each in spent)
    floors = {
        "bare_steps_ms": bench.timings.median(BARE),
        "simulator_ms": statistics.median(each["simulator"] for each in spent),
        "rows_ms": bench.floors.database_ms,
        "messages_ms": bench.floors.queue_ms,
    }
    ratio = sum(floors.values()) / real
    detail = {name: round(ms, 2) for name, ms in floors.items()} | {"real_ms": round(real, 2)}
    return Reading(ratio, ratio=ratio, detail=detail)


FLOOR_RATIO = Measurement(
    "pipeline.floor_ratio",
    "what a document's parts cost by themselves: steps, simulated SRI, the same rows written plainly, empty messages",
    "×",
    Against("real", "processor time of everything together, per document, while batches run"),
    _take,
    goal=Goal(0.4, at_least=True),
    steps=(BARE,),
)
