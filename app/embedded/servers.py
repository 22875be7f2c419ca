"""Both servers of one home: started together, held by one process, found again by the others."""

import fcntl
import json
import os
import secrets
import time
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Self

from app.embedded import postgres, valkey
from app.embedded.binaries import binaries_for
from app.embedded.child import Child
from app.embedded.places import Places, forget, prepare
from app.errors import Misconfigured


@dataclass(frozen=True)
class Addresses:
    """How to reach the servers of a home."""

    database_url: str
    superuser_url: str
    redis_url: str


@dataclass(frozen=True)
class Servers:
    """The running servers; they live until ``stop``, or until the thread that started them ends (Linux)."""

    addresses: Addresses
    _places: Places
    _passwords: postgres.Passwords
    _postgres: Child
    _valkey: Child
    _lock: TextIOWrapper

    @property
    def database_url(self) -> str:
        """As the ordinary role, owner of the database, neither SUPERUSER nor BYPASSRLS."""
        return self.addresses.database_url

    @property
    def superuser_url(self) -> str:
        """As the bootstrap superuser; for tests of what must be refused."""
        return self.addresses.superuser_url

    @property
    def redis_url(self) -> str:
        """The Valkey, database 0."""
        return self.addresses.redis_url

    @property
    def pids(self) -> dict[str, int]:
        """Process id of each server by its name."""
        return {child.name: child.pid for child in (self._postgres, self._valkey)}

    def revive(self) -> tuple[str, ...]:
        """Start again whichever died, at the same address; the names of those, mostly none."""
        dead = tuple(child for child in (self._postgres, self._valkey) if not child.alive)
        if self._postgres in dead:
            _run_postgres(self._postgres, self._places, self._passwords)
        if self._valkey in dead:
            _run_valkey(self._valkey, self._places)
        return tuple(child.name for child in dead)

    def stop(self) -> None:
        """End both in order and let go of the home; a second call does nothing."""
        if self._lock.closed:
            return
        self._postgres.stop()
        self._valkey.stop()
        forget(self._places)
        (self._places.home / "servers.json").unlink(missing_ok=True)
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(home: Path) -> Servers:
    """Start PostgreSQL and Valkey on the data in ``home``, made at the first call; under three seconds.

    Call it from the main thread: on Linux the servers end with the thread that started them.
    Raises ``Misconfigured`` when another process holds the home, or a server does not start.
    """
    places = prepare(home)
    lock = _take(places.home)
    try:
        return _start(places, lock)
    except BaseException:
        lock.close()
        raise


def _start(places: Places, lock: TextIOWrapper) -> Servers:
    binaries = binaries_for(places.account)
    passwords = _passwords(places.home)
    cluster = postgres.make_cluster(places, binaries, passwords)
    database = postgres.server(places, binaries, cluster)
    cache = valkey.server(places, binaries)
    try:
        _run_postgres(database, places, passwords)
        _run_valkey(cache, places)
    except BaseException:
        database.stop()
        cache.stop()
        raise
    addresses = Addresses(
        postgres.url(places, passwords), postgres.url(places, passwords, superuser=True), valkey.url(places)
    )
    _write_private(places.home / "servers.json", vars(addresses))
    return Servers(addresses, places, passwords, database, cache, lock)


def running(home: Path) -> Addresses | None:
    """Where the servers of ``home`` listen, when some process holds them up; else None."""
    try:
        with (home / "embedded.lock").open(encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        try:
            return Addresses(**json.loads((home / "servers.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None  # still starting, or already stopping
    except FileNotFoundError:
        return None
    return None


def _run_postgres(child: Child, places: Places, passwords: postgres.Passwords) -> None:
    child.start()
    postgres.await_ready(child, places, passwords)


def _run_valkey(child: Child, places: Places) -> None:
    child.start()
    valkey.await_ready(child, places)


def _take(home: Path, patience_s: float = 0.5) -> TextIOWrapper:
    """The home's lock, which the kernel releases however the holder ends; waits out a mere look at it."""
    lock = (home / "embedded.lock").open("a+", encoding="utf-8")
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                lock.seek(0)
                holder = lock.read().strip() or "unknown"
                lock.close()
                raise Misconfigured(
                    f"{home} is in use by process {holder}: stop it, or set AUTORIZA_HOME to another folder"
                ) from error
        time.sleep(0.05)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _passwords(home: Path) -> postgres.Passwords:
    file = home / "postgres.passwords"
    if not file.exists():
        _write_private(file, {"superuser": secrets.token_urlsafe(24), "role": secrets.token_urlsafe(24)})
    return postgres.Passwords(**json.loads(file.read_text(encoding="utf-8")))


def _write_private(file: Path, content: dict[str, str]) -> None:
    fresh = file.with_name(f"{file.name}.new")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    fresh.write_text(json.dumps(content), encoding="utf-8")
    fresh.replace(file)
