"""``autoriza up``, ``demo`` and ``seed``: the whole service on this machine."""

import threading
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from admin.cli.output import err, out, print_table, spoken
from admin.demo import performance, plan
from admin.demo.seeding import seed as sow
from admin.installation import connect
from admin.local_service import LocalService, started
from app.config import load_settings
from app.invariants import find_violations
from app.lifecycle import State
from app.services import Services
from app.store.tenants import Tenant


def _say(sentence: str) -> None:
    err.print(f"· {sentence}", style="dim", markup=False)


@click.command()
def up() -> None:
    """Run everything here: embedded servers where none are named, the console, workers and scheduler."""
    with started(load_settings(), _say) as service:
        out.print(f"console: {service.console_url}   (Ctrl-C ends)")
        service.tend_until_stopped()


class _Demo:
    """One demonstration; its work runs beside the supervisor, which needs the main thread."""

    def __init__(self, leave: bool) -> None:
        self.leave = leave
        self.failed: list[str] = []
        self.crash: Exception | None = None
        self._cast: list[Tenant] = []
        self._expected: dict[tuple[str, str], State] = {}
        self._stopping = threading.Event()

    def prepare(self, services: Services) -> Path:
        """Cast, login and the simulator's script, before any process starts."""
        self._cast = plan.ensure_cast(services)
        self._login = plan.ensure_login(services.settings.autoriza_home)
        script, self._expected = plan.write_script(services.settings.autoriza_home, self._cast)
        return script

    def perform(self, service: LocalService) -> None:
        """Everything up to the table; then leave, or stay until Ctrl-C."""
        worker = threading.Thread(target=self._act, args=(service,), daemon=True)
        worker.start()
        service.tend_until_stopped()
        self._stopping.set()
        worker.join(10)
        if self.crash is not None:
            raise self.crash

    def _act(self, service: LocalService) -> None:
        try:
            with service.services.database.connection_context():
                self._play(service)
        except Exception as error:  # noqa: BLE001 - handed to the main thread, which raises it
            self.crash = error
        if self.leave or self.crash:
            service.supervisor.ask_to_stop()

    def _play(self, service: LocalService) -> None:
        services = service.services
        ids = performance.hand_in(services, self._cast)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err) as bar:
            task = bar.add_task("invoices to their end", total=sum(map(len, ids.values())))
            found = performance.follow(
                services, ids, lambda count: bar.update(task, completed=count), self._stopping.is_set
            )
        _print_ends(found)
        self.failed = performance.surprises(found, self._expected)
        self.failed += [spoken(violation.sentence) for violation in find_violations(services)]
        for sentence in self.failed:
            err.print(sentence, style="red", markup=False)
        if not self.failed:
            out.print("every invoice ended as planned; autoriza check: no violation")
        out.print(
            f"\nconsole  {service.console_url}\nlogin    {self._login.email}  {self._login.password}",
            markup=False,
        )
        if not self.leave:
            out.print("Ctrl-C ends")


def _print_ends(found: list[performance.Ended]) -> None:
    print_table(
        ("tenant", "number", "access key", "state", "seconds", "RIDE"),
        (
            (
                ended.tenant,
                ended.number,
                ended.access_key,
                ended.state,
                "" if ended.seconds is None else f"{ended.seconds:.1f}",
                performance.shown_path(ended.ride),
            )
            for ended in found
        ),
    )


@click.command()
@click.option(
    "--exit", "leave", is_flag=True, help="End after the table; status 1 unless all ended as planned."
)
def demo(leave: bool) -> None:
    """The whole service on 24 sample invoices of three made-up taxpayers."""
    show = _Demo(leave)
    with started(load_settings(), _say, prepare=show.prepare) as service:
        show.perform(service)
    if show.failed:
        raise click.exceptions.Exit(1)


@click.command()
def seed() -> None:
    """Three taxpayers with documents in every state; again: nothing new."""
    services = connect()
    with services.database.connection_context():
        for line in sow(services):
            out.print(line, markup=False)


COMMANDS = (up, demo, seed)
