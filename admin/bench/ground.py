"""A temporary installation to measure on: its own servers, taxpayers, simulator and processes, all gone afterwards."""

import shlex
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from admin.bench.engine import Engine
from admin.bench.observer import Observer
from admin.bench.options import TENANTS
from admin.bench.samples import offers
from admin.installation import free_port, resolved
from admin.supervisor import ProcessSpec, Supervisor
from admin.topology import PROCFILE, program
from app import certificate_store, embedded, intake, tenants
from app.config import Settings, environment_of, load_settings
from app.embedded import Servers
from app.errors import AutorizaError
from app.migrating import migrate
from app.services import Services, open_services
from app.sri.gateway import Environment
from app.tenants import TaxpayerFacts
from app.test_certificates import make_test_p12
from workers import runtime

BY = "bench"
VERIFY_SHARE = 0.05
_CHUNK = 50
_PASSWORD = "bench"  # noqa: S105 - of certificates that live as long as this run


@dataclass(frozen=True)
class Ground:
    """The installation; ``tenants`` are the ids of its taxpayers."""

    services: Services
    servers: Servers
    observer: Observer
    counts_statements: bool
    tenants: tuple[int, ...]

    @contextmanager
    def simulator(self, latency_s: float = 0.0) -> Iterator[int]:
        """The SRI at the installation's address, each call taking ``latency_s``; its process id."""
        port = self.services.settings.sri_pruebas_url.rpartition(":")[2]
        argv = [sys.executable, "-m", "admin.cli", "simulator", "--port", port]
        argv += ["--latency", str(latency_s), "--verify-share", str(VERIFY_SHARE)]
        spec = ProcessSpec("simulator", tuple(argv), environment_of(self.services.settings))
        with self._running([spec]) as supervisor:
            _await_listener(int(port), supervisor)
            yield supervisor.pids["simulator"]

    @contextmanager
    def engine(self, *, paced: bool = True, **changes: object) -> Iterator[Engine]:
        """Worker and scheduler as the Procfile starts them, under changed settings.

        Unpaced, no courtesy to the SRI holds them back.
        """
        unlimited = {} if paced else {"sri_calls_per_s": 0.0, "sri_calls_per_tenant_s": 0.0}
        env = environment_of(self.services.settings.model_copy(update=unlimited | changes))
        specs = []
        for name in ("worker", "scheduler"):
            word, *arguments = shlex.split(PROCFILE[name])
            specs.append(ProcessSpec(name, (program(word), *arguments), env))
        with self._running(specs) as supervisor:
            yield Engine(supervisor, self._logs)

    @contextmanager
    def sweeper(self, **changes: object) -> Iterator[int]:
        """Worker processes that serve the sweeps alone, under changed settings; the id of the one that holds them."""
        env = environment_of(self.services.settings.model_copy(update=changes))
        spec = ProcessSpec("worker", (program("autoriza"), "worker", "-Q", "sweep"), env)
        with self._running([spec]) as supervisor:
            yield supervisor.pids["worker"]

    def hand_in(self, name: str, count: int, *, wake: bool = True) -> list[tuple[int, int]]:
        """Import ``count`` documents in chunks, tenant by tenant; (tenant, document) of each.

        They are woken, all after the last is stored and one tenant after the other, as if they had come mixed.
        """
        queues: list[list[tuple[int, int]]] = [[] for _ in self.tenants]
        made = list(offers(name, count))
        for place, tenant_id in enumerate(self.tenants):
            own = made[place :: len(self.tenants)]
            for start in range(0, len(own), _CHUNK):
                accepted = intake.accept_all(tenant_id, own[start : start + _CHUNK], by=BY)
                queues[place] += [(one.tenant_id, one.document_id) for one in accepted]
        mixed = [queue[turn] for turn in range(len(queues[0])) for queue in queues if turn < len(queue)]
        if wake:
            self.wake(mixed)
        return mixed

    def wake(self, documents: list[tuple[int, int]]) -> None:
        """Start drafts on their way, as every import does."""
        from workers import by_hand  # opens the broker, which reads the settings of this ground

        for tenant_id, document_id in documents:
            by_hand.wake(tenant_id, document_id)

    @property
    def _logs(self) -> Path:
        return self.services.settings.autoriza_home / "logs"

    @contextmanager
    def _running(self, specs: list[ProcessSpec]) -> Iterator[Supervisor]:
        supervisor = Supervisor(specs, self._logs)
        try:
            supervisor.start()
            yield supervisor
        finally:
            supervisor.stop()


@contextmanager
def laid_out() -> Iterator[Ground]:
    """The installation in a temporary folder; servers, processes and files are gone when the block ends."""
    with ExitStack() as stack:
        home = stack.enter_context(temporary_home())
        servers, observer, counts = _servers(home, stack)
        settings = resolved(
            within(home, f"http://127.0.0.1:{free_port(0)}", verify_share=VERIFY_SHARE), servers.addresses
        )
        migrate(settings.database_url)
        services = open_services(settings, connections=4)
        stack.callback(services.database.close_all)
        runtime.use(services)
        yield Ground(services, servers, observer, counts, tuple(_take_on(services)))


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A folder of its own for an installation, and whatever its servers put outside of it; all gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="autoriza-bench-"))
    home.chmod(0o755)  # under root the servers run as somebody else, who must get in
    try:
        yield home
    finally:
        outside = home / "outside"
        if outside.is_symlink():
            shutil.rmtree(outside.resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def _servers(home: Path, stack: ExitStack) -> tuple[Servers, Observer, bool]:
    """The servers, restarted once so that PostgreSQL can count statements, if it can at all."""
    with embedded.start(home) as first:
        before = Observer(first.superuser_url)
        counts = before.can_count()
        if counts:
            before.prepare_counting()
        before.close()
    servers = stack.enter_context(embedded.start(home))
    observer = Observer(servers.superuser_url)
    stack.callback(observer.close)
    return servers, observer, counts


def within(home: Path, sri: str, **more: object) -> Settings:
    """This machine's settings, but for all that would lead out of ``home``; ``sri`` is the SRI's address."""
    return load_settings(
        autoriza_home=home,
        database_url="",
        redis_url="",
        storage_url="",
        secret_keys=(),
        session_secret="",
        sri_pruebas_url=sri,
        sri_produccion_url=sri,
        **more,
    )


def _take_on(services: Services) -> Iterator[int]:
    for place in range(1, TENANTS + 1):
        ruc, name = f"179{place:07d}001", f"CONTRIBUYENTE {place} DE MEDICIÓN S.A."
        facts = TaxpayerFacts("Av. Amazonas N34-56 y Atahualpa, Quito", obligado_contabilidad=True)
        yield tenants.create(ruc, name, Environment.PRUEBAS, facts, by=BY)
        p12 = make_test_p12(ruc, name, _PASSWORD)
        certificate_store.install(tenants.find(ruc), p12, _PASSWORD, services.box, by=BY)


def _await_listener(port: int, supervisor: Supervisor, patience_s: float = 20) -> None:
    deadline = time.monotonic() + patience_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError as error:
            if not supervisor.pids or time.monotonic() > deadline:
                raise AutorizaError("the simulator did not start") from error
            time.sleep(0.02)
