"""At most one chain of sweeps per job and tenant: a key in Redis that outlives the pause before the next link."""

import redis

from app.time_scale import scaled
from workers.broker import NAMESPACE, broker

LIVES_MS = 25_000


def begin(name: str) -> bool:
    """Whether the caller may start a chain; when Redis cannot say, it may."""
    try:
        return bool(broker.client.set(_key(name), "1", nx=True, px=int(scaled(LIVES_MS))))
    except redis.RedisError:
        return True


def keep(name: str) -> None:
    """Another link follows."""
    broker.client.set(_key(name), "1", px=int(scaled(LIVES_MS)))


def end(name: str) -> None:
    """The chain is over."""
    broker.client.delete(_key(name))


def _key(name: str) -> str:
    return f"{NAMESPACE}:sweeping:{name}"
