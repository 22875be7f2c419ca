"""What processes cost: processor time and memory, read from /proc; nothing where there is none."""

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICK = 1 / os.sysconf("SC_CLK_TCK")
_OWN_SIZE = "print(next(line for line in open('/proc/self/status') if line.startswith('VmRSS')).split()[1])"


@dataclass(frozen=True)
class Resident:
    """Memory of one process in MB: all it sees, and its share of what it shares."""

    pid: int
    rss: float
    pss: float


def family(pid: int) -> list[int]:
    """``pid`` and all that descend from it."""
    parents = {int(entry.name): _parent(entry) for entry in _entries()}
    found = [pid]
    for member in found:  # grows while it is walked
        found += [child for child, parent in parents.items() if parent == member]
    return found


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started and that still run."""
    return [int(entry.name) for entry in _entries() if _parent(entry) == pid]


def command(pid: int) -> list[str]:
    """The arguments it was started with; none when it is gone."""
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time of these processes so far, with that of children they have outlived; 0 where none is told."""
    return sum(sum(_stat(_PROC / str(pid))[11:15]) for pid in pids) * _TICK


def busy_seconds() -> float:
    """Time that the cores this process is held to have been busy since the machine started, whoever used them."""
    try:
        lines = [line.split() for line in (_PROC / "stat").read_text(encoding="ascii").splitlines()]
    except OSError:
        return 0.0
    own = {f"cpu{core}" for core in os.sched_getaffinity(0)}
    idle = (4, 5)  # idle, and waiting for the disk
    spent = [
        int(n) for w in lines if w[0] in own for place, n in enumerate(w[:9]) if place and place not in idle
    ]
    return sum(spent) * _TICK


def memory(pid: int) -> Resident | None:
    """What it holds now; None when it is gone or not ours."""
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return None
    kilobytes = {name: int(rest.split()[0]) for name, rest in (line.split(":", 1) for line in lines)}
    return Resident(pid, kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024)


def bare_interpreter_mb() -> float:
    """Resident memory of a Python that has done nothing."""
    said = subprocess.run([sys.executable, "-c", _OWN_SIZE], capture_output=True, text=True, check=True)
    return int(said.stdout) / 1024


def _entries() -> list[Path]:
    return [entry for entry in _PROC.iterdir() if entry.name.isdigit()] if _PROC.is_dir() else []


def _parent(entry: Path) -> int:
    stat = _stat(entry)
    return stat[1] if stat else 0


def _stat(entry: Path) -> list[int]:
    """The numbers after the process's name; ``[0]`` stands for its state."""
    try:
        fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
    return [0, *map(int, fields[1:])]
