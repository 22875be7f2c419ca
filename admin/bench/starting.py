"""How soon an installation that was stopped takes documents again."""

import json
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

from admin.bench.ground import temporary_home, within
from admin.bench.options import Options
from admin.bench.samples import sample_json
from admin.installation import free_port
from admin.topology import program
from app.config import environment_of
from app.errors import AutorizaError

_RUC = "1799999998001"
_TURNS = 3
_PATIENCE_S = 60.0


def run_starting(options: Options) -> Sequence[float]:
    """Seconds from the command to the first document that is taken, several times."""
    options.watch.begin("autoriza up, on existing data", _TURNS)
    with temporary_home() as home:
        _first_start(home)
        spent = []
        for turn in range(_TURNS):
            with _caller(home, f"start-{turn}") as caller:
                begun = time.monotonic()
                with _up(home):
                    _await(caller, "accepted")
                    spent.append(time.monotonic() - begun)
            options.watch.at(turn + 1)
    return spent


def _first_start(home: Path) -> None:
    create = ("tenant", "create", "--ruc", _RUC, "--razon-social", "MEDICIÓN S.A.", "--ambiente", "pruebas")
    with _up(home):
        _until_done(home, *create, "--dir-matriz", "Quito")


@contextmanager
def _caller(home: Path, reference: str) -> Iterator["subprocess.Popen[str]"]:
    """A program that runs already, as one that hands in invoices all day does, and waits for the installation."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(sample_json(1, reference))
        file.flush()
        argv = (sys.executable, "-m", "admin.bench.first_document", str(home), _RUC, file.name)
        child = subprocess.Popen(argv, env=_environment(home), stdout=subprocess.PIPE, text=True)
        try:
            _await(child, "ready")
            yield child
        finally:
            child.kill()
            child.wait()


def _await(child: "subprocess.Popen[str]", word: str) -> None:
    says = child.stdout
    if says is None or not select.select([says], [], [], _PATIENCE_S)[0] or says.readline().strip() != word:
        raise AutorizaError("the installation did not start")


def _until_done(home: Path, *arguments: str) -> None:
    """A command is only tried once there is a server: one that fails costs as much as one that works."""
    deadline = time.monotonic() + _PATIENCE_S
    while not _answers(home) or _run(home, *arguments).returncode:
        _give_up_after(deadline)


def _answers(home: Path) -> bool:
    """Whether PostgreSQL does, where it last said it listens; asking for its lock might be in its way."""
    try:
        said = json.loads((home / "servers.json").read_text(encoding="utf-8"))
        psycopg2.connect(said["database_url"]).close()
    except (FileNotFoundError, psycopg2.OperationalError):
        return False
    return True


def _give_up_after(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise AutorizaError("the installation did not start")
    time.sleep(0.02)


@contextmanager
def _up(home: Path) -> Iterator[None]:
    nowhere = subprocess.DEVNULL
    child = subprocess.Popen(
        (program("autoriza"), "up"), env=_environment(home), stdout=nowhere, stderr=nowhere
    )
    try:
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(40)
        if child.poll() is None:
            child.kill()
            child.wait()


def _run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = (program("autoriza"), *arguments)
    return subprocess.run(command, env=_environment(home), capture_output=True, check=False)


def _environment(home: Path) -> dict[str, str]:
    return environment_of(within(home, "http://127.0.0.1:9", port=free_port(0)))
