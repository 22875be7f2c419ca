"""How often a password may be tried: counted in Redis for all processes, in memory while Redis is away."""

import hashlib
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.config import Settings

PER_EMAIL = "10 per 15 minutes"
PER_ADDRESS = "50 per 15 minutes"  # an office shares one address
GUARDED = "login.sign_in"


def install(app: Flask, settings: Settings) -> None:
    """Limit failed sign-ins of ``app``; call it when the login's page is registered."""
    limiter = Limiter(
        _address,
        app=app,
        storage_uri=_storage_uri(settings.redis_url),
        storage_options=_storage_options(settings.redis_url),
        key_prefix="login",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    guarded: Any = app.view_functions[GUARDED]
    for limit, key in ((PER_ADDRESS, _address), (PER_EMAIL, _email)):
        rule = limiter.limit(
            limit, key_func=key, methods=["POST"], deduct_when=_failed, override_defaults=False
        )
        guarded = rule(guarded)
    app.view_functions[GUARDED] = guarded


def _failed(response: Response) -> bool:
    return response.status_code == 401


def _address() -> str:
    return request.remote_addr or "unknown"


def _email() -> str:
    written = request.form.get("email", "").strip().lower()
    return hashlib.sha256(written.encode()).hexdigest()


def _storage_uri(redis_url: str) -> str:
    if not redis_url:
        return "memory://"
    return f"redis+{redis_url}" if redis_url.startswith("unix:") else redis_url


def _storage_options(redis_url: str) -> dict[str, Any]:
    if not redis_url:
        return {}
    options: dict[str, Any] = {"socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}
    if not redis_url.startswith("unix:"):
        options["socket_connect_timeout"] = 1
    if redis_url.startswith("rediss:"):
        options["ssl_cert_reqs"] = None  # Heroku's Redis presents a certificate it signed itself
    return options
