"""Delay: documents come at a fixed pace whatever happens, and the SRI takes a second for each call."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from admin.bench.costs import Costs, Meter
from admin.bench.ground import BY, Ground
from admin.bench.options import OPEN_LOOP_TENANTS, PER_SECOND, Options
from admin.bench.samples import offers
from app import intake

CALL_S = 1.0
"""What the simulated SRI takes for each call; its verdict is ready at once."""
CALLS = 2
"""A document needs one call to be taken and one to be authorized."""
_WARM_UP = 10


@dataclass(frozen=True)
class OpenLoop:
    """Seconds from import to RIDE, shortest first; ``latest_s`` is how late the generator ever was."""

    delays: Sequence[float]
    latest_s: float
    costs: Costs

    def percentile(self, share: float) -> float:
        """The delay that ``share`` of the documents do not exceed."""
        return self.delays[math.ceil(share * len(self.delays)) - 1]


def run_open_loop(ground: Ground, options: Options) -> OpenLoop:
    """``PER_SECOND`` documents a second for ``options.seconds``, after a few that warm the processes up."""
    observer, watch = ground.observer, options.watch
    with ground.simulator(CALL_S) as simulator, ground.engine() as engine:
        since = observer.last_document()
        watch.begin("processes start", _WARM_UP)
        ground.hand_in("first", _WARM_UP)
        engine.until(lambda: observer.rides_since(since), _WARM_UP, watch.at)
        since = observer.last_document()
        total = PER_SECOND * options.seconds
        watch.begin(f"{PER_SECOND} documents a second", total)
        meter = Meter(ground, engine, simulator)
        latest = _generate(ground, options)
        engine.until(lambda: observer.rides_since(since), total, watch.at)
        costs = meter.read()
    return OpenLoop(observer.delays_since(since), latest, costs)


def _generate(ground: Ground, options: Options) -> float:
    """Hand them in, each at its own moment and none because another was done; the greatest lateness."""
    tenants, latest = ground.tenants[:OPEN_LOOP_TENANTS], 0.0
    begun = time.monotonic()
    for place, offer in enumerate(offers("paced", PER_SECOND * options.seconds)):
        due = begun + place / PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        latest = max(latest, time.monotonic() - due)
        tenant_id = tenants[place % len(tenants)]
        accepted = intake.accept(tenant_id, offer.raw, offer.filename, by=BY)
        ground.wake([(tenant_id, accepted.document_id)])
        options.watch.at(place // 2)
    return latest
