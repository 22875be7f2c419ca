"""Whether a second worker process doubles the throughput while calls to the SRI take time."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from admin.bench.ground import Ground
from admin.bench.options import Options

CALL_S = 0.05
THREADS = 2
_TURNS = 2
_AT_MOST = 600
"""Documents of one batch: one process of two threads takes its time."""
_RATE = """
select extract(epoch from max(rendered_at) - min(rendered_at))
from (
    select rendered_at, row_number() over (order by rendered_at) as place
    from ride where id > %s and path is not null
) stored where place > %s
"""


@dataclass(frozen=True)
class Scaling:
    """Documents per second of one and of two worker processes, in turns."""

    one: Sequence[float]
    two: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """Two over one, turn by turn."""
        return [two / one for one, two in zip(self.one, self.two, strict=True)]

    @property
    def middle(self) -> float:
        """The middle one of the ratios."""
        return statistics.median(self.ratios)


def run_scaling(ground: Ground, options: Options) -> Scaling:
    """In turns, so that both meet the same machine; the first half of each batch warms the processes up."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    with ground.simulator(CALL_S):
        for turn in range(_TURNS):
            for processes in (1, 2):
                rates[processes].append(_rate(ground, options, processes, turn))
    return Scaling(rates[1], rates[2])


def _rate(ground: Ground, options: Options, processes: int, turn: int) -> float:
    observer, count = ground.observer, min(options.documents, _AT_MOST)
    since = observer.last_document()
    ground.hand_in(f"scale-{processes}-{turn}", count)
    options.watch.begin(
        f"{processes} worker process{'es' if processes > 1 else ''} of {THREADS} threads", count
    )
    shape = {"worker_processes": processes, "worker_threads": THREADS, "ride_processes": 1}
    with ground.engine(paced=False, **shape) as engine:
        engine.until(lambda: observer.rides_since(since), count, options.watch.at)
    half = count // 2
    return (count - half - 1) / float(observer.value(_RATE, since, half))
