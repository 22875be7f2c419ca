"""Throughput: documents per second from draft to RIDE."""

import statistics
from collections.abc import Sequence

from admin.bench.bench import Bench
from admin.bench.life import BARE
from admin.bench.measurement import Against, Goal, Measurement, Reading
from admin.bench.saturation import Batch

AGAINST = Against(
    "possible",
    "documents per second that the bare steps would reach on these cores without queue and database",
)


def _possible(bench: Bench) -> float:
    return bench.machine.cores * 1000 / bench.timings.median(BARE)


def _batches(bench: Bench) -> Reading:
    rates = [batch.docs_per_s for batch in bench.saturation.warm]
    middle = statistics.median(rates)
    return Reading(
        middle,
        ratio=middle / _possible(bench),
        spread=(min(rates), max(rates)),
        detail={
            **_circumstances(bench.saturation.warm),
            "rides_each_second": list(bench.saturation.warm[-1].each_second),
        },
    )


def _circumstances(batches: Sequence[Batch]) -> dict[str, object]:
    messages = statistics.median(batch.messages / batch.documents for batch in batches)
    return {
        "messages_per_doc": round(messages, 2),
        "failed_messages": sum(batch.failed_messages for batch in batches),
        "cores_used": round(statistics.median(batch.costs.cores_used for batch in batches), 2),
        "cores_used_by_others": round(
            statistics.median(batch.costs.cores_used_by_others for batch in batches), 2
        ),
    }


def _cold(bench: Bench) -> Reading:
    rate = bench.saturation.cold.docs_per_s
    return Reading(rate, ratio=rate / _possible(bench))


def _sustained(bench: Bench) -> Reading:
    rate = bench.closed_loop.docs_per_s
    costs = bench.closed_loop.costs
    return Reading(
        rate,
        ratio=rate / _possible(bench),
        detail={
            "cores_used": round(costs.cores_used, 2),
            "cores_used_by_others": round(costs.cores_used_by_others, 2),
        },
    )


DOCS_PER_S = Measurement(
    "pipeline.docs_per_s",
    "a batch of drafts to its last RIDE, processes already running, calls not paced",
    "docs/s",
    AGAINST,
    _batches,
    goal=Goal(60, at_least=True),
    steps=(BARE,),
)
COLD_DOCS_PER_S = Measurement(
    "pipeline.cold_docs_per_s",
    "the first batch, from the first claim on, while processes still start",
    "docs/s",
    AGAINST,
    _cold,
    steps=(BARE,),
)
SUSTAINED_DOCS_PER_S = Measurement(
    "pipeline.sustained_docs_per_s",
    "the middle half of a steady stream, import included, calls not paced",
    "docs/s",
    AGAINST,
    _sustained,
    steps=(BARE,),
)
