"""How a step timed by itself becomes a figure."""

from admin.bench.bench import Bench
from admin.bench.figures.rsa import AGAINST, RSA
from admin.bench.measurement import Goal, Measurement, Reading
from admin.bench.timing import Step


def of_step(key: str, what: str, step: Step, goal: Goal | None = None) -> Measurement:
    """Its processor milliseconds, as a multiple of a raw signature made in the same rounds."""

    def take(bench: Bench) -> Reading:
        timings = bench.timings
        return Reading(timings.median(step), ratio=timings.ratio(step, RSA), spread=timings.quartiles(step))

    return Measurement(key, what, "ms", AGAINST, take, goal, steps=(RSA, step))
