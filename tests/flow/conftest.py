"""Real worker and scheduler processes on this module's installation."""

from collections.abc import Iterator

import pytest
from engine_processes import EngineProcesses

from app.config import Settings
from app.services import Services


@pytest.fixture(scope="module")
def engine(settings: Settings, services: Services) -> Iterator[EngineProcesses]:
    """The service's own processes, as the Procfile starts them."""
    with EngineProcesses(settings) as running:
        yield running
