"""A second SIGTERM within moments must not cut the work in flight.

A platform signals every process of a container, and Dramatiq's master forwards the signal as well; a worker
takes the second one as the order to die at once.
"""

import signal
import time
from types import FrameType
from typing import Any

import dramatiq

QUIET_S = 20.0


class CalmSigterm(dramatiq.Middleware):
    """Lets one SIGTERM through and swallows its echoes."""

    def after_process_boot(self, broker: dramatiq.Broker) -> None:
        """Wrap the worker's own answer to SIGTERM."""
        answer = signal.getsignal(signal.SIGTERM)
        heard: list[float] = []

        def calm(number: int, frame: FrameType | None) -> Any:
            now = time.monotonic()
            if heard and now - heard[0] < QUIET_S:
                return None
            heard[:] = [now]
            return answer(number, frame) if callable(answer) else None

        signal.signal(signal.SIGTERM, calm)
