"""Sustained throughput: a stream of documents, always so many on their way that every process is busy."""

from dataclasses import dataclass

from admin.bench.costs import Costs, Meter
from admin.bench.ground import Ground
from admin.bench.options import Options

AHEAD = 200
"""Documents on their way: at 50 a second, 100 of them only wait out the first poll."""
_CHUNK = 24
_RATE = """
with stored as (select rendered_at as at, row_number() over (order by rendered_at) as place
                from ride where id > %s and path is not null)
select (select extract(epoch from max(at) - min(at)) from stored where place between %s and %s)
"""


@dataclass(frozen=True)
class ClosedLoop:
    """The middle half of the stream, by order of RIDEs."""

    documents: int
    seconds: float
    costs: Costs  # of the whole stream

    @property
    def docs_per_s(self) -> float:
        """RIDEs stored per second, with importing, signing, sending, asking and printing all going on."""
        return self.documents / self.seconds


def run_closed_loop(ground: Ground, options: Options) -> ClosedLoop:
    """Twice as many documents as a batch has; start and end do not count."""
    total, observer = 2 * options.documents, ground.observer
    since, handed = observer.last_document(), 0

    def counted() -> int:
        nonlocal handed
        done = observer.rides_since(since)
        while handed < total and handed - done < AHEAD:
            count = min(_CHUNK, total - handed)
            ground.hand_in(f"stream-{handed}", count)
            handed += count
        return done

    options.watch.begin("a steady stream", total)
    with ground.simulator() as simulator, ground.engine(paced=False) as engine:
        meter = Meter(ground, engine, simulator)
        engine.until(counted, total, options.watch.at)
        costs = meter.read()
    first, last = total // 4, total - total // 4
    return ClosedLoop(last - first, float(observer.value(_RATE, since, first, last)), costs)
