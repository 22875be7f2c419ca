"""Faults of Redis: it restarts, forgets, stalls, stays away, is full."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from app.store.engine import Process
from app.tenancy import every_tenant_scope
from faults.fault import Fault
from faults.ground import Ground

IMPORT_LIMIT_S = 2.0
STALLS_S = (3.0, 6.0, 9.0)


def _kill(ground: Ground) -> None:
    os.kill(ground.servers.pids["valkey"], signal.SIGKILL)
    time.sleep(0.2)


def _folder(ground: Ground) -> Path:
    home = ground.settings.autoriza_home
    data = (home / "outside").resolve() if (home / "outside").is_symlink() else home
    return data / "valkey" / "appendonlydir"


def _restart_always(ground: Ground) -> None:
    ground.redis.config_set("appendfsync", "always")
    ground.wait(1)
    _kill(ground)
    ground.strike()
    ground.wait(ground.scale.outage_s / 3)
    ground.servers.revive()


def _restart_empty(ground: Ground) -> None:
    _kill(ground)
    shutil.rmtree(_folder(ground))
    ground.strike()
    ground.wait(ground.scale.outage_s / 3)
    ground.servers.revive()


def _flush(ground: Ground) -> None:
    ground.strike()
    ground.redis.flushall()


def _failover(ground: Ground) -> None:
    """Back comes what was on disk a moment ago: the last second is gone, and some of what was done is not."""
    kept = _folder(ground).with_name("kept")
    shutil.copytree(_folder(ground), kept)
    shutil.copystat(_folder(ground), kept)
    owner = _folder(ground).stat()
    ground.wait(1.5)
    _kill(ground)
    shutil.rmtree(_folder(ground))
    kept.rename(_folder(ground))
    for path in (_folder(ground), *_folder(ground).iterdir()):
        os.chown(path, owner.st_uid, owner.st_gid)
    ground.strike()
    ground.servers.revive()


def _stall(ground: Ground) -> None:
    """The client's limit of 5 s is no setting, so the stall is as long as it would be in service."""
    seconds = ground.rng.choice(STALLS_S)
    pid = ground.servers.pids["valkey"]
    os.kill(pid, signal.SIGSTOP)
    ground.strike()
    try:
        ground.seen["import_s"] = _timed(lambda: ground.import_more(3)) / 3
        ground.wait(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)


def _away(ground: Ground) -> None:
    scheduler = ground.engine.supervisor.pids["scheduler"]
    _kill(ground)
    ground.strike()
    ground.seen["import_s"] = _timed(lambda: ground.import_more(9)) / 9
    ground.wait(4 * ground.scale.outage_s)
    ground.seen["scheduler_stayed"] = ground.engine.supervisor.pids.get("scheduler") == scheduler
    with every_tenant_scope():
        ground.seen["beats"] = Process.select().where(Process.kind == "scheduler").count()
    ground.servers.revive()


def _full(ground: Ground) -> None:
    ground.redis.config_set("maxmemory", "1mb")
    ground.strike()
    ground.wait(ground.scale.outage_s)
    ground.redis.config_set("maxmemory", "0")


def _timed(action: Callable[[], None]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def _import_answers(ground: Ground) -> list[str]:
    took = ground.seen["import_s"]
    return [f"an import took {took:.1f} s meanwhile"] if took > IMPORT_LIMIT_S else []


def _import_and_scheduler(ground: Ground) -> list[str]:
    stayed = ground.seen["scheduler_stayed"]
    return _import_answers(ground) + ([] if stayed else ["the scheduler did not outlive it"])


FAULTS = (
    Fault(
        "F10", "Redis is killed and restarted, every write on disk", "nothing is stranded", _restart_always
    ),
    Fault("F11", "Redis is killed and comes back empty", "nothing is lost", _restart_empty),
    Fault("F12", "Redis is flushed in mid-flight", "nothing is lost", _flush),
    Fault(
        "F13",
        "Redis stands still for 3, 6 or 9 s",
        "an import is answered within 2 s, nothing is done twice",
        _stall,
        _import_answers,
    ),
    Fault(
        "F14",
        "Redis is away for four times as long as other outages",
        "imports are answered within 2 s, the scheduler outlives it",
        _away,
        _import_and_scheduler,
    ),
    Fault("F15", "Redis is full and takes no message", "work goes on afterwards", _full),
    Fault("F16", "Redis fails over to a copy one and a half seconds old", "nothing is lost", _failover),
)
