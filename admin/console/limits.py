"""How often a password may be tried: counted in Redis for all processes, in memory while Redis is away."""

import hashlib
from typing import Any, Final

from flask import Flask, Response, request, session
from flask_limiter import Limiter
from flask_login import current_user
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.config import Settings

PER_EMAIL = "10 per 15 minutes"
PER_ADDRESS = "50 per 15 minutes"  # an office shares one address


def install(app: Flask, settings: Settings) -> None:
    """Limit wrong passwords and codes given to ``app``; call it when its pages are registered."""
    limiter = Limiter(
        _address,
        app=app,
        storage_uri=_storage_uri(settings.redis_url),
        storage_options=_storage_options(settings.redis_url),
        key_prefix="login",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    for endpoint, limits in GUARDED.items():
        guarded: Any = app.view_functions[endpoint]
        for limit, key in limits:
            guarded = limiter.limit(
                limit, key_func=key, methods=["POST"], deduct_when=_failed, override_defaults=False
            )(guarded)
        app.view_functions[endpoint] = guarded


def _failed(response: Response) -> bool:
    return response.status_code == 401


def _address() -> str:
    return request.remote_addr or "unknown"


def _email() -> str:
    written = request.form.get("email", "").strip().lower()
    return hashlib.sha256(written.encode()).hexdigest()


def _halfway() -> str:
    return str(session.get("halfway", {}).get("person", ""))


def _myself() -> str:
    return str(current_user.access.person_id) if current_user.is_authenticated else ""


GUARDED: Final = {
    "login.sign_in": ((PER_ADDRESS, _address), (PER_EMAIL, _email)),
    "login.code": ((PER_ADDRESS, _address), (PER_EMAIL, _halfway)),
    "account.prove": ((PER_EMAIL, _myself),),
}
"""Where a password or code can be guessed, and by what the wrong ones are counted."""


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
