"""The processes that look at what is alarming are gone themselves: whoever is left tells."""

import json

import pytest
from engine_processes import EngineProcesses
from pydantic import SecretStr
from receiver import Receiver, receiving

from app.config import Settings
from app.store.base import database
from app.store.people import Alert
from app.tenancy import every_tenant_scope


@pytest.fixture
def hook():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def hastened(settings: Settings, services, hook: Receiver) -> Settings:
    """What lasts minutes lasts seconds here, and one operator is told by a webhook."""
    return settings.model_copy(
        update={
            "time_scale": 0.04,
            "alert_silent_minutes": 0.2,
            "alert_channels": (SecretStr(f"webhook+http://127.0.0.1:{hook.port}/?secret=s3creto-largo"),),
            "worker_processes": 1,
            "worker_threads": 2,
            "evaluate_alerts_cron": "*/5 * * * * *",
        }
    )


def told(hook: Receiver, event: str) -> set[tuple[str, str]]:
    said = [json.loads(one.body) for one in hook.received]
    return {(one["kind"], one["subject"]) for one in said if one["event"] == event}


def standing() -> set[tuple[str, str]]:
    with every_tenant_scope():
        found = {(one.kind, one.subject) for one in Alert.select().where(Alert.resolved_at.is_null())}
    database.close()
    return found


def test_without_a_worker_the_scheduler_tells_and_with_one_it_is_over(hastened, hook):
    unserved = ("worker_silent", "sri")
    with EngineProcesses(hastened, names=("scheduler",)) as alone:
        alone.until(lambda: unserved in told(hook, "raised"), 90, "a notice that nobody serves a queue")
        assert ("scheduler_silent", "scheduler") not in standing()
    with EngineProcesses(hastened) as whole:
        whole.until(lambda: unserved in told(hook, "resolved"), 120, "a notice that the queue is served")
    assert unserved not in standing()


def test_without_a_scheduler_the_worker_tells(hastened, hook):
    silent = ("scheduler_silent", "scheduler")
    with EngineProcesses(hastened, names=("worker",)) as alone:
        alone.until(lambda: silent in told(hook, "raised"), 120, "a notice that there is no scheduler")
        assert silent in standing()
        assert ("worker_silent", "sri") not in standing()
