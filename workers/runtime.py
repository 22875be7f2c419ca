"""The services of this process, opened at first use: after the fork, never before it."""

from app.config import Settings, load_settings
from app.services import Services, open_services

_settings: Settings | None = None
_services: Services | None = None


def use(given: Services) -> None:
    """Work with services that this process (the console, a command, a test) has opened already."""
    global _settings, _services
    _settings, _services = given.settings, given


def settings() -> Settings:
    """Settings of this process. Raises ``Misconfigured``."""
    global _settings
    if _settings is None:
        _settings = load_settings()
    return _settings


def services() -> Services:
    """Services of this process. Raises ``Misconfigured``."""
    global _services
    if _services is None:
        _services = open_services(settings())
    return _services
