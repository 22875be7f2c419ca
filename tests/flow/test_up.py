"""``autoriza up`` and ``demo`` as somebody runs them: everything starts, what dies comes back, all of it ends."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cast import PASSWORD, p12_of
from documents_cast import invoice

from admin.topology import program
from app import embedded
from app.embedded.places import OUTSIDE

RUC = "1790999999001"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    outside = tmp_path / "home" / "outside"
    if outside.is_symlink() and outside.resolve().is_relative_to(OUTSIDE):
        subprocess.run(["rm", "-rf", str(outside.resolve())], check=True)


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home.parent), "AUTORIZA_HOME": str(home), **more}


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [program("autoriza"), *arguments]
    return subprocess.run(
        command, env=environment(home, **more), cwd=home.parent, capture_output=True, text=True, timeout=120
    )


def soon(reached: Callable[[], object], patience_s: float, what: str) -> None:
    deadline = time.monotonic() + patience_s
    while not reached():
        assert time.monotonic() < deadline, f"{what} not within {patience_s:g} s"
        time.sleep(0.1)


def healthy(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def group(home: Path, name: str) -> list[int]:
    """Processes whose environment names this home and whose command line names ``name``."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and name.encode() in (entry / "cmdline").read_bytes():
                mine = (
                    str(home).encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                )
                found += [int(entry.name)] if mine else []
        except OSError:
            continue
    return found


@pytest.mark.timeout(240)
def test_up_serves_restarts_what_dies_and_leaves_nothing_behind(home: Path, tmp_path: Path):
    up = subprocess.Popen(
        [program("autoriza"), "up"], env=environment(home), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        assert up.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", up.stdout.readline())
        assert found
        port = found[1]
        soon(lambda: healthy(port), 30, "the console")
        refused = run(home, "up")
        assert refused.returncode == 1 and "in use" in refused.stderr

        take_on(home, tmp_path)
        import_one(home, tmp_path, "primera")
        assert run(home, "document", "wait", "--timeout", "60").returncode == 0

        addresses = embedded.running(home)
        for name in ("scheduler", "simulator"):
            (pid,) = group(home, f"autoriza\0{name}") or group(home, f"admin.cli\0{name}")
            os.kill(pid, signal.SIGKILL)
        kill_servers(home)
        soon(
            lambda: embedded.running(home) == addresses and healthy(port),
            30,
            "servers and console after a kill",
        )
        soon(lambda: group(home, "scheduler"), 20, "the scheduler after a kill")
        soon(lambda: run(home, "doctor").returncode == 0, 60, "a healthy installation")
        import_one(home, tmp_path, "segunda")
        waited = run(home, "document", "wait", "--timeout", "100")
        assert waited.returncode == 0 and "2 authorized" in waited.stdout
        assert json.loads(run(home, "check", "--json").stdout) == []
    finally:
        up.send_signal(signal.SIGTERM)
        assert up.wait(45) == 0
        up.stdout.close()
    assert group(home, "") == []


def take_on(home: Path, folder: Path) -> None:
    (folder / "firma.p12").write_bytes(p12_of(RUC, "DE PRUEBA"))
    name = ["--razon-social", "DE PRUEBA S.A.", "--ambiente", "pruebas"]
    assert run(home, "tenant", "create", "--ruc", RUC, *name).returncode == 0
    add = ["--ruc", RUC, "--p12", str(folder / "firma.p12"), "--password-env", "CLAVE"]
    assert run(home, "certificate", "add", *add, CLAVE=PASSWORD).returncode == 0


def import_one(home: Path, folder: Path, reference: str) -> None:
    file = folder / f"{reference}.json"
    file.write_text(json.dumps(invoice(referencia=reference)))
    done = run(home, "document", "import", "--ruc", RUC, str(file))
    assert done.returncode == 0, done.stderr


def kill_servers(home: Path) -> None:
    data = (home / "outside").resolve() if (home / "outside").is_symlink() else home
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() in (data / "postgres", data / "valkey"):
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue


@pytest.mark.timeout(240)
def test_two_demonstrations_run_side_by_side(tmp_path: Path):
    homes = [tmp_path / name / "home" for name in ("one", "two")]
    running = []
    for home in homes:
        home.parent.mkdir()
        running.append(
            subprocess.Popen(
                [program("autoriza"), "demo", "--exit"],
                env=environment(home),
                cwd=home.parent,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
    said = [process.communicate(timeout=200)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], "\n".join(said)
    assert [text.count(" authorized ") for text in said] == [21, 21]
    ports = {re.search(r"console +http://127\.0\.0\.1:(\d+)", text)[1] for text in said}
    assert len(ports) == 2
    for home in homes:
        subprocess.run(["rm", "-rf", str((home / "outside").resolve())], check=True)
