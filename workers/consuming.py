"""How a worker process comes by its messages: at once when one is sent or a place is free, else by looking."""

import heapq
import threading
import time
from typing import Any

from dramatiq.brokers.redis import _RedisConsumer
from dramatiq.common import compute_backoff, current_millis

from workers import paused

_WITHOUT_SLEEPING = 1
"""The idle time-out, in milliseconds, with which Dramatiq's own consumer looks and comes back at once."""

GATHER_S = 0.005
"""How long a consumer that has enough at hand lets messages and free places gather before it looks again."""


class Consumer(_RedisConsumer):
    """Dramatiq's consumer of one queue, which sleeps only as long as nothing happens.

    Dramatiq's own sleeps longer from look to look, up to ``timeout`` milliseconds, whatever is sent meanwhile: with
    one thread, half of its time; at a few documents a second, up to a second for each of a document's steps.
    """

    def __init__(self, broker: Any, queue_name: str, prefetch: int, timeout: int) -> None:
        super().__init__(broker, queue_name, prefetch, _WITHOUT_SLEEPING)  # type: ignore[no-untyped-call]
        self._longest_ms = timeout
        self._in_vain = 0
        self._woken = threading.Event()
        self._due: list[float] = []  # a heap of the moments for which delayed messages wait, in milliseconds

    def wake(self) -> None:
        """Look now: a message was sent, or may have been."""
        self._woken.set()

    def ack(self, message: Any) -> None:
        """As Dramatiq's; the place that is free again is filled at once."""
        self._let_go(super().ack, message)

    def nack(self, message: Any) -> None:
        """As Dramatiq's; the place that is free again is filled at once."""
        self._let_go(super().nack, message)

    def __next__(self) -> Any:
        self._woken.clear()  # before looking: what is sent from here on is looked for again
        message: Any = None
        if paused.queue(self.queue_name):
            paused.put_back(self)
        else:
            message = super().__next__()  # type: ignore[no-untyped-call]
        if message is None:
            self._sleep()
        else:
            self._in_vain = 0
            if eta := message.options.get("eta"):
                heapq.heappush(self._due, eta)
        return message

    def _let_go(self, do: Any, message: Any) -> None:
        was_full = self.outstanding_message_count >= self.prefetch
        try:
            do(message)
        finally:
            if was_full:
                self._woken.set()

    def _sleep(self) -> None:
        self._in_vain, pause_ms = compute_backoff(self._in_vain, max_backoff=self._longest_ms)
        until_due_ms = self._due[0] - current_millis() if self._due else pause_ms
        woken = self._woken.wait(max(min(pause_ms, until_due_ms), 0) / 1000)
        if woken and self.outstanding_message_count > self.prefetch / 2:
            time.sleep(GATHER_S)
        now = current_millis()
        while self._due and self._due[0] <= now:  # they are taken up as soon as this look is over
            heapq.heappop(self._due)
