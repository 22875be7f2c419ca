"""Put on the path of a trial's processes: the clock of one of the worker's processes is ten minutes ahead."""

import datetime
import os
import sys
import time
from pathlib import Path
from typing import Any

AHEAD_S = 600.0
TAKEN = "clock-is-ahead"
_right, _real = time.time, datetime.datetime


class _Meta(type):
    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, _real)


class _Ahead(_real, metaclass=_Meta):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return _real.now(tz) + datetime.timedelta(seconds=AHEAD_S)


def _ahead() -> float:
    return _right() + AHEAD_S


def _wind() -> None:
    """Whoever makes the file first has the wrong clock, in all modules that know one already and in those to come."""
    if "workers.main" not in sys.argv or "sri" not in sys.argv:
        return
    try:
        (Path(os.environ["AUTORIZA_HOME"]) / TAKEN).touch(exist_ok=False)
    except FileExistsError:
        return
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()) if hasattr(module, "__dict__") else ():
            if value is _right:
                setattr(module, name, _ahead)
            elif value is _real and module is not sys.modules[__name__]:
                setattr(module, name, _Ahead)


os.register_at_fork(after_in_child=_wind)
