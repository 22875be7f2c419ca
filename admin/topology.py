"""The processes of a running service: what the Procfile starts, and what ``autoriza worker`` starts beneath it."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from admin.supervisor import ProcessSpec
from app.config import Settings

SHUTDOWN_MS = 20_000
"""A worker's time to finish what it is doing; platforms kill 30 s after SIGTERM."""

PROCFILE: Mapping[str, str] = {
    "release": "autoriza migrate",
    "web": "gunicorn --config python:admin.gunicorn_conf 'admin:create_app()'",
    "worker": "autoriza worker",
    "scheduler": "autoriza scheduler",
}
"""The Procfile, line by line; the file itself is for the platform, and a test holds both together."""

QUEUES = ("sweep", "sri", "sign", "ride", "mail")


def program(name: str) -> str:
    """The path of a console script of this very environment, whatever PATH says."""
    return str(Path(sys.executable).with_name(name))


def pools(settings: Settings, queues: tuple[str, ...], env: Mapping[str, str]) -> list[ProcessSpec]:
    """The Dramatiq pools that serve ``queues``: RIDEs, all computing, and mail, all waiting, in processes of their own.

    Without a mail server and without a channel for alerts nothing comes into the queue mail, so there is no process
    for it unless it is all that was asked for.
    """
    sri = tuple(queue for queue in queues if queue not in ("ride", "mail"))
    specs = []
    if sri:
        # What begins a document yields to what ends one: else RIDEs pile up behind everything new.
        begins = _pool("sri", sri, settings.worker_processes, settings.worker_threads, env)
        specs.append(replace(begins, yields=True))
    if "ride" in queues:
        specs.append(_pool("ride", ("ride",), settings.ride_processes, settings.ride_threads, env))
    told = bool(settings.smtp_url.get_secret_value() or settings.alert_channels)
    if "mail" in queues and (told or queues == ("mail",)):
        specs.append(_pool("mail", ("mail",), settings.mail_processes, settings.mail_threads, env))
    return specs


def _pool(
    name: str, queues: tuple[str, ...], processes: int, threads: int, env: Mapping[str, str]
) -> ProcessSpec:
    argv = [sys.executable, "-m", "dramatiq", "workers.main", "--queues", *queues]
    argv += ["--processes", str(processes), "--threads", str(threads), "--skip-logging"]
    argv += ["--worker-shutdown-timeout", str(SHUTDOWN_MS)]
    # Prefetched messages wait behind the ones at work while another process may be idle (reliability P15).
    return ProcessSpec(name, tuple(argv), {**env, "dramatiq_queue_prefetch": str(threads)})
