"""The engine's own modules, in this process, on this module's database and Valkey."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from alert_cast import Looking, all_is_well, looking
from redis import ConnectionPool
from schedule_cast import Actor

from app.services import Services
from workers import runtime


@pytest.fixture(scope="module")
def engine(services) -> SimpleNamespace:
    """workers.* bound to this module's installation."""
    runtime.use(services)
    from workers import by_hand, gate, job, jobs, schedules, sweeps, ticks
    from workers.broker import broker

    broker.client.connection_pool = ConnectionPool.from_url(services.settings.redis_url)
    gate.environment_of.cache_clear()
    return SimpleNamespace(
        broker=broker,
        by_hand=by_hand,
        gate=gate,
        job=job,
        jobs=jobs,
        schedules=schedules,
        sweeps=sweeps,
        ticks=ticks,
    )


@pytest.fixture(autouse=True)
def _nothing_remembered(engine: SimpleNamespace) -> None:
    """No test sees the queues, buckets and standings another one left."""
    engine.broker.client.flushdb()
    engine.broker._depths.clear()
    engine.gate._standings.clear()


@pytest.fixture
def look(engine: SimpleNamespace, services: Services) -> Looking:
    """Looks at every alert rule, in an installation in which all is well to begin with."""
    all_is_well()
    return looking(services)


@pytest.fixture
def scheduler_of(engine: SimpleNamespace) -> Callable[[Actor], Any]:
    """A scheduler of one actor, which it has announced."""
    from workers.scheduler import Scheduler

    def make(actor: Actor) -> Scheduler:
        made = Scheduler((actor,))
        made._announce()
        return made

    return make
