"""One target for a while: inputs out of hypothesis until the time is over or one breaks it."""

import time
import traceback
import warnings

from hypothesis import HealthCheck, Phase, given, settings

from fuzzing.targets import Target

SLOW_S = 5.0
"""An input that keeps a processor busy for longer is a way to keep the service busy, and counts as broken."""
SHRINKING_S = 20.0


class TooSlow(Exception):
    """Parsed in the end, but nobody may take that long."""


BATCH = 50


def fuzz(target: Target, seconds: float) -> tuple[int, str]:
    """How many inputs were tried in ``seconds``, at least one; what broke the target, with its input, or nothing."""
    deadline, tried, failure = time.monotonic() + seconds, 0, ""
    while not failure and time.monotonic() < deadline:
        count, failure = _batch(target, deadline)
        tried += count
    return tried, failure


def _batch(target: Target, deadline: float) -> tuple[int, str]:
    tried = 0
    broken: list[object] = []

    @settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(target.inputs)
    def attempt(given_input: object) -> None:
        nonlocal tried
        if tried and time.monotonic() > deadline + (SHRINKING_S if broken else 0):
            return
        tried += 1
        began = time.process_time()
        try:
            target.parse(given_input)
        except target.allowed:
            pass
        except Exception:
            broken[:] = [given_input]
            raise
        if time.process_time() - began > SLOW_S:
            broken[:] = [given_input]
            raise TooSlow(f"{time.process_time() - began:.1f} s")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            attempt()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            said = "".join(traceback.format_exception(error)[-6:])
            return tried, f"{said[-3000:]}\ninput: {broken[:1]!r:.2000}"
    return tried, ""
