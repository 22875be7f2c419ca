"""Places at which a trial may have a process killed; outside trials ``reached`` returns at once."""

import os
import signal
from pathlib import Path
from typing import Literal

Point = Literal[
    "before_signing_commit",
    "after_signing_commit",
    "before_call",  # its exchange is on record
    "after_answer",  # nothing of it is on record yet
    "before_ack",  # the step is committed
    "before_rename",  # a file is written under a name of its own
    "before_ride_row",  # the file is stored
    "before_export_row",  # a piece is stored
]
_armed: tuple[Point, Path] | None = None


def arm(point: Point, trigger: Path) -> None:
    """Let the first process that reaches ``point`` while the file ``trigger`` exists remove it and die.

    The file makes it happen once however many processes there are, and at a moment that the trial chooses.
    """
    global _armed
    _armed = point, trigger


def reached(point: Point) -> None:
    """Die here, as by SIGKILL, if a trial wants it."""
    if _armed is None or _armed[0] != point:
        return
    try:
        _armed[1].unlink()
    except FileNotFoundError:
        return  # not yet wanted, or somebody else's turn already
    os.kill(os.getpid(), signal.SIGKILL)
