"""The whole service on this machine: embedded servers where none are named, simulator, and the Procfile's processes."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from admin.installation import FIRST_PORT, reserved_port, resolved, simulator_port
from admin.supervisor import ProcessSpec, Supervisor, clear_orphans
from admin.topology import PROCFILE, program
from app import embedded
from app.config import Settings, environment_of
from app.embedded import Servers
from app.errors import Misconfigured
from app.migrating import migrate
from app.services import Services, open_services
from app.tenancy import refuse_unsafe_role
from workers import runtime

Say = Callable[[str], None]


@dataclass(frozen=True)
class LocalService:
    """A service that runs as long as ``tend_until_stopped`` does."""

    services: Services
    supervisor: Supervisor
    servers: Servers | None
    say: Say

    @property
    def console_url(self) -> str:
        """Where the console answers."""
        return f"http://127.0.0.1:{self.services.settings.port}"

    def tend_until_stopped(self) -> None:
        """Restart what dies until SIGTERM, SIGINT or ``supervisor.ask_to_stop``; from the main thread."""
        self.supervisor.run(each_tick=self._revive)

    def _revive(self) -> None:
        try:
            revived = self.servers.revive() if self.servers else ()
        except Misconfigured as error:  # it died again while starting; the next tick tries anew
            self.say(str(error))
            return
        for name in revived:
            self.say(f"{name} had ended and was started again")


@contextmanager
def started(
    settings: Settings, say: Say, *, prepare: Callable[[Services], Path | None] = lambda _: None
) -> Iterator[LocalService]:
    """Start everything on ``settings``; stopped in order at the end.

    The simulator runs only when SRI_PRUEBAS_URL is unset. ``prepare`` may fill the migrated database before any
    process works on it, and name a script for the simulator.
    """
    home = settings.autoriza_home
    home.mkdir(parents=True, exist_ok=True)
    clear_orphans(home / "up.json")
    with ExitStack() as stack:
        servers = None
        if not (settings.database_url and settings.redis_url):
            say("starting PostgreSQL and Valkey")
            servers = stack.enter_context(embedded.start(home))
        port = None if "sri_pruebas_url" in settings.model_fields_set else simulator_port(settings)
        complete = resolved(settings, servers.addresses if servers else None)
        if "port" not in settings.model_fields_set:
            place = stack.enter_context(reserved_port(FIRST_PORT))
            complete = complete.model_copy(update={"port": place.getsockname()[1]})
        for name in migrate(complete.database_url):
            say(f"migrated the database: {name}")
        services = open_services(complete, connections=8)
        with services.database.connection_context():
            refuse_unsafe_role()
            script = prepare(services)
        stack.callback(services.database.close_all)
        runtime.use(services)
        supervisor = Supervisor(
            _processes(complete, port, script), home / "logs", pid_file=home / "up.json", say=say
        )
        supervisor.start()
        stack.callback(supervisor.stop)
        yield LocalService(services, supervisor, servers, say)


def _processes(settings: Settings, simulator_port: int | None, script: Path | None) -> list[ProcessSpec]:
    env = {
        **environment_of(settings),
        "GUNICORN_CMD_ARGS": "--reuse-port",
    }  # its port is held by us meanwhile
    specs = []
    if simulator_port is not None:
        argv = [sys.executable, "-m", "admin.cli", "simulator", "--port", str(simulator_port)]
        specs.append(ProcessSpec("simulator", (*argv, *(("--script", str(script)) if script else ())), env))
    for name in ("web", "worker", "scheduler"):
        command, *arguments = shlex.split(PROCFILE[name])
        specs.append(ProcessSpec(name, (program(command), *arguments), env))
    return specs
