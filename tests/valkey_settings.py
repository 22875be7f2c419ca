"""The run's own Valkey, set otherwise for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from app import redis_health


@contextmanager
def eviction(url: str, policy: str) -> Iterator[None]:
    """Under this policy keys are dropped when memory is full; afterwards none are."""
    with redis_health.open_client(url) as client:
        client.config_set("maxmemory-policy", policy)
        try:
            yield
        finally:
            client.config_set("maxmemory-policy", redis_health.SAFE_POLICY)
