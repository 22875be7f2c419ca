"""The README's first command in a fresh clone, as others run it: another Python, another user, a closed folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from needs import lacking

ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PIP_", "SSL_", "REQUESTS_")  # how this machine reaches its package index
NORMAL_USER = pwd.getpwnam("games").pw_uid  # any account that is not ours and runs no server


@pytest.fixture
def clone() -> Iterator[Path]:
    """What a clone of the present state would hold, in a folder nobody knows."""
    folder = Path(tempfile.mkdtemp(prefix="clone-"))
    target = folder / "autoriza"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    yield target
    outside = target / ".autoriza" / "outside"
    if outside.is_symlink():
        shutil.rmtree(outside.resolve(), ignore_errors=True)
    shutil.rmtree(folder)


def demo(clone: Path, path: str, *, uid: int | None = None) -> subprocess.CompletedProcess[str]:
    """``make demo EXIT=1`` with a nearly empty environment."""
    home = clone.parent / "home"
    home.mkdir()
    if uid is not None:
        subprocess.run(["chown", "-R", f"{uid}:{uid}", str(clone.parent)], check=True)
    kept = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    as_user = {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
    return subprocess.run(
        ["make", "demo", "EXIT=1"],
        cwd=clone,
        env={**kept, "PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
        **as_user,
    )


@pytest.mark.timeout(450)
def test_a_normal_user_with_debians_python_sees_every_sample_end_as_planned(clone: Path):
    if not Path("/usr/bin/python3").exists():
        lacking("/usr/bin/python3 (Debian packages python3 and python3-venv)")
    clone.parent.chmod(0o755)
    done = demo(clone, "/usr/bin:/bin", uid=NORMAL_USER if os.geteuid() == 0 else None)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.count(" authorized ") == 21
    assert done.stdout.count(" returned ") == 2
    assert done.stdout.count(" rejected ") == 1
    assert "no violation" in done.stdout


@pytest.mark.timeout(450)
@pytest.mark.skipif(os.geteuid() != 0, reason="a folder closed to the servers' account needs root")
def test_root_below_a_closed_folder_sees_the_same(clone: Path):
    clone.parent.chmod(0o700)
    done = demo(clone, os.environ["PATH"])
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.count(" authorized ") == 21


def test_without_a_python_that_can_make_environments_it_says_what_to_install(clone: Path, tmp_path: Path):
    for program in ("env", "bash", "make"):
        (tmp_path / program).symlink_to(str(shutil.which(program)))
    done = demo(clone, str(tmp_path))
    assert done.returncode != 0
    assert "apt-get install python3 python3-venv" in done.stderr
