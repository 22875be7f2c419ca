"""How the installation's Redis is: reached, and never dropping a key. Looked at apart from every queue."""

from collections.abc import Mapping
from dataclasses import dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.errors import Text

SAFE_POLICY = "noeviction"


@dataclass(frozen=True)
class RedisHealth:
    """``trouble`` is a sentence for people, None when all is well; what Redis does not tell is None.

    Whether it writes to disk is told, and no trouble: what it forgets is published again.
    """

    reached: bool
    policy: str | None
    trouble: Text | None
    persistent: bool | None = None


def look(url: str) -> RedisHealth:
    """Ask Redis itself, for at most two seconds or so; the policy comes from INFO, since CONFIG is often forbidden."""
    try:
        with open_client(url) as client:
            memory = client.info("memory")
            disk = client.info("persistence")
    except redis.RedisError as error:
        name = type(error).__name__
        return RedisHealth(False, None, Text(f"Redis no responde: {name}", f"Redis does not answer: {name}"))
    policy, persistent = memory.get("maxmemory_policy"), _writes_to_disk(disk)
    used, limit = int(memory.get("used_memory", 0)), int(memory.get("maxmemory", 0))
    if policy not in (None, SAFE_POLICY):
        drops = Text(
            f"Redis borra mensajes cuando se llena (maxmemory-policy {policy})",
            f"Redis drops messages when it is full (maxmemory-policy {policy})",
        )
        return RedisHealth(True, policy, drops, persistent)
    if limit and used > 0.9 * limit:
        share = 100 * used // limit
        full = Text(f"Redis está lleno al {share} %", f"Redis is {share} % full")
        return RedisHealth(True, policy, full, persistent)
    return RedisHealth(True, policy, None, persistent)


def _writes_to_disk(told: Mapping[str, object]) -> bool | None:
    if "aof_enabled" not in told:
        return None
    return bool(told["aof_enabled"]) or bool(told.get("rdb_saves"))


def open_client(url: str) -> redis.Redis:
    """A client for a look: short limits, no repetition, and a self-signed certificate is no obstacle."""
    options: dict[str, object] = {"socket_timeout": 2, "retry": Retry(NoBackoff(), 0)}
    if not url.startswith("unix"):
        options["socket_connect_timeout"] = 1
    if url.startswith("rediss"):
        options["ssl_cert_reqs"] = None  # Heroku's Redis presents a certificate it signed itself
    client: redis.Redis = redis.Redis.from_url(url, **options)
    return client
