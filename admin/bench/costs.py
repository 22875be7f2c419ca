"""What a stretch of work costs each kind of process, and the write-ahead log."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin.bench import processes
from admin.bench.engine import Engine
from admin.bench.ground import Ground
from admin.bench.processes import Resident


@dataclass(frozen=True)
class Costs:
    """Of one stretch."""

    cpu_s: Mapping[
        str, float
    ]  # by kind: sri, ride, scheduler, postgres, valkey, …; none where /proc is missing
    wal_bytes: int
    seconds: float
    busy_s: float  # of the cores we are held to, whoever used them
    bench_s: float  # of that, this process by itself

    def cpu_ms_per(self, documents: int) -> dict[str, float]:
        """Processor milliseconds for each of ``documents``, by kind."""
        return {kind: spent * 1000 / documents for kind, spent in self.cpu_s.items()}

    @property
    def cores_used(self) -> float:
        """Cores that the service, its servers and the simulator kept busy."""
        return sum(self.cpu_s.values()) / self.seconds

    @property
    def cores_used_by_others(self) -> float:
        """Cores that were kept busy by whatever has nothing to do with this run."""
        return max(0.0, (self.busy_s - self.bench_s) / self.seconds - self.cores_used)


class Meter:
    """Reads what was spent since it was made or last reset."""

    def __init__(self, ground: Ground, engine: Engine, simulator: int) -> None:
        self._ground, self._engine = ground, engine
        self._others = {**ground.servers.pids, "simulator": simulator}
        self.reset()

    def reset(self) -> None:
        """From now on."""
        self._cpu, self._busy = self._spent(), processes.busy_seconds()
        self._bench, self._begun = time.process_time(), time.monotonic()
        self._wal = self._ground.observer.wal_position()

    def read(self) -> Costs:
        """What was spent; goes on counting."""
        spent = {name: now - self._cpu.get(name, 0.0) for name, now in self._spent().items()}
        busy = processes.busy_seconds() - self._busy
        told = spent if any(spent.values()) else {}
        return Costs(
            told,
            self._ground.observer.wal_position() - self._wal,
            time.monotonic() - self._begun,
            busy,
            time.process_time() - self._bench,
        )

    def memory(self) -> Mapping[str, Sequence[Resident]]:
        """What each process of the service holds now, by kind."""
        found = {}
        for name, pids in self._engine.families().items():
            found[name] = [held for held in map(processes.memory, pids) if held is not None]
        return found

    def _spent(self) -> dict[str, float]:
        families = {name: processes.family(pid) for name, pid in self._others.items()}
        return {
            name: processes.cpu_seconds(pids)
            for name, pids in {**families, **self._engine.families()}.items()
        }
