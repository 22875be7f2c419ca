"""Kill points: nothing happens in service; in a trial exactly one process dies, at the place and time wanted."""

import os
import signal
from pathlib import Path

import pytest

from app import kill_points, time_scale
from app.config import load_settings
from app.errors import Misconfigured

SIMULATED = {"sri_produccion_url": "http://127.0.0.1:9"}


@pytest.fixture(autouse=True)
def _disarmed_afterwards(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kill_points, "_armed", None)


def status_of_a_child(point: kill_points.Point) -> int:
    pid = os.fork()
    if not pid:
        kill_points.reached(point)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_nothing_happens_where_nobody_armed_it():
    assert status_of_a_child("before_call") == 0


def test_one_process_dies_at_the_point_once_the_trigger_is_there(tmp_path: Path):
    trigger = tmp_path / "kill"
    kill_points.arm("before_call", trigger)
    assert status_of_a_child("before_call") == 0
    trigger.touch()
    assert status_of_a_child("after_answer") == 0
    assert [status_of_a_child("before_call") for _ in range(3)] == [-signal.SIGKILL, 0, 0]


def test_a_point_nobody_knows_stops_the_boot():
    with pytest.raises(Misconfigured, match="AUTORIZA_KILL_POINT"):
        load_settings(_env_file=None, autoriza_kill_point="before_lunch", **SIMULATED)


@pytest.mark.parametrize("hastened", [{"time_scale": 0.1}, {"autoriza_testing": True}])
def test_a_trial_against_the_sri_itself_is_refused(hastened):
    with pytest.raises(Misconfigured, match="must be a simulator"):
        load_settings(_env_file=None, **hastened)
    assert load_settings(_env_file=None, **hastened, **SIMULATED)


def test_waits_last_what_the_scale_says():
    try:
        time_scale.use(0.1)
        assert time_scale.scaled(20) == pytest.approx(2)
    finally:
        time_scale.use(1)
    assert time_scale.scaled(20) == 20
