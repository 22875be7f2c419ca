"""Sweeps at size: very many documents due at once, and none due among very many."""

from admin.bench.bench import Bench
from admin.bench.measurement import Against, Goal, Measurement, Reading

FEW = Against("few", "the same tick among a hundredth of the documents")


def _publish(bench: Bench) -> Reading:
    found = bench.sweep
    detail = {"documents": found.documents, "tenants": found.tenants, "cpu_s": found.cpu_s}
    return Reading(found.seconds, detail=detail)


def _growth(bench: Bench) -> Reading:
    return Reading(bench.sweep.growth_mb)


def _idle(bench: Bench) -> Reading:
    found = bench.idle
    shown = {name: round(spent, 2) for name, spent in found.many.median.items()}
    return Reading(found.many.median[found.slowest], detail={"documents": found.many.documents, **shown})


def _flatness(bench: Bench) -> Reading:
    """By the quick ticks: what others do to the machine meanwhile is no growth."""
    found = bench.idle
    few, many = found.few.quick[found.slowest], found.many.quick[found.slowest]
    detail = {
        "few": found.few.documents,
        "few_ms": round(few, 2),
        "many": found.many.documents,
        "many_ms": round(many, 2),
    }
    return Reading(many / few, ratio=many / few, detail=detail)


SWEEPS = (
    Measurement(
        "sweep.publish_100k_s",
        "one tick and what it fans out to: every due document of all taxpayers stamped and its message sent",
        "s",
        None,
        _publish,
        goal=Goal(15, at_least=False),
    ),
    Measurement(
        "sweep.rss_mb",
        "what the processes that sweep grow by meanwhile, together",
        "MB",
        None,
        _growth,
        goal=Goal(60, at_least=False),
    ),
    Measurement(
        "sweep.idle_ms",
        "a tick that finds nothing due among all the documents, the slowest of three",
        "ms",
        None,
        _idle,
        goal=Goal(10, at_least=False),
    ),
    Measurement(
        "sweep.flatness",
        "what that tick costs among all the documents, compared with few",
        "×",
        FEW,
        _flatness,
        goal=Goal(1.5, at_least=False),
    ),
)
