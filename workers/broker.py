"""The Redis client, the broker and the order of its middleware."""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast
from uuid import uuid4

import dramatiq
import redis
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import current_millis, dq_name
from dramatiq.middleware import Retries, ShutdownNotifications, TimeLimit
from redis.backoff import NoBackoff
from redis.retry import Retry

from workers.consuming import Consumer
from workers.middleware.calm_sigterm import CalmSigterm
from workers.middleware.connection import Connection
from workers.middleware.counting import Counting
from workers.middleware.heartbeat import Heartbeat
from workers.middleware.log_context import LogContext
from workers.middleware.reporting import Reporting
from workers.middleware.run_history import RunHistory
from workers.middleware.standing_in import StandingIn
from workers.middleware.ticks import Ticks
from workers.middleware.waking import CHANNEL, Waking
from workers.paused import Pausing
from workers.runtime import settings

NAMESPACE = "autoriza"
CHUNK = 500
DEPTH_KNOWN_FOR_S = 0.25
AT_ONCE_S = 0.05
FOUND_WITHIN_MS = 1_500
"""A message that comes later than this is found in time by looking; nobody need be woken for it."""


class Client(redis.Redis):
    """A client whose time-outs are connection errors, the only kind Dramatiq recovers from.

    Otherwise an acknowledgement that times out is dropped and a finished message runs again (Dramatiq issue 894).
    """

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """As ``redis.Redis``; raises ``redis.ConnectionError`` instead of ``redis.TimeoutError``."""
        try:
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except redis.TimeoutError as error:
            raise redis.ConnectionError(str(error)) from error


class Broker(RedisBroker):
    """Dramatiq's broker, which can also take many messages at once, say how deep a queue is, and wake who serves it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._depths: dict[str, tuple[float, int]] = {}
        self._consumers: dict[str, Consumer] = {}

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """This process's consumer of ``queue_name``, which looks at least every ``timeout`` milliseconds."""
        consumer = self._consumers[queue_name] = Consumer(self, queue_name, prefetch, timeout)
        return consumer

    def wake(self, queue_name: str) -> None:
        """Let this process look into ``queue_name`` now, if it serves it."""
        if consumer := self._consumers.get(queue_name):
            consumer.wake()

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Enqueue ``message``, to come after ``delay`` milliseconds, and tell those who serve its queue.

        Raises ``redis.RedisError``; the message may have been taken then.
        """
        sent = super().enqueue(message, delay=delay)
        if not delay or delay < FOUND_WITHIN_MS:
            with suppress(redis.RedisError):  # it is taken, and found by looking
                self.client.publish(CHANNEL, sent.queue_name)
        return sent

    def enqueue_all(self, messages: Sequence[Any], waits: Sequence[float] = ()) -> None:
        """Enqueue ``messages`` of one queue in few round trips through Dramatiq's own script.

        Each comes after the seconds of its place in ``waits``, at once where there is none or hardly any.
        Raises ``redis.RedisError``; some of the messages may have been taken then.
        """
        turns = [int(wait * 1000) if wait > AT_ONCE_S else None for wait in waits[: len(messages)]]
        turns += [None] * (len(messages) - len(turns))
        for start in range(0, len(messages), CHUNK):
            with self.client.pipeline(transaction=False) as pipe:
                queues = {
                    self._stage(pipe, message, delay).queue_name
                    for message, delay in zip(
                        messages[start : start + CHUNK], turns[start : start + CHUNK], strict=True
                    )
                }
                for queue in queues:
                    pipe.publish(CHANNEL, queue)
                pipe.execute()
        if messages:
            queue = messages[0].queue_name
            self._depths[queue] = (time.monotonic(), self.depth(queue) + turns.count(None))

    def depth(self, queue: str) -> int:
        """Messages of ``queue`` that wait or are at work, delayed ones aside; at most a quarter of a second old."""
        now = time.monotonic()
        known = self._depths.get(queue)
        if known is None or now - known[0] > DEPTH_KNOWN_FOR_S:
            known = self._depths[queue] = (now, int(self.client.hlen(f"{NAMESPACE}:{queue}.msgs")))
        return known[1]

    def waited(self, queue: str) -> float:
        """Seconds that the message next in ``queue`` has waited so far; 0 for none. Clocks of two machines differ."""
        first: Any = self.client.lindex(f"{NAMESPACE}:{queue}", 0)
        body: Any = self.client.hget(f"{NAMESPACE}:{queue}.msgs", first) if first else None
        return (current_millis() - int(Message.decode(body).message_timestamp)) / 1000 if body else 0.0

    def _stage(self, pipe: Any, message: Any, delay: int | None) -> Message[Any]:
        message = message.copy(options={"redis_message_id": str(uuid4())})
        if delay is not None:
            eta = current_millis() + delay
            message = message.copy(queue_name=dq_name(message.queue_name), options={"eta": eta})
        self.emit_before("enqueue", message, delay)
        head = ["enqueue", current_millis(), message.queue_name, self.broker_id, self.heartbeat_timeout]
        tail = [self.dead_message_ttl, 0, self._max_unpack_size()]  # type: ignore[no-untyped-call]
        body = [message.options["redis_message_id"], message.encode()]
        self.scripts["dispatch"](args=[*head, *tail, *body], keys=[self.namespace], client=pipe)
        self.emit_after("enqueue", message, delay)
        return cast(Message[Any], message)


def open_client(url: str) -> Client:
    """A client that never repeats a command by itself: an enqueue repeated is a message twice."""
    options: dict[str, Any] = {
        "retry": Retry(NoBackoff(), 0),
        "socket_timeout": 5,
        "health_check_interval": 15,
    }
    if not url.startswith("unix"):
        options["socket_connect_timeout"] = 2
    if url.startswith("rediss"):
        options["ssl_cert_reqs"] = None  # Heroku's Redis presents a certificate it signed itself
    client: Client = Client.from_url(url, **options)  # type: ignore[assignment]
    return client


def open_broker(url: str) -> Broker:
    """The broker of every process. Retries serve only what could not write a row: PostgreSQL being away."""
    return Broker(
        client=open_client(url),
        namespace=NAMESPACE,
        heartbeat_timeout=30_000,
        maintenance_chance=100_000,
        middleware=[
            TimeLimit(time_limit=120_000),
            ShutdownNotifications(notify_shutdown=False),
            Retries(max_retries=5, min_backoff=1_000, max_backoff=30_000),
            CalmSigterm(),
            Pausing(),
            Heartbeat(),
            Counting(),
            StandingIn(),
            Waking(),
            Ticks(),
            Connection(),
            LogContext(),
            Reporting(),
            RunHistory(),
        ],
    )


broker = open_broker(settings().redis_url or "redis://127.0.0.1:6379/0")
dramatiq.set_broker(broker)
