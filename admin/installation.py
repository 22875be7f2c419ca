"""One installation on this machine: its settings, and what an unset DATABASE_URL or REDIS_URL stands for."""

import json
import secrets
import socket
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from app import embedded
from app.config import Settings, load_settings
from app.embedded import Addresses
from app.errors import Misconfigured
from app.services import Services, open_services
from app.tenancy import refuse_unsafe_role
from workers import runtime

FIRST_PORT = 8000


def resolved(settings: Settings, addresses: Addresses | None) -> Settings:
    """``settings`` with the embedded servers, the local secrets and the local simulator where nothing was set.

    Raises ``Misconfigured`` when real servers are named and the secrets are not: those must not be made up.
    """
    found: dict[str, Any] = {}
    if addresses is not None:
        found["database_url"] = settings.database_url or addresses.database_url
        found["redis_url"] = settings.redis_url or addresses.redis_url
    local = not settings.database_url
    if local:
        made = _local_secrets(settings.autoriza_home)
        found["secret_keys"] = settings.secret_keys or made["secret_keys"]
        found["session_secret"] = settings.session_secret.get_secret_value() or made["session_secret"]
        if "sri_pruebas_url" not in settings.model_fields_set and (address := simulator_address(settings)):
            found["sri_pruebas_url"] = address
    elif not settings.secret_keys or not settings.session_secret.get_secret_value():
        raise Misconfigured(
            "DATABASE_URL is set, so SECRET_KEYS and SESSION_SECRET must be too; see .env.example"
        )
    return load_settings(**{**settings.model_dump(), **found})


def connect(settings: Settings | None = None, *, connections: int | None = None) -> Services:
    """The opened services of this installation, for one command beside it.

    Raises ``Misconfigured`` when nothing runs, or when the database role would see through row-level security.
    """
    given = settings or load_settings()
    needed = not (given.database_url and given.redis_url)
    services = open_services(
        resolved(given, embedded.running(given.autoriza_home) if needed else None), connections=connections
    )
    with services.database.connection_context():
        refuse_unsafe_role()
    runtime.use(services)  # the broker, if this command imports it, works with the same
    return services


def simulator_address(settings: Settings) -> str | None:
    """Where this installation's simulator listens, when it was ever started."""
    file = settings.autoriza_home / "simulator.json"
    return str(json.loads(file.read_text(encoding="utf-8"))["url"]) if file.exists() else None


def simulator_port(settings: Settings) -> int:
    """A free port for this installation's simulator, the one of last time when it is free; remembered."""
    known = simulator_address(settings)
    port = free_port(int(known.rpartition(":")[2]) if known else 0)
    text = json.dumps({"url": f"http://127.0.0.1:{port}"})
    (settings.autoriza_home / "simulator.json").write_text(text, encoding="utf-8")
    return port


def free_port(wanted: int) -> int:
    """``wanted`` or the next free port above it; any free one for 0."""
    with reserved_port(wanted) as place:
        return int(place.getsockname()[1])


def reserved_port(wanted: int) -> socket.socket:
    """A socket bound to ``wanted`` or the next free port: as long as it is open, nobody else finds the port free.

    A server that sets SO_REUSEPORT can listen there meanwhile.
    """
    for port in range(wanted, wanted + 200) if wanted else [0]:
        if wanted and not _free(port):
            continue
        place = socket.socket()
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            place.bind(("0.0.0.0", port))  # nosec B104  # noqa: S104 - reserves, never listens
        except OSError:
            place.close()
            continue
        return place
    raise Misconfigured(f"no free port from {wanted} on")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # nosec B104  # noqa: S104 - a look, nothing listens
        except OSError:
            return False
    return True


def _local_secrets(home: Path) -> dict[str, str]:
    """Keys of the embedded installation, made once: they protect what lies in the same folder and nothing else."""
    file = home / "secrets.json"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        fresh = home / "secrets.json.new"
        fresh.touch(mode=0o600)
        made = {"secret_keys": Fernet.generate_key().decode(), "session_secret": secrets.token_urlsafe(48)}
        fresh.write_text(json.dumps(made), encoding="utf-8")
        fresh.replace(file)
    return dict(json.loads(file.read_text(encoding="utf-8")))
