"""The running worker and scheduler processes of a measurement: alive or not, and what they cost."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from admin.bench import processes
from admin.supervisor import Supervisor
from app.errors import AutorizaError

STALLED_S = 60.0
LOG_LINES = 8


class Engine:
    """What the Procfile's ``worker`` and ``scheduler`` have started."""

    def __init__(self, supervisor: Supervisor, logs: Path) -> None:
        self._supervisor = supervisor
        self._logs = logs

    def families(self) -> Mapping[str, list[int]]:
        """Process ids by what they do: ``sri`` and ``ride`` are the two pools, ``worker`` is what holds them."""
        top = self._supervisor.pids
        pools = {_pool(pid): processes.family(pid) for pid in processes.children(top["worker"])}
        return {"worker": [top["worker"]], "scheduler": processes.family(top["scheduler"]), **pools}

    def until(self, counted: Callable[[], int], total: int, tell: Callable[[int], None]) -> None:
        """Look on until ``counted`` is ``total``.

        Raises ``AutorizaError`` with the end of the log when a process ends or nothing moves for a minute.
        """
        last, since = -1, time.monotonic()
        while (count := counted()) < total:
            if count != last:
                last, since = count, time.monotonic()
            stalled = time.monotonic() - since > STALLED_S
            if stalled or set(self._supervisor.pids) != {"worker", "scheduler"}:
                why = "nothing moves" if stalled else "a process has ended"
                raise AutorizaError(
                    f"the measurement stopped at {count} of {total}: {why}\n{self._last_lines()}"
                )
            tell(count)
            time.sleep(0.1)
        tell(total)

    def _last_lines(self) -> str:
        said = (self._logs / "worker.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(said[-LOG_LINES:])


def _pool(pid: int) -> str:
    arguments = processes.command(pid)
    return "ride" if "ride" in arguments else "sri"
