"""The Procfile's worker and scheduler as processes of a test, and what can be done to them."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from admin.supervisor import ProcessSpec, Supervisor
from admin.topology import program
from app.config import Settings, environment_of


class EngineProcesses:
    """``autoriza worker`` and ``autoriza scheduler``, kept running as ``autoriza up`` keeps them.

    ``inside`` are folders that Python looks into first in those processes.
    The supervisor is tended only while ``until`` waits, which is in the test's own thread.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        names: tuple[str, ...] = ("worker", "scheduler"),
        inside: tuple[Path, ...] = (),
    ) -> None:
        self.home = settings.autoriza_home.resolve()
        here = str(Path(__file__).resolve().parents[1])
        env = {
            **environment_of(settings),
            "PYTHONPATH": os.pathsep.join([*map(str, inside), here]),
        }  # this checkout, wherever the program was installed from
        specs = [ProcessSpec(name, (program("autoriza"), name), env) for name in names]
        self.supervisor = Supervisor(specs, self.home / "logs", pid_file=self.home / "up.json")

    def __enter__(self) -> "EngineProcesses":
        self.supervisor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.supervisor.stop()

    def until(self, reached: Callable[[], bool], patience_s: float, what: str) -> float:
        """Tend the processes until ``reached``; the seconds it took. Fails with the end of the logs."""
        start = time.monotonic()
        while not reached():
            waited = time.monotonic() - start
            assert waited < patience_s, f"{what} not reached within {patience_s:g} s\n{self.last_lines()}"
            self.supervisor.tend()
            time.sleep(0.1)
        return time.monotonic() - start

    def worker_children(self) -> list[int]:
        """Process ids of the Dramatiq worker processes (not of their masters)."""
        masters = [pid for pid in descendants(self.supervisor.pids["worker"]) if b"dramatiq" in _command(pid)]
        return [
            pid for pid in masters if _parent(pid) in masters and b"resource_tracker" not in _command(pid)
        ]

    def kill_worker_child(self, pick: Callable[[list[int]], int]) -> int:
        """SIGKILL to one worker process; its id."""
        pid = pick(self.worker_children())
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill_whole_pool(self) -> None:
        """SIGKILL to ``autoriza worker`` and everything beneath it at once."""
        self._signal_pool(signal.SIGKILL)

    def kill_whole_pool_while(self, busy: Callable[[], bool], patience_s: float, what: str) -> None:
        """``kill_whole_pool`` at a moment when ``busy`` is true and nothing but the kill can end it."""

        def killed() -> bool:
            self._signal_pool(signal.SIGSTOP)
            time.sleep(0.2)  # what was sent to the database before is done
            if busy():
                self.kill_whole_pool()
                return True
            self._signal_pool(signal.SIGCONT)
            return False

        self.until(killed, patience_s, what)

    def _signal_pool(self, number: signal.Signals) -> None:
        top = self.supervisor.pids["worker"]
        for pid in (top, *descendants(top)):
            with contextlib.suppress(ProcessLookupError):  # it went with its parent
                os.kill(pid, number)

    def last_lines(self, count: int = 15) -> str:
        """The end of each log."""
        logs = sorted(log for log in (self.home / "logs").glob("*.log") if log.is_file())
        return "\n".join(
            f"--- {log.name}\n" + "\n".join(log.read_text().splitlines()[-count:]) for log in logs
        )


def descendants(pid: int) -> list[int]:
    """Process ids of the whole tree beneath ``pid``."""
    children = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _parent(int(entry.name)) == pid
    ]
    return [one for child in children for one in (child, *descendants(child))]


def alive(pid: int) -> bool:
    """Whether the process still runs; one that ended and is not yet waited for does not."""
    try:
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()[0]
            != "Z"
        )
    except OSError:
        return False


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
