"""``make bench-console``: fills an installation of its own, then times every page of the console over HTTP."""

import os
import random
import shlex
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from admin import create_app
from admin.bench.console import filling, visiting
from admin.bench.console.filling import Size
from admin.bench.console.places import MOST_S, PLACES, Place
from admin.bench.console.visiting import Visitor, percentile
from admin.bench.machine import BUSY
from admin.cli.output import err, print_table
from admin.installation import free_port, resolved
from admin.supervisor import ProcessSpec, Supervisor
from admin.topology import PROCFILE, program
from app import embedded, people
from app.config import environment_of, load_settings
from app.ecuador import ECUADOR
from app.errors import AutorizaError
from app.migrating import migrate
from app.permissions import Role
from app.services import Services, open_services
from app.store.base import database
from app.tenancy import every_tenant_scope
from workers import runtime

PASSWORD = "solo para medir"  # noqa: S105 - of people that live as long as this run
COLUMNS = ("page", "as", "best ms", "p50 ms", "p95 ms", "max ms", "reads whole", "")


@click.command()
@click.option("--documents", type=click.IntRange(1_000), default=1_000_000, show_default=True)
@click.option("--tenants", type=click.IntRange(2), default=40, show_default=True)
@click.option("--rounds", type=click.IntRange(3), default=40, show_default=True, help="Of each page.")
@click.option("--home", type=click.Path(path_type=Path), help="Kept, and filled only when it is empty.")
def bench_console(documents: int, tenants: int, rounds: int, home: Path | None) -> None:
    """Time every page at size; status 1 when one takes longer than it may, or reads a big table whole."""
    before = os.getloadavg()[0]
    with _laid_out(home) as services:
        first = _filled(services, Size(documents, tenants))
        rows = list(_measured(services, first, Size(documents, tenants), rounds))
    print_table(COLUMNS, rows)
    if before > BUSY:
        err.print("others were using this machine: the best time tells more than the others", style="yellow")
    missed = [row for row in rows if row[-1]]
    raise SystemExit(1 if missed else 0)


def _filled(services: Services, size: Size) -> int:
    def say(what: str, count: int) -> None:
        err.print(f"· {time.strftime('%H:%M:%S')} {what}: {count:,}", style="dim", markup=False)

    with services.database.connection_context():
        with every_tenant_scope():
            known = database.execute_sql("select min(id) from tenant").fetchone()[0]
        if known is not None:
            return int(known)
        first = filling.fill(size, say)
        people.create("admin@example.ec", "Admin", PASSWORD, Role.ADMIN, (), by="bench")
        people.create("viewer@example.ec", "Viewer", PASSWORD, Role.VIEWER, (first, first + 1), by="bench")
    return first


def _measured(services: Services, first: int, size: Size, rounds: int) -> Iterator[tuple[Any, ...]]:
    app = create_app(services)
    with _served(services) as address:
        for who in ("admin", "viewer"):
            visitor, client = Visitor(address), app.test_client()
            visitor.sign_in(f"{who}@example.ec", PASSWORD)
            _sign_in(client, f"{who}@example.ec")
            for place in PLACES:
                if place.for_admins and who != "admin":
                    continue
                known = [_address(place, first, size) for _ in range(rounds)]
                visitor.time(known[0])  # whoever comes first pays for what is read once
                took = [visitor.time(one) * 1000 for one in known]
                whole = sorted({scan.table for scan in visiting.scans_of(client, known[0])})
                late = percentile(took, 0.95) > MOST_S * 1000
                yield (
                    place.name,
                    who,
                    f"{min(took):.0f}",
                    f"{percentile(took, 0.5):.0f}",
                    f"{percentile(took, 0.95):.0f}",
                    f"{max(took):.0f}",
                    ", ".join(whole),
                    "too slow" if late else "reads too much" if whole else "",
                )


def _address(place: Place, first: int, size: Size) -> str:
    """The place, of a document of the first taxpayer somewhere in the whole."""
    n = random.randrange(1, size.documents // 10) * 10 + 1  # noqa: S311 - chooses a page to look at
    return place.address.format(
        id=n,
        tenant=first,
        batch=1 + n // 2000,
        key=f"{n:049d}",
        number=f"001-002-{n:09d}",
        buyer=f"{n % 90_000:010d}",
        digits=n % 90_000,
        month=f"{datetime.now(ECUADOR):%Y-%m}",
    )


def _sign_in(client: Any, email: str) -> None:
    page = client.get("/login").get_data(as_text=True)
    token = visiting.TOKEN.search(page)
    form = {"email": email, "password": PASSWORD, "csrf_token": token[1] if token else ""}
    if client.post("/login", data=form).status_code != 302:
        raise AutorizaError(f"{email} could not sign in")


@contextmanager
def _laid_out(home: Path | None) -> Iterator[Services]:
    with ExitStack() as stack:
        folder = home or Path(tempfile.mkdtemp(prefix="autoriza-bench-"))
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # under root the servers run as somebody else, who must get in
        if home is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        servers = stack.enter_context(embedded.start(folder))
        alone = load_settings(
            autoriza_home=folder, database_url="", redis_url="", secret_keys=(), session_secret=""
        )
        settings = resolved(alone, servers.addresses).model_copy(update={"port": free_port(0)})
        migrate(settings.database_url)
        services = open_services(settings, connections=4)
        stack.callback(services.database.close_all)
        runtime.use(services)
        yield services


@contextmanager
def _served(services: Services) -> Iterator[str]:
    word, *arguments = shlex.split(PROCFILE["web"])
    spec = ProcessSpec("web", (program(word), *arguments), environment_of(services.settings))
    supervisor = Supervisor([spec], services.settings.autoriza_home / "logs")
    address = f"http://127.0.0.1:{services.settings.port}"
    try:
        supervisor.start()
        _await(f"{address}/healthz")
        yield address
    finally:
        supervisor.stop()


def _await(address: str, patience_s: float = 60) -> None:
    deadline = time.monotonic() + patience_s
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise AutorizaError("the console did not start") from error
            time.sleep(0.1)


if __name__ == "__main__":
    bench_console()
