"""How the installation's Redis is: reached, and never dropping a key. Looked at apart from every queue."""

from dataclasses import dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

SAFE_POLICY = "noeviction"


@dataclass(frozen=True)
class RedisHealth:
    """``trouble`` is a sentence for people, empty when all is well; ``policy`` is None where Redis does not tell."""

    reached: bool
    policy: str | None
    trouble: str


def look(url: str) -> RedisHealth:
    """Ask Redis itself, for at most two seconds or so; the policy comes from INFO, since CONFIG is often forbidden."""
    try:
        with open_client(url) as client:
            memory = client.info("memory")
    except redis.RedisError as error:
        return RedisHealth(False, None, f"Redis no responde: {type(error).__name__}")
    policy = memory.get("maxmemory_policy")
    used, limit = int(memory.get("used_memory", 0)), int(memory.get("maxmemory", 0))
    if policy not in (None, SAFE_POLICY):
        return RedisHealth(True, policy, f"Redis borra mensajes cuando se llena (maxmemory-policy {policy})")
    if limit and used > 0.9 * limit:
        return RedisHealth(True, policy, f"Redis está lleno al {100 * used // limit} %")
    return RedisHealth(True, policy, "")


def open_client(url: str) -> redis.Redis:
    """A client for a look: short limits, no repetition, and a self-signed certificate is no obstacle."""
    options: dict[str, object] = {"socket_timeout": 2, "retry": Retry(NoBackoff(), 0)}
    if not url.startswith("unix"):
        options["socket_connect_timeout"] = 1
    if url.startswith("rediss"):
        options["ssl_cert_reqs"] = None  # Heroku's Redis presents a certificate it signed itself
    client: redis.Redis = redis.Redis.from_url(url, **options)
    return client
