"""The Redis client, the broker and the order of its middleware."""

from typing import Any

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Retries, ShutdownNotifications, TimeLimit
from redis.backoff import NoBackoff
from redis.retry import Retry

from workers.middleware.calm_sigterm import CalmSigterm
from workers.middleware.connection import Connection
from workers.middleware.log_context import LogContext
from workers.middleware.run_history import RunHistory
from workers.middleware.ticks import Ticks
from workers.runtime import settings

QUEUES = ("sweep", "sri", "ride")


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


def open_broker(url: str) -> RedisBroker:
    """The broker of every process. Retries serve only what could not write a row: PostgreSQL being away."""
    return RedisBroker(  # type: ignore[no-untyped-call]
        client=open_client(url),
        namespace="autoriza",
        heartbeat_timeout=30_000,
        maintenance_chance=100_000,
        middleware=[
            TimeLimit(time_limit=120_000),
            ShutdownNotifications(notify_shutdown=False),
            Retries(max_retries=5, min_backoff=1_000, max_backoff=30_000),
            CalmSigterm(),
            Ticks(),
            Connection(),
            LogContext(),
            RunHistory(),
        ],
    )


broker = open_broker(settings().redis_url or "redis://127.0.0.1:6379/0")
dramatiq.set_broker(broker)
