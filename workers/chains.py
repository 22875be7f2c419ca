"""At most one chain of sweeps per job and tenant: in Redis, until when each chain lives without a next link."""

from functools import cache
from typing import Any

import redis
import structlog
from dramatiq.errors import BrokerError

from app.time_scale import scaled
from workers.broker import NAMESPACE, broker

log = structlog.get_logger("chains")
LIVES_MS = 25_000
"""How long after its next link should have come a chain counts as broken."""
APART_MS = 20
"""How far apart the links of all tenants' chains of a job are, so that looking is never most of the work."""
SWEEPS: dict[str, Any] = {}
"""By job, the actor that is one link of a tenant's chain; ``workers.schedules`` fills it in."""

# KEYS: the job's chains. ARGV: the tenant, what a link waits for the next, how far apart those of all tenants are, how
# long a chain lives beyond that, whether it is to begin. Answers the wait in milliseconds, -1 for a chain there is.
_LINK = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if ARGV[5] == 'begin' and redis.call('ZSCORE', KEYS[1], ARGV[1]) then return -1 end
local wait = math.max(tonumber(ARGV[2]), (redis.call('ZCARD', KEYS[1]) + 1) * ARGV[3])
redis.call('ZADD', KEYS[1], now + wait + ARGV[4], ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.ceil(wait + ARGV[4]))
return math.ceil(wait)
"""


def start(job: str, tenant_id: int) -> None:
    """Have the tenant's rows looked at now, unless a chain does already; the schedule does anyway before long."""
    try:
        if begin(job, tenant_id):
            SWEEPS[job].send(tenant_id, chained=True)
    except (BrokerError, redis.RedisError) as error:
        log.warning("not_published", job=job, tenant=tenant_id, error=str(error))


def begin(job: str, tenant_id: int) -> bool:
    """Whether the caller may start a chain; when Redis cannot say, it may."""
    try:
        return _link(job, tenant_id, 0, "begin") >= 0
    except redis.RedisError:
        return True


def keep(job: str, tenant_id: int, pause_ms: float) -> int:
    """Another link follows: in how many milliseconds, at least ``pause_ms`` and more when there are many chains."""
    return _link(job, tenant_id, pause_ms, "keep")


def end(job: str, tenant_id: int) -> None:
    """The chain is over."""
    broker.client.zrem(_key(job), tenant_id)


def _link(job: str, tenant_id: int, pause_ms: float, what: str) -> int:
    waits = [scaled(pause_ms), scaled(APART_MS), scaled(LIVES_MS)]
    return int(_script()(keys=[_key(job)], args=[tenant_id, *waits, what]))


@cache
def _script() -> Any:
    return broker.client.register_script(_LINK)


def _key(job: str) -> str:
    return f"{NAMESPACE}:sweeping:{job}"
