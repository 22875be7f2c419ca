"""The services of this process, opened at first use: after the fork, never before it."""

from functools import lru_cache

from app.config import Settings, load_settings
from app.services import Services, open_services


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Settings of this process. Raises ``Misconfigured``."""
    return load_settings()


@lru_cache(maxsize=1)
def services() -> Services:
    """Services of this process. Raises ``Misconfigured``."""
    return open_services(settings())
