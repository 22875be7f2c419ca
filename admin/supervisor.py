"""Keeps a set of processes running: starts them, restarts what dies, ends them all in order."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from app.embedded.child import die_with_parent

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 10.0
HEALTHY_AFTER_S = 30.0
GRACE_S = 30.0
_TICK_S = 0.1
_NICE = 5
"""How nice a process that yields is: under the pressure of others it gets a third of what one of them does."""


@dataclass(frozen=True)
class ProcessSpec:
    """One process to keep running; ``env`` is its whole environment, so secrets need not be in ``argv``.

    One with ``yields`` leaves the processor to its neighbours when there is not enough of it for all.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    yields: bool = False


@dataclass
class _Kept:
    spec: ProcessSpec
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    wait_s: float = FIRST_WAIT_S
    restarts: int = field(default=-1)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts ``processes``, each in a group of its own, with a log file each in ``log_dir`` (None: our own output).

    ``pid_file`` remembers the groups, so that the next run can end what a killed one left behind; None forgets them.
    ``say`` is told, one sentence at a time, what died and what was started again.
    """

    def __init__(
        self,
        processes: Sequence[ProcessSpec],
        log_dir: Path | None,
        *,
        pid_file: Path | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._kept = [_Kept(spec) for spec in processes]
        self._log_dir = log_dir
        self._pid_file = pid_file
        self._say = say
        self._stopping = False

    @property
    def pids(self) -> dict[str, int]:
        """Process id by name, of those that run now."""
        return {kept.spec.name: kept.process.pid for kept in self._kept if kept.process and kept.alive}

    @property
    def restarts(self) -> dict[str, int]:
        """How often each was started again."""
        return {kept.spec.name: max(kept.restarts, 0) for kept in self._kept}

    def start(self) -> None:
        """Clear what an earlier run left, then start every process."""
        if self._log_dir:
            self._log_dir.mkdir(parents=True, exist_ok=True)
        if self._pid_file:
            self._pid_file.parent.mkdir(parents=True, exist_ok=True)
            clear_orphans(self._pid_file)
        for kept in self._kept:
            self._launch(kept)

    def tend(self) -> None:
        """One look at every process: what died is started again once its wait is over; returns at once."""
        now = time.monotonic()
        for kept in self._kept:
            if kept.alive:
                if now - kept.started >= HEALTHY_AFTER_S:
                    kept.wait_s = FIRST_WAIT_S
            elif kept.process is not None:
                self._mourn(kept, now)
            elif now >= kept.due:
                self._launch(kept)

    def run(self, each_tick: Callable[[], None] = lambda: None) -> None:
        """Tend until SIGTERM or SIGINT, then stop everything; call it from the main thread.

        ``each_tick`` runs about ten times a second, for whatever else must be looked after.
        """
        before = {number: signal.signal(number, self._asked) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self._stopping:
                self.tend()
                each_tick()
                time.sleep(_TICK_S)
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def run_from_start(self) -> None:
        """``start`` and ``run`` in one."""
        self.start()
        self.run()

    def stop(self, grace_s: float = GRACE_S) -> None:
        """SIGTERM to every group at once, ``grace_s`` seconds for all of them, then SIGKILL."""
        living = [kept.process for kept in self._kept if kept.process is not None]
        for process in living:
            _signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace_s
        for process in living:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"process {process.pid} did not end within {grace_s:g} s and was killed")
            _signal_group(process.pid, signal.SIGKILL)  # also what the process itself left in its group
            process.wait()
        for kept in self._kept:
            kept.process = None
        if self._pid_file:
            self._pid_file.unlink(missing_ok=True)

    def ask_to_stop(self) -> None:
        """Let ``run`` end as if a signal had come; callable from any thread."""
        self._stopping = True

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _launch(self, kept: _Kept) -> None:
        with self._output(kept.spec.name) as log:
            kept.process = subprocess.Popen(
                kept.spec.argv,
                env=dict(kept.spec.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_before(kept.spec),
            )
        kept.started = time.monotonic()
        kept.restarts += 1
        if kept.restarts:
            self._say(f"{kept.spec.name} was started again as process {kept.process.pid}")
        self._remember()

    @contextmanager
    def _output(self, name: str) -> Iterator[IO[bytes] | None]:
        if self._log_dir is None:
            yield None
        else:
            with (self._log_dir / f"{name}.log").open("ab") as log:
                yield log

    def _mourn(self, kept: _Kept, now: float) -> None:
        if kept.process is None:
            return
        _signal_group(kept.process.pid, signal.SIGKILL)  # its children must not work beside its successor
        if now - kept.started >= HEALTHY_AFTER_S:
            kept.wait_s = FIRST_WAIT_S
        self._say(f"{kept.spec.name} ended with status {kept.process.returncode}; again in {kept.wait_s:g} s")
        kept.process, kept.due = None, now + kept.wait_s
        kept.wait_s = min(kept.wait_s * 2, LONGEST_WAIT_S)

    def _remember(self) -> None:
        if self._pid_file is None:
            return
        groups = [
            {"pid": kept.process.pid, "born": _born(kept.process.pid)}
            for kept in self._kept
            if kept.process is not None
        ]
        fresh = self._pid_file.with_name(f"{self._pid_file.name}.new")
        fresh.write_text(json.dumps(groups), encoding="utf-8")
        fresh.replace(self._pid_file)


def _before(spec: ProcessSpec) -> Callable[[], None]:
    """What a new child does before it becomes the program."""
    bind = die_with_parent(signal.SIGTERM)

    def prepare() -> None:
        bind()
        if spec.yields:
            os.nice(_NICE)
            with suppress(OSError):  # where Linux weighs whole sessions
                Path("/proc/self/autogroup").write_text(str(_NICE), encoding="ascii")

    return prepare


def clear_orphans(pid_file: Path) -> list[int]:
    """Kill the process groups that an earlier supervisor wrote into ``pid_file``; the ids of those ended.

    A process id may belong to a stranger by now: a group is only touched when its leader was born at the very
    tick that was written down.
    """
    try:
        written = json.loads(pid_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    ended = []
    for group in written:
        if group["born"] and _born(group["pid"]) == group["born"]:
            _signal_group(group["pid"], signal.SIGKILL)
            ended.append(int(group["pid"]))
    pid_file.unlink(missing_ok=True)
    return ended


def _born(pid: int) -> str:
    """Start time of a process in clock ticks since boot with the boot's id; "" when it is gone or unknown."""
    if sys.platform != "linux":
        return ""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
    return f"{boot} {text.rpartition(')')[2].split()[19]}"


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return  # the whole group is gone already, as wanted
