"""Real worker and scheduler processes on this module's installation."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine_processes import EngineProcesses
from redis import ConnectionPool

from app.config import Settings
from app.services import Services
from workers import runtime

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "console"))  # a browser for the sweep


@pytest.fixture(scope="module")
def wake(services: Services) -> Callable[[int, int], None]:
    """Sends the message that the command line sends for a new document."""
    runtime.use(services)
    from workers import by_hand
    from workers.broker import broker

    broker.client.connection_pool = ConnectionPool.from_url(services.settings.redis_url)
    return by_hand.wake


@pytest.fixture(scope="module")
def engine(settings: Settings, services: Services) -> Iterator[EngineProcesses]:
    """The service's own processes, as the Procfile starts them."""
    with EngineProcesses(settings) as running:
        yield running
