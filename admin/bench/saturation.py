"""Throughput: a batch waits as drafts, then all processes take it to its RIDEs as fast as they can, unpaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin.bench.costs import Costs, Meter
from admin.bench.engine import Engine
from admin.bench.ground import Ground
from admin.bench.observer import Statements
from admin.bench.options import Options
from admin.bench.processes import Resident
from app.errors import AutorizaError
from app.invariants import find_violations

_COURSE = """
select extract(epoch from (select max(rendered_at) from ride where id > %s) - min(started_at)),
       count(*), count(*) filter (where state = 'failed')
from jobs.run where document_id > %s
"""
_EACH_SECOND = """
with begun as (select min(started_at) as at from jobs.run where document_id > %s),
     ended as (select floor(extract(epoch from rendered_at - begun.at))::int as second from ride, begun where id > %s)
select count(ended.second) from generate_series(0, (select max(second) from ended)) as at(second)
left join ended using (second) group by at.second order by at.second
"""


@dataclass(frozen=True)
class Batch:
    """One batch from its first claim to its last RIDE."""

    documents: int
    seconds: float
    messages: int  # four a document, and those that found nothing to do
    failed_messages: int
    costs: Costs
    each_second: Sequence[int]  # RIDEs

    @property
    def docs_per_s(self) -> float:
        """From the first claim to the last RIDE."""
        return self.documents / self.seconds


@dataclass(frozen=True)
class Saturation:
    """``cold`` found the processes just starting, ``warm`` found them running; memory is that at the end."""

    cold: Batch
    warm: Sequence[Batch]
    statements: Statements | None  # of the cold batch
    memory_at_first: Mapping[str, Sequence[Resident]]  # by kind of process, after the cold batch
    memory: Mapping[str, Sequence[Resident]]


def saturate(ground: Ground, options: Options) -> Saturation:
    """One batch that meets processes just starting, then the timed ones.

    Raises ``AutorizaError`` when a document does not come through or an invariant is broken: then no figure counts.
    """
    with ground.simulator() as simulator:
        ground.hand_in("cold", options.documents)
        if ground.counts_statements:
            ground.observer.count_statements()
        with ground.engine(paced=False) as engine:
            meter = Meter(ground, engine, simulator)
            cold = _follow(ground, engine, meter, options, "first batch, while processes start")
            early = meter.memory()
            statements = ground.observer.counted() if ground.counts_statements else None
            warm = [_warm(ground, engine, meter, options, turn) for turn in range(1, options.batches + 1)]
            memory = meter.memory()
    if violations := find_violations(ground.services):
        raise AutorizaError(f"the measured run broke an invariant: {violations[0].sentence.es}")
    return Saturation(cold, warm, statements, early, memory)


def _warm(ground: Ground, engine: Engine, meter: Meter, options: Options, turn: int) -> Batch:
    documents = ground.hand_in(f"warm-{turn}", options.documents, wake=False)
    meter.reset()
    ground.wake(documents)
    return _follow(ground, engine, meter, options, f"batch {turn} of {options.batches}")


def _follow(ground: Ground, engine: Engine, meter: Meter, options: Options, what: str) -> Batch:
    """The newest documents, to their end."""
    observer, watch = ground.observer, options.watch
    since = observer.last_document() - options.documents
    watch.begin(what, options.documents)
    engine.until(lambda: observer.rides_since(since), options.documents, watch.at)
    costs = meter.read()
    seconds, messages, failed = observer.rows(_COURSE, since, since)[0]
    course = [int(rides) for (rides,) in observer.rows(_EACH_SECOND, since, since)]
    return Batch(options.documents, float(seconds), int(messages), int(failed), costs, course)
