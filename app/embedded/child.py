"""One server process: started as its account, bound to our life, ended in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.embedded.places import Account

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
ENVIRONMENT: Mapping[str, str] = {"LC_ALL": "C", "TZ": "UTC"}


def die_with_parent(farewell: signal.Signals) -> Callable[[], None]:
    """To be run in a new child: the kernel sends it ``farewell`` when the thread that started it is gone.

    Linux only; elsewhere a killed parent leaves orphans, which the next start clears.
    """

    def bind() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(farewell))

    return bind


def as_account(account: Account) -> dict[str, object]:
    """The arguments of ``subprocess`` that change to ``account``; none when it is ours already."""
    if not account.borrowed:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


class Child:
    """A server that can be started, seen alive, and ended with its own polite signal."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        folder: Path,
        log: Path,
        account: Account,
        farewell: signal.Signals,
    ) -> None:
        self.name = name
        self.log = log
        self.farewell = farewell
        self._argv = list(argv)
        self._folder = folder
        self._account = account
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id, 0 before the first start."""
        return self._process.pid if self._process else 0

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, in a session of its own so that a Ctrl-C at the terminal is not sent to it too."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # type: ignore[call-overload]
                self._argv,
                cwd=self._folder,
                env=dict(ENVIRONMENT),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(self.farewell),
                **as_account(self._account),
            )

    def stop(self, patience_s: float = 15) -> None:
        """Ask it to end, then kill it after ``patience_s`` seconds; nothing when it is not running."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(self.farewell)
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_words(self, lines: int = 5) -> str:
        """The end of its log, for the sentence that says why it did not start."""
        if not self.log.exists():
            return ""
        return " | ".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def clear_orphans(folder: Path, program: str, patience_s: float = 10) -> bool:
    """Kill what an earlier run left working in ``folder``: processes named ``program`` whose current folder it is.

    Both servers change into their data folder, their own children too, so no process id has to be trusted.
    Killing is safe, both recover from their logs. False where the system has no ``/proc`` to look at.
    """
    if not Path("/proc/self/cwd").exists():
        return False
    deadline = time.monotonic() + patience_s
    while orphans := _working_in(folder, program):
        for pid in orphans:
            _kill(pid)
        if time.monotonic() > deadline:
            raise TimeoutError(f"{program} {orphans} in {folder} cannot be ended")
        time.sleep(0.02)
    return True


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it ended by itself meanwhile, as wanted


def _working_in(folder: Path, program: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name = (entry / "comm").read_text(encoding="utf-8", errors="replace").strip()
            if name == program[:15] and (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
        except OSError:
            continue  # gone meanwhile, or somebody else's process
    return found
