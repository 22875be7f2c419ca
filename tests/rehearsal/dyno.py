"""One dyno: a line of the Procfile in a shell, on an empty disk, ended as a platform ends it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine_processes import alive, descendants

from rehearsal.accounts import Account
from rehearsal.slug import programs

GRACE_S = 30.0


@dataclass(frozen=True)
class Stop:
    """How a dyno ended: after how long, and which processes had to be killed."""

    seconds: float
    killed: tuple[str, ...]


@dataclass
class Dyno:
    """``command`` runs as the platform runs it; ``crashes`` counts the times it ended unasked."""

    name: str
    command: str
    slug: Path
    env: Mapping[str, str]
    disks: Path
    account: Account
    starts: int = 0
    crashes: int = 0
    due: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    logs: list[Path] = field(default_factory=list)

    def start(self) -> None:
        """On a disk that has nothing on it."""
        self.starts += 1
        disk = self.disks / f"{self.name}.{self.starts}"
        disk.mkdir()
        self.account.own(disk)
        self.logs.append(self.disks / f"{self.name}.{self.starts}.log")
        installed = programs(self.slug)
        path = f"{installed}/bin:{Path(sys.executable).parent}:/usr/bin:/bin"
        own = {
            "PATH": path,
            "PYTHONPATH": str(installed),
            "HOME": str(disk),
            "TMPDIR": str(disk),
            "DYNO": self.name,
        }
        with self.logs[-1].open("ab") as log:
            self.process = subprocess.Popen(
                [*self.account.prefix, "bash", "-c", f"exec {self.command}"],
                cwd=self.slug,
                env={**self.env, **own, "AUTORIZA_HOME": str(disk), "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.account.options(),
            )

    def tend(self) -> None:
        """A dyno that ended unasked is started again: at once the first time, then ever later."""
        if self.process is not None and self.process.poll() is not None:
            self._sweep_up()
            self.process, self.due = None, time.monotonic() + (0 if not self.crashes else 2.0**self.crashes)
            self.crashes += 1
        elif self.process is None and self.starts and time.monotonic() >= self.due:
            self.start()

    def finish(self, patience_s: float = 120) -> str:
        """Run to its end, as a release or a one-off does; what it printed. Fails when it fails."""
        self.start()
        assert self.process is not None
        status = self.process.wait(patience_s)
        said = self.logs[-1].read_text()
        self.process, self.starts = None, 0
        assert status == 0, f"{self.command} ended with {status}: {said[-2000:]}"
        return said

    def stop(self) -> Stop:
        """SIGTERM to every process at once; after thirty seconds SIGKILL to what is left."""
        assert self.process is not None
        began, everybody = time.monotonic(), self._everybody()
        for pid in everybody:
            _signal(pid, signal.SIGTERM)
        while time.monotonic() < began + GRACE_S and any(alive(pid) for pid in everybody):
            self.process.poll()
            time.sleep(0.05)
        left = [pid for pid in everybody if alive(pid)]
        killed = tuple(_command(pid) for pid in left)
        for pid in left:
            _signal(pid, signal.SIGKILL)
        self.process.wait(5)
        self.process, self.due = None, float("inf")
        return Stop(time.monotonic() - began, killed)

    def kill(self) -> None:
        """Every process at once, without a word, as when the machine fails."""
        for pid in self._everybody():
            _signal(pid, signal.SIGKILL)

    def last_words(self, lines: int = 12) -> str:
        """The end of the log of its last start."""
        return "\n".join(self.logs[-1].read_text(errors="replace").splitlines()[-lines:]) if self.logs else ""

    def _everybody(self) -> list[int]:
        assert self.process is not None
        return [self.process.pid, *descendants(self.process.pid)]

    def _sweep_up(self) -> None:
        """What a dyno leaves behind goes with it; its disk too, with everything on it."""
        marker = f"DYNO={self.name}".encode()
        disk = f"TMPDIR={self.disks}/{self.name}.{self.starts}".encode()
        for entry in Path("/proc").iterdir():
            try:
                variables = (entry / "environ").read_bytes().split(b"\0") if entry.name.isdigit() else []
            except OSError:
                continue
            if marker in variables and disk in variables:
                _signal(int(entry.name), signal.SIGKILL)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return str(pid)
