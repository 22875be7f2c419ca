"""The composition root: from settings to everything a step needs, once per process."""

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from playhouse.pool import PooledPostgresqlDatabase

from app import kill_points, time_scale
from app.config import Settings
from app.errors import Misconfigured, TenantMustAct
from app.secrets import SecretBox
from app.signing import SigningKey, signing_key
from app.sri.gateway import Environment, Sri
from app.sri.soap import SoapSri
from app.storage import Storage
from app.store.base import open_database
from app.store.tenants import Certificate


class KeyRing:
    """Signing keys by tenant, opened once per certificate and kept in memory."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box
        self._keys: dict[int, tuple[int, datetime, SigningKey]] = {}

    def current(self, tenant_id: int) -> tuple[int, SigningKey]:
        """The tenant's certificate id and key, inside its scope.

        Raises ``TenantMustAct`` when there is none or it is not valid now: before any number is taken.
        """
        held = Certificate.get_or_none(Certificate.tenant_id == tenant_id, Certificate.replaced_at.is_null())
        if held is None:
            raise TenantMustAct(
                "no_certificate", "no hay certificado de firma: cargue uno (autoriza certificate add)"
            )
        now = datetime.now(UTC)
        if not held.not_before <= now < held.not_after:
            raise TenantMustAct(
                "certificate_not_valid",
                f"el certificado vale del {held.not_before:%Y-%m-%d} al {held.not_after:%Y-%m-%d}: cargue uno vigente",
            )
        known = self._keys.get(tenant_id)
        if known is None or known[0] != held.id:
            opened = signing_key(self._box.open(bytes(held.sealed_key)), bytes(held.certificate))
            known = self._keys[tenant_id] = (held.id, held.not_after, opened)
        return known[0], known[2]


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
        return self._clients[Environment(int(access_key[23]))]


def open_services(settings: Settings, *, connections: int | None = None) -> Services:
    """Services of this process; ``connections`` bounds its pool (default: one per worker thread and two to spare)."""
    if not settings.database_url:
        raise Misconfigured(
            "DATABASE_URL is not set: set it, or run 'autoriza up', which starts an embedded PostgreSQL"
        )
    time_scale.use(settings.time_scale)
    if settings.autoriza_testing and settings.autoriza_kill_point:
        kill_points.arm(settings.autoriza_kill_point, settings.autoriza_home / "kill")
    return Services(
        settings, open_database(settings.database_url, connections=connections or settings.worker_threads + 2)
    )
