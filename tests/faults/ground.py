"""One trial's installation: servers, simulator, taxpayers and processes of its own, all gone afterwards."""

import contextlib
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import psycopg2
import redis
from cast import Taxpayer, take_on
from cryptography.fernet import Fernet
from engine_processes import EngineProcesses

from app import embedded
from app.config import Settings
from app.embedded import Servers
from app.migrating import migrate
from app.services import Services, open_services
from app.sri.simulator import Simulator
from app.sri.simulator.tax_office import Policy
from app.store.base import database
from app.store.documents import Document, Ride
from app.tenancy import every_tenant_scope
from faults.proxy import Proxy
from faults.scale import Scale

TAXPAYERS = 3
Link = Literal["database", "sri"]


@dataclass
class Ground:
    """What a fault works on. ``expected`` tells the end of documents that are not to end authorized."""

    rng: random.Random
    scale: Scale
    servers: Servers
    services: Services
    simulator: Simulator
    taxpayers: list[Taxpayer]
    engine: EngineProcesses
    proxies: dict[Link, Proxy]
    documents: list[tuple[Taxpayer, int]] = field(default_factory=list)
    expected: dict[int, str] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    seen: dict[str, Any] = field(default_factory=dict)
    interrupted: dict[tuple[str, int], int] = field(default_factory=dict)
    struck_at: float = 0.0

    @property
    def settings(self) -> Settings:
        """Of the trial's own process; those of the engine may go through a proxy."""
        return self.services.settings

    @property
    def redis(self) -> redis.Redis:
        """A client of the trial's own."""
        return redis.Redis.from_url(self.settings.redis_url)

    def import_more(self, count: int) -> None:
        """Hand in ``count`` invoices, the taxpayers taking turns."""
        for place in range(count):
            taxpayer = self.taxpayers[place % len(self.taxpayers)]
            self.documents.append((taxpayer, taxpayer.import_invoice()))

    def wait(self, seconds: float) -> None:
        """Let the engine work; whatever dies is started again meanwhile, as the platform would."""
        end = time.monotonic() + seconds
        self.engine.until(lambda: time.monotonic() >= end, seconds + 60, "the passing of time")

    def until(self, reached: Callable[[], bool], patience_s: float, what: str) -> float:
        """Wait for ``reached``; the seconds it took."""
        return self.engine.until(reached, patience_s, what)

    def strike(self) -> None:
        """Note the rows that somebody works on now, and that recovery is counted from here."""
        self.interrupted, self.struck_at = self.leased(), time.monotonic()

    def leased(self) -> dict[tuple[str, int], int]:
        """Rows somebody works on now, with their fence."""
        with every_tenant_scope():
            return {
                (model.__name__, row.id): row.fence
                for model in (Document, Ride)
                for row in model.select(model.id, model.fence).where(model.lease_until.is_null(False))
            }

    def holders(self) -> dict[int, int]:
        """Documents that are being worked on, with the process that does."""
        with every_tenant_scope():
            rows = Document.select(Document.id, Document.lease_owner).where(
                Document.lease_owner.is_null(False)
            )
            return {row.id: int(row.lease_owner.rpartition(":")[2]) for row in rows}

    def share(self) -> float:
        """The part of the documents that is authorized."""
        with every_tenant_scope():
            done = Document.select().where(Document.state == "authorized").count()
            return float(done / max(1, Document.select().count()))

    @contextmanager
    def superuser(self) -> Iterator[Any]:
        """A cursor of the bootstrap superuser, each statement its own transaction."""
        connection = psycopg2.connect(self.servers.superuser_url)
        connection.autocommit = True
        try:
            yield connection.cursor()
        finally:
            connection.close()

    def broker(self) -> Any:
        """The engine's broker, on this trial's Redis."""
        from workers.broker import broker

        broker.client.connection_pool = redis.ConnectionPool.from_url(self.settings.redis_url)
        return broker


@contextmanager
def laid_out(
    scale: Scale,
    rng: random.Random,
    *,
    changes: dict[str, Any],
    proxied: frozenset[Link],
    latency_s: float,
    inside: tuple[Path, ...] = (),
    taxpayers: int = TAXPAYERS,
) -> Iterator[Ground]:
    """An installation at work on no document yet; everything of it is gone when the block ends."""
    with ExitStack() as stack:
        home = stack.enter_context(_temporary_home())
        servers = stack.enter_context(embedded.start(home))
        migrate(servers.database_url)
        policy = Policy(verify_share=0.05)
        simulator = stack.enter_context(Simulator(latency_s=latency_s, policy=policy))
        settings = _settings(home, servers, simulator.url, scale.settings | changes)
        services = open_services(settings, connections=12)
        stack.callback(services.database.close_all)
        _use(services)
        proxies, through = _proxies(proxied, settings, home, stack)
        people = [take_on(services, f"CONTRIBUYENTE {place} S.A.") for place in range(taxpayers)]
        engine = stack.enter_context(EngineProcesses(settings.model_copy(update=through), inside=inside))
        stack.callback(lambda: database.is_closed() or database.close())
        # Whoever comes here has judged it: nobody waits for a calm end.
        stack.callback(engine.supervisor.stop, grace_s=0)
        yield Ground(rng, scale, servers, services, simulator, people, engine, proxies)


def _settings(home: Path, servers: Servers, sri: str, changes: dict[str, Any]) -> Settings:
    return Settings(
        _env_file=None,
        **{
            "autoriza_home": home,
            "database_url": servers.database_url,
            "redis_url": servers.redis_url,
            "secret_keys": Fernet.generate_key().decode(),
            "session_secret": "only-for-trials-" + "x" * 32,
            "sri_pruebas_url": sri,
            "sri_produccion_url": sri,
            "autoriza_testing": True,
            **changes,
        },
    )


def _use(services: Services) -> None:
    from workers import runtime

    runtime.use(services)


def _proxies(
    wanted: frozenset[Link], settings: Settings, home: Path, stack: ExitStack
) -> tuple[dict[Link, Proxy], dict[str, str]]:
    """Proxies for the ``wanted`` links, and the settings that lead the engine through them."""
    proxies: dict[Link, Proxy] = {}
    through: dict[str, str] = {}
    if "database" in wanted:
        folder = parse_qs(urlsplit(settings.database_url).query)["host"][0]
        at = home / ".s.PGSQL.5432"
        proxies["database"] = stack.enter_context(Proxy(at, Path(folder) / at.name))
        through["database_url"] = settings.database_url.replace(folder, str(home))
    if "sri" in wanted:
        parts = urlsplit(settings.sri_pruebas_url)
        to = (str(parts.hostname), int(parts.port or 0))
        proxies["sri"] = stack.enter_context(Proxy(("127.0.0.1", 0), to))
        through |= dict.fromkeys(
            ("sri_pruebas_url", "sri_produccion_url"), f"http://127.0.0.1:{proxies['sri'].port}"
        )
    return proxies, through


@contextmanager
def _temporary_home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="faults-"))
    home.chmod(0o755)  # under root the servers run as somebody else, who must get in
    try:
        yield home
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree((home / "outside").resolve(strict=True))
        shutil.rmtree(home, ignore_errors=True)
