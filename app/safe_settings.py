"""What no process starts with: a secret that can be guessed, or one ambiente's address in the other's place."""

import base64
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.config import Settings
from app.errors import Misconfigured
from app.secrets import SecretBox

SHORTEST_SECRET = 32
_FEWEST_LETTERS = 10
_FEWEST_BYTES = 8
_FEWEST_OF_TOKEN = 16
_SCHEMES = {
    "DATABASE_URL": ("postgresql", "postgres"),
    "REDIS_URL": ("redis", "rediss", "unix"),
    "SMTP_URL": ("smtp", "smtps"),
}
_PLACEHOLDER = re.compile(
    r"change.?(me|this)|example|placeholder|default|insecure|password|contrase|your.?secret", re.I
)
_MAKE_ONE = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
_SRI = "sri.gob.ec"
_HOSTS = {"pruebas": "celcer.sri.gob.ec", "producción": "cel.sri.gob.ec"}


def refuse_unsafe(settings: Settings) -> None:
    """Raise ``Misconfigured`` with a sentence for each unsafe setting; no secret is repeated."""
    if wrong := list(unsafe(settings)):
        raise Misconfigured(". ".join(wrong))


def unsafe(settings: Settings) -> Iterator[str]:
    """A sentence per unsafe setting. Secrets that are not set are not judged: whoever needs them asks for them."""
    for name, url in (("DATABASE_URL", settings.database_url), ("REDIS_URL", settings.redis_url)):
        yield from _server(name, url)
    yield from _server("SMTP_URL", settings.smtp_url.get_secret_value())
    yield from _session_secret(settings.session_secret.get_secret_value())
    token = settings.metrics_token.get_secret_value()
    if 0 < len(token) < _FEWEST_OF_TOKEN:
        yield f"METRICS_TOKEN has {len(token)} characters and needs {_FEWEST_OF_TOKEN}"
    keys = [key.get_secret_value() for key in settings.secret_keys]
    yield from _secret_keys(keys)
    if settings.session_secret.get_secret_value() in keys:
        yield f"SESSION_SECRET is one of SECRET_KEYS: it must be a secret of its own. Make one with {_MAKE_ONE}"
    yield from _address("SRI_PRUEBAS_URL", settings.sri_pruebas_url, "pruebas", "producción")
    yield from _address("SRI_PRODUCCION_URL", settings.sri_produccion_url, "producción", "pruebas")


def _server(name: str, url: str) -> Iterator[str]:
    """An address that holds a password: named, never shown."""
    try:
        parts = urlsplit(url)
        wrong = bool(url) and (parts.scheme not in _SCHEMES[name] or (parts.port or 1) < 1)
    except ValueError:
        wrong = True
    if wrong:
        yield f"{name} cannot be read: it must look like {_SCHEMES[name][0]}://user:password@host:port/…"


def _session_secret(secret: str) -> Iterator[str]:
    if not secret:
        return
    if len(secret) < SHORTEST_SECRET:
        yield (
            f"SESSION_SECRET has {len(secret)} characters: it signs console sessions and needs {SHORTEST_SECRET}. "
            f"Make one with {_MAKE_ONE}"
        )
    elif len(set(secret)) < _FEWEST_LETTERS or _PLACEHOLDER.search(secret):
        yield f"SESSION_SECRET can be guessed. Make one with {_MAKE_ONE}"


def _secret_keys(keys: list[str]) -> Iterator[str]:
    if not keys:
        return
    try:
        SecretBox(keys)
    except Misconfigured as malformed:
        yield str(malformed)
        return
    for place, key in enumerate(keys, 1):
        if len(set(base64.urlsafe_b64decode(key))) < _FEWEST_BYTES:
            yield f"SECRET_KEYS: key {place} can be guessed. Make one with autoriza secrets new-key"


def _address(name: str, url: str, own: str, other: str) -> Iterator[str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme not in ("http", "https") or not host:
        yield f"{name}={url}: must look like https://{_HOSTS[own]}"
    elif host == _HOSTS[other]:
        yield f"{name}={url}: that is the SRI of {other}; the one of {own} is https://{_HOSTS[own]}"
    elif (host == _SRI or host.endswith(f".{_SRI}")) and parts.scheme != "https":
        yield f"{name}={url}: the SRI is asked over https only"
