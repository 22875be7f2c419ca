"""At most one chain of sweeps per job and tenant: a key in Redis that outlives the pause before the next link."""

from typing import Any

import redis
import structlog
from dramatiq.errors import BrokerError

from app.time_scale import scaled
from workers.broker import NAMESPACE, broker

log = structlog.get_logger("chains")
LIVES_MS = 25_000
SWEEPS: dict[str, Any] = {}
"""By job, the actor that is one link of a tenant's chain; ``workers.schedules`` fills it in."""


def start(job: str, tenant_id: int) -> None:
    """Have the tenant's rows looked at now, unless a chain does already; the schedule does anyway before long."""
    try:
        if begin(f"{job}:{tenant_id}"):
            SWEEPS[job].send(tenant_id, chained=True)
    except (BrokerError, redis.RedisError) as error:
        log.warning("not_published", job=job, tenant=tenant_id, error=str(error))


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
