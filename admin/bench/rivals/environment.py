"""A rival's own environment: made in a temporary folder from the package index, and gone with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from admin.bench import processes

_PROGRAMS = Path(__file__).with_name("programs")
_INSTALL_S, _START_S, _MAKE_S = 240, 60, 240


class NotHere(Exception):
    """This machine cannot run that rival; the text says why."""


class Running:
    """One rival at work."""

    def __init__(self, child: "subprocess.Popen[str]", log: Path) -> None:
        self._child, self._log = child, log

    def cpu_ms(self, lines: int, times: int) -> float:
        """Processor milliseconds, of all its processes, for each of ``times`` PDFs of ``lines`` lines."""
        before = self._spent()
        self.make(lines, times)
        return (self._spent() - before) * 1000 / times

    def make(self, lines: int, times: int) -> int:
        """That many PDFs; the size of the last in bytes."""
        if self._child.stdin is None or self._child.stdout is None:
            raise NotHere("its pipes are closed")
        self._child.stdin.write(f"{lines} {times}\n")
        self._child.stdin.flush()
        said = self._child.stdout.readline()
        if not said:
            raise NotHere(f"it ended while it was at work: {_last(self._log.read_text(encoding='utf-8'))}")
        return int(said)

    def _spent(self) -> float:
        return processes.cpu_seconds(processes.family(self._child.pid))


def program(name: str) -> Path:
    """Where a program that runs in a rival's environment lies."""
    return _PROGRAMS / name


@contextmanager
def running(packages: tuple[str, ...], name: str, facts: Path, folder: Path) -> Iterator[Running]:
    """The program ``name`` with ``packages`` installed for it alone below ``folder``. Raises ``NotHere``."""
    python = folder / "env" / "bin" / "python"
    _do((sys.executable, "-m", "venv", str(folder / "env")), _START_S)
    install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:")
    _do((str(python), *install, *packages), _INSTALL_S)
    log = (folder / "log").open("w+", encoding="utf-8")
    command = (str(python), str(program("loop.py")), str(program(name)), str(facts))
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        if child.stdout is None or child.stdout.readline().strip() != "ready":
            raise NotHere(_last((folder / "log").read_text(encoding="utf-8")))
        yield Running(child, folder / "log")
    finally:
        members = processes.family(child.pid)
        child.kill()
        child.wait()
        _end(members)
        log.close()


def _do(command: tuple[str, ...], limit_s: float) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=limit_s)
    except subprocess.CalledProcessError as error:
        raise NotHere(_last(error.stderr)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotHere(str(error)[:200]) from error


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip() and "WARNING" not in line]
    return lines[-1][:600] if lines else "it said nothing"


def _end(pids: list[int]) -> None:
    """What the rival itself had started, a browser say."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
