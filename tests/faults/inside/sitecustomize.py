"""Put on the path of a trial's processes: ends one thread of a worker from within, as no signal can."""

import ctypes
import os
import sys
import threading
import time
from pathlib import Path

TRIGGER = "end-a-thread"


def _end_one_thread_when_wanted() -> None:
    trigger = Path(os.environ["AUTORIZA_HOME"]) / TRIGGER
    while True:
        time.sleep(0.2)
        threads = [one for one in threading.enumerate() if type(one).__name__ == "WorkerThread"]
        if not threads or not trigger.exists():
            continue
        try:
            trigger.unlink()
        except FileNotFoundError:
            continue  # another process was first
        while threads[0].is_alive():  # what strikes in the middle of a message is caught there
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(threads[0].ident or 0), ctypes.py_object(SystemExit)
            )
            time.sleep(0.2)


def _watch() -> None:
    if "workers.main" not in sys.argv:
        return  # not Dramatiq's: a thread in a child that is about to become another program is in its way
    threading.Thread(target=_end_one_thread_when_wanted, daemon=True, name="trial").start()


os.register_at_fork(after_in_child=_watch)
