"""What every process counts: steps, calls to the SRI, mail, page requests; and how counts travel between processes.

A process keeps its counts in memory and hands what was added since the last time to whoever collects (see
``workers.figures``): a dyno without an address is measured like any other, and a restart looks like no reset.
"""

import json
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.metrics_core import Metric

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

STEPS = Histogram(
    "autoriza_step_seconds",
    "How long the messages of one actor were at work, by the state their run ended in",
    ("actor", "state"),
    buckets=_QUICK,
    registry=REGISTRY,
)
SRI_CALLS = Histogram(
    "autoriza_sri_call_seconds",
    "Calls to the SRI by ambiente (1 pruebas, 2 producción), service and outcome",
    ("ambiente", "service", "outcome"),
    buckets=(0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20),
    registry=REGISTRY,
)
MAIL = Counter(
    "autoriza_mail", "Deliveries to buyers handed to the mail server", ("outcome",), registry=REGISTRY
)
NOTICES = Counter("autoriza_notices", "Notices of alerts by outcome", ("outcome",), registry=REGISTRY)
REQUESTS = Histogram(
    "autoriza_web_request_seconds",
    "Requests to the console by kind of status",
    ("status",),
    buckets=_QUICK,
    registry=REGISTRY,
)
CPU = Counter("autoriza_cpu_seconds", "Processor time by kind of process", ("kind",), registry=REGISTRY)

Counts = dict[str, float]
"""A sample's name and labels, written by ``_key``, to its value."""


class Increments:
    """What this process counted since it last handed its counts over."""

    def __init__(self) -> None:
        self._handed: Counts = {}

    def pending(self) -> Counts:
        """What is to be handed over now; call ``handed`` with it once it is safe elsewhere."""
        now = dict(_samples())
        added = {key: value - self._handed.get(key, 0.0) for key, value in now.items()}
        return {key: value for key, value in added.items() if value > 0}

    def handed(self, counts: Counts) -> None:
        """``counts`` are kept elsewhere and not to be handed over again."""
        for key, value in counts.items():
            self._handed[key] = self._handed.get(key, 0.0) + value


def families(stored: Mapping[str, float]) -> Iterator[Metric]:
    """The counts of all processes, as stored, in the shape prometheus_client writes. What is not ours is left out."""
    samples = [(*_unkey(key), value) for key, value in stored.items()]
    for family in REGISTRY.collect():
        suffixes = ("_bucket", "_count", "_sum") if family.type == "histogram" else ("_total",)
        named = {family.name + suffix for suffix in suffixes}
        whole = Metric(family.name, family.documentation, family.type)
        for name, labels, value in sorted(samples, key=_in_order):
            if name in named:
                whole.add_sample(name, labels, value)
        yield whole


def _samples() -> Iterator[tuple[str, float]]:
    for family in REGISTRY.collect():
        for sample in family.samples:
            yield json.dumps([sample.name, sample.labels], sort_keys=True), sample.value


def _unkey(key: str) -> tuple[str, dict[str, str]]:
    name, labels = json.loads(key)
    return name, labels


def _in_order(sample: tuple[str, dict[str, str], float]) -> tuple[object, ...]:
    """Buckets of one series together and from the smallest to the largest."""
    name, labels, _ = sample
    series = sorted((label, value) for label, value in labels.items() if label != "le")
    return (series, name, float(labels.get("le", 0)))
