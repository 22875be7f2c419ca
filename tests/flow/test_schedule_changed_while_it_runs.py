"""Two real schedulers, one of them asleep: what a person sets holds for both, without a restart or a tick twice."""

import os
import signal
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from engine_processes import EngineProcesses
from shell import autoriza

from admin.supervisor import ProcessSpec, Supervisor
from admin.topology import program
from app.config import environment_of
from app.store.base import database
from app.store.engine import Tick

NAME = "reconcile_rides"
HERE = str(Path(__file__).resolve().parents[2])
WITHIN_S = 60


def ticks() -> list[Tick]:
    with database.connection_context():
        return list(Tick.select().where(Tick.schedule == NAME).order_by(Tick.due_at))


def latest() -> datetime | None:
    found = ticks()
    return found[-1].due_at if found else None


def test_a_schedule_is_hastened_and_given_back_while_two_schedulers_run(settings, services):
    env = {**environment_of(settings), "PYTHONPATH": HERE}
    another = Supervisor(
        [ProcessSpec("another", (program("autoriza"), "scheduler"), env)], settings.autoriza_home / "logs"
    )
    with EngineProcesses(settings, names=("scheduler",)) as engine:
        another.start()
        try:
            engine.until(lambda: Tick.select().exists(), WITHIN_S, "the schedulers")
            asleep = another.pids["another"]
            os.kill(asleep, signal.SIGSTOP)
            done = autoriza(settings, "schedule", "set", NAME, "*/5 * * * * *", "--reason", "auditoría")
            assert done.returncode == 0, done.stdout + done.stderr
            engine.until(lambda: len(ticks()) >= 2, WITHIN_S, "ticks by the new cron")
            os.kill(asleep, signal.SIGCONT)
            so_far = len(ticks())
            engine.until(lambda: len(ticks()) >= so_far + 3, WITHIN_S, "ticks with both at work")
            assert autoriza(settings, "schedule", "as-configured", NAME).returncode == 0
            given_back = latest()
            database.close()
            others = Tick.select().where(Tick.schedule == "sign_drafts")
            engine.until(
                lambda: others.where(Tick.due_at > given_back + timedelta(seconds=20)).exists(),
                WITHIN_S,
                "time",
            )
        finally:
            another.stop()
    found = [one.due_at for one in ticks()]
    assert all(at.second % 5 == 0 for at in found)
    gaps = {(later - earlier).total_seconds() for earlier, later in pairwise(found)}
    assert gaps == {5.0}, "each due time of the new cron, once, and none of the time before it"
    assert found[-1] <= given_back + timedelta(seconds=10), "given back, it waits for the night again"
    assert all(one.outcome != "missed" for one in ticks())
