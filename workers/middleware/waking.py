"""Worker processes hear of messages the moment they are sent."""

import threading
from typing import Any

import dramatiq
import redis
import structlog

log = structlog.get_logger("waking")
CHANNEL = "autoriza:sent"
"""Where every sender publishes the name of the queue; what nobody heard is found by looking, within a second."""
AGAIN_S = 1.0


class Waking(dramatiq.Middleware):
    """One thread per worker process listens, on a connection of its own, and wakes the consumer of the queue."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def after_worker_boot(self, broker: Any, worker: Any) -> None:
        """Begin to listen."""
        self._over = threading.Event()
        threading.Thread(target=_listen, args=(broker, self._over), daemon=True, name="waking").start()

    def before_worker_shutdown(self, broker: Any, worker: Any) -> None:
        """Take nothing new up."""
        self._over.set()


def _listen(broker: Any, over: threading.Event) -> None:
    while not over.is_set():
        try:
            with broker.client.pubsub(ignore_subscribe_messages=True) as heard:
                heard.subscribe(CHANNEL)
                while not over.is_set():
                    if said := heard.get_message(timeout=AGAIN_S):
                        broker.wake(said["data"].decode())
        except redis.RedisError as error:
            log.warning("deaf", error=str(error))
            over.wait(AGAIN_S)
