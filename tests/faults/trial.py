"""One run of one fault: load, a random instant, the fault, rest, and the verdict of both witnesses."""

import random
import time
import traceback
from dataclasses import dataclass

from app.progress import measure
from faults.fault import Fault
from faults.ground import Ground, laid_out
from faults.oracle import broken_promises
from faults.scale import Scale


@dataclass(frozen=True)
class Outcome:
    """What one run came to; seconds are counted from the fault, None when it never came about."""

    seed: int
    violations: list[str]
    claimed_again_s: float | None
    at_rest_s: float | None
    took_s: float


def run(fault: Fault, scale: Scale, seed: int, invoices: int | None = None) -> Outcome:
    """Try ``fault`` once; what the trial itself could not do counts as a violation."""
    began = time.monotonic()
    rng = random.Random(f"{fault.id} {seed}")
    with laid_out(
        scale,
        rng,
        changes={"autoriza_kill_point": "", **fault.settings},
        proxied=fault.proxied,
        latency_s=fault.latency_s,
        inside=fault.inside,
    ) as ground:
        violations: list[str] = []
        again = rest = None
        try:
            _under_way(fault, ground, round((invoices or scale.invoices) * fault.invoices))
            fault.inject(ground)
            again, rest = _recovered(ground)
            violations = broken_promises(fault, ground)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is the verdict on this run, and others follow
            violations = [f"{type(error).__name__}: {error}", traceback.format_exc()[-1500:]]
        return Outcome(seed, violations, again, rest, time.monotonic() - began)


def _under_way(fault: Fault, ground: Ground, invoices: int) -> None:
    ground.import_more(max(invoices, 12))
    start = ground.rng.uniform(*fault.begins)
    ground.until(lambda: ground.share() >= start, ground.scale.patience_s, f"{start:.0%} authorized")
    ground.strike()


def _recovered(ground: Ground) -> tuple[float, float]:
    """Seconds from the fault until every interrupted row was taken up again, and until nothing moved any more."""
    again: list[float] = []

    def rested() -> bool:
        if not again and not _still_interrupted(ground):
            again.append(time.monotonic() - ground.struck_at)
        return bool(again) and measure(None).moving == 0

    ground.until(rested, ground.scale.patience_s, "rest")
    return again[0], time.monotonic() - ground.struck_at


def _still_interrupted(ground: Ground) -> bool:
    now = ground.leased()
    return any(now.get(row) == fence for row, fence in ground.interrupted.items())
