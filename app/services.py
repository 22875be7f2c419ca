"""The composition root: from settings to everything a step needs, once per process."""

import os
import socket
from dataclasses import dataclass
from functools import cached_property

from playhouse.pool import PooledPostgresqlDatabase

from app import kill_points, time_scale
from app.config import Settings
from app.errors import Misconfigured
from app.key_ring import KeyRing
from app.safe_settings import refuse_unsafe
from app.secrets import SecretBox
from app.sri.gateway import Environment, Sri
from app.sri.soap import SoapSri
from app.storage import Storage
from app.store.base import open_database


@dataclass(frozen=True)
class Services:
    """What steps, commands and the console work with; nothing else is global."""

    settings: Settings
    database: PooledPostgresqlDatabase

    @cached_property
    def owner(self) -> str:
        """Name of this process in leases and runs: host:pid."""
        return f"{socket.gethostname()}:{os.getpid()}"

    @cached_property
    def box(self) -> SecretBox:
        """Seals and opens private keys."""
        keys = [key.get_secret_value() for key in self.settings.secret_keys]
        if not keys:
            raise Misconfigured("SECRET_KEYS is empty: private keys could not be sealed; see .env.example")
        return SecretBox(keys)

    @cached_property
    def keys(self) -> KeyRing:
        """Signing keys of tenants."""
        return KeyRing(self.box)

    @cached_property
    def storage(self) -> Storage:
        """Where RIDEs are kept."""
        return Storage(
            self.settings.storage_url or (self.settings.autoriza_home.resolve() / "storage").as_uri()
        )

    @cached_property
    def _clients(self) -> dict[Environment, Sri]:
        urls = {
            Environment.PRUEBAS: self.settings.sri_pruebas_url,
            Environment.PRODUCCION: self.settings.sri_produccion_url,
        }
        return {environment: self._client(url) for environment, url in urls.items()}

    def _client(self, url: str) -> Sri:
        return SoapSri(
            url,
            connect_timeout_s=self.settings.sri_connect_timeout_s,
            read_timeout_s=self.settings.sri_read_timeout_s,
            total_timeout_s=self.settings.sri_total_timeout_s,
            pool_size=self.settings.worker_threads,
        )

    def sri(self, access_key: str) -> Sri:
        """The SRI of the ambiente that ``access_key`` names (its 24th digit)."""
        return self.sri_of(Environment(int(access_key[23])))

    def sri_of(self, environment: Environment) -> Sri:
        """The SRI of one ambiente."""
        return self._clients[environment]


def open_services(settings: Settings, *, connections: int | None = None) -> Services:
    """Services of this process; ``connections`` bounds its pool (default: one per worker thread and two to spare)."""
    if not settings.database_url:
        raise Misconfigured(
            "DATABASE_URL is not set: set it, or run 'autoriza up', which starts an embedded PostgreSQL"
        )
    refuse_unsafe(settings)
    time_scale.use(settings.time_scale)
    if settings.autoriza_testing and settings.autoriza_kill_point:
        kill_points.arm(settings.autoriza_kill_point, settings.autoriza_home / "kill")
    return Services(
        settings, open_database(settings.database_url, connections=connections or settings.worker_threads + 2)
    )
