"""The place where the logs go is full, as a disk is: whoever writes a line is told that there is no room."""

import os
import signal
from pathlib import Path

from faults.fault import Fault
from faults.ground import Ground

FULL = Path("/dev/full")


def _no_room_for_logs(ground: Ground) -> None:
    """The engine is started anew with every line of its logs refused, and works on so."""
    for name in ("worker", "scheduler"):
        log = ground.engine.home / "logs" / f"{name}.log"
        log.rename(log.with_suffix(".before"))
        log.symlink_to(FULL)
    ground.engine.kill_whole_pool()
    os.kill(ground.engine.supervisor.pids["scheduler"], signal.SIGKILL)
    ground.strike()
    ground.import_more(30)
    ground.until(lambda: ground.share() == 1, ground.scale.patience_s, "everything done without a log")
    ground.import_more(30)


FAULTS = (
    Fault(
        "F53",
        "there is no room for a single line of the logs",
        "work goes on",
        _no_room_for_logs,
    ),
)
