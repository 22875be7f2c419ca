"""The dynos of one application, and what is looked at from outside while they run."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2

from admin.installation import free_port
from rehearsal.accounts import Account
from rehearsal.dyno import Dyno, Stop
from rehearsal.servers import Servers

_one_offs = count(1)


@dataclass
class Formation:
    """Dynos by name, all with the same config; ``stops`` tells how each that was asked to end did."""

    servers: Servers
    config: dict[str, str]
    disks: Path
    account: Account
    dynos: dict[str, Dyno] = field(default_factory=dict)
    stops: list[tuple[str, Stop]] = field(default_factory=list)
    port: int = field(default_factory=lambda: free_port(0))

    def start(self, name: str, slug: Path) -> Dyno:
        """Start the Procfile's ``name`` of ``slug``; ``worker.2`` is a second worker."""
        command = procfile(slug)[name.partition(".")[0]]
        dyno = Dyno(name, command, slug, {**self.config, "PORT": str(self.port)}, self.disks, self.account)
        dyno.start()
        self.dynos[name] = dyno
        return dyno

    def stop(self, name: str) -> None:
        """End one; it does not come back."""
        self.stops.append((name, self.dynos.pop(name).stop()))

    def restart(self, name: str) -> None:
        """End one and start it again, on an empty disk."""
        dyno = self.dynos[name]
        self.stops.append((name, dyno.stop()))
        dyno.start()

    def release(self, slug: Path) -> float:
        """The release phase, before anything else of ``slug`` runs; the seconds it took."""
        began = time.monotonic()
        self.one_off(slug, procfile(slug)["release"])
        return time.monotonic() - began

    def one_off(self, slug: Path, command: str, **more: str) -> str:
        """Run ``command`` in a dyno of its own; what it printed."""
        return Dyno(
            f"run.{next(_one_offs)}", command, slug, {**self.config, **more}, self.disks, self.account
        ).finish()

    def until(self, reached: Callable[[], bool], patience_s: float, what: str) -> float:
        """Tend every dyno until ``reached``; the seconds it took. Fails with the end of each log."""
        began = time.monotonic()
        while not reached():
            for dyno in self.dynos.values():
                dyno.tend()
            if time.monotonic() - began > patience_s:
                said = "\n".join(f"--- {name}\n{dyno.last_words()}" for name, dyno in self.dynos.items())
                raise AssertionError(f"{what} not reached within {patience_s:g} s\n{said}")
            time.sleep(0.1)
        return time.monotonic() - began

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        """What the web dyno answers; 0 while nobody does."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def ready(self) -> bool:
        """Whether the whole installation is."""
        return self.ask("/readyz")[0] == 200

    def counts(self) -> dict[str, int]:
        """Documents by state, and RIDEs stored, as the database has them."""
        sql = "select state, count(*) from document group by state union all select 'ride', count(path) from ride"
        return dict(self.rows(sql))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database says to somebody who may see everything."""
        with psycopg2.connect(self.servers.superuser) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def violations(self, slug: Path) -> list[str]:
        """What ``autoriza check`` has against the installation."""
        try:
            return [one["sentence"] for one in json.loads(self.one_off(slug, "autoriza check --json"))]
        except AssertionError as failed:
            return [str(failed)[-2000:]]


@contextmanager
def formed(servers: Servers, config: dict[str, str], disks: Path, account: Account) -> Iterator[Formation]:
    """A formation without dynos yet; those it has at the end of the block are killed."""
    formation = Formation(servers, config, disks, account)
    try:
        yield formation
    finally:
        for dyno in formation.dynos.values():
            if dyno.process is not None:
                dyno.kill()
                dyno.process.wait(10)


def procfile(slug: Path) -> dict[str, str]:
    """The lines of the Procfile of ``slug``."""
    lines = (slug / "Procfile").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line.strip())
