"""What the service adds around the bare steps of a document's life: claims, transactions, run rows, row objects."""

import statistics

from admin.bench.bench import Bench
from admin.bench.figures.rsa import AGAINST, RSA
from admin.bench.life import BARE, TO_RIDE, TO_SRI
from admin.bench.measurement import Measurement, Reading
from admin.bench.timing import middle_half


def _take(bench: Bench) -> Reading:
    timings = bench.timings
    whole = [one + other for one, other in zip(timings.of(TO_SRI), timings.of(TO_RIDE), strict=True)]
    added = [life - bare for life, bare in zip(whole, timings.of(BARE), strict=True)]
    return Reading(
        statistics.median(added),
        ratio=statistics.median(ms / rsa for ms, rsa in zip(added, timings.of(RSA), strict=True)),
        spread=middle_half(added),
        detail={
            "whole_life_ms": round(statistics.median(whole), 2),
            "bare_steps_ms": round(timings.median(BARE), 2),
        },
    )


DATABASE = Measurement(
    "database.ms",
    "client side of the database: a document's four steps as the worker does them, less the same steps bare",
    "ms",
    AGAINST,
    _take,
    steps=(RSA, BARE, TO_SRI, TO_RIDE),
)
