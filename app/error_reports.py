"""Bugs told to Sentry, or whatever speaks its protocol: only what broke and where, scrubbed; nothing while none is set.

Local variables, request bodies, cookies, headers and breadcrumbs are never sent; every secret of the settings and
every address of e-mail is struck out of what is left.
"""

import re
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from pydantic import SecretStr

from app.config import Settings
from app.errors import Misconfigured
from app.processes import VERSION

_LIMIT_S = 2
STRUCK_OUT = "…"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_SHORTEST = 6
_installed = False


def install(settings: Settings, kind: str) -> None:
    """Report this process's bugs from now on, when the settings say where to; after the fork.

    Raises ``Misconfigured`` for an address that is none, or without the extra ``observe``.
    """
    global _installed
    dsn = settings.sentry_dsn.get_secret_value()
    if not dsn or _installed:
        return
    try:
        import sentry_sdk
        from sentry_sdk.utils import BadDsn
    except ImportError as error:
        raise Misconfigured("SENTRY_DSN needs: pip install 'autoriza[observe]'") from error
    secrets = secrets_of(settings)
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=f"autoriza-{VERSION}",
            default_integrations=False,
            auto_enabling_integrations=False,
            send_default_pii=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            before_send=lambda event, _: scrubbed(event, secrets),
            shutdown_timeout=_LIMIT_S,
        )
    except BadDsn as error:
        raise Misconfigured("SENTRY_DSN is no address of Sentry's") from error
    sentry_sdk.set_tag("process", kind)
    _installed = True


def report(bug: BaseException, **tags: str | int | None) -> None:
    """Tell of ``bug``; ``tags`` are ids that say whose work it was. Best effort, in the background."""
    if not _installed:
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        for name, value in tags.items():
            if value is not None:
                scope.set_tag(name, str(value))
        sentry_sdk.capture_exception(bug)


def flush() -> None:
    """Send what is left, for at most two seconds."""
    if _installed:
        import sentry_sdk

        sentry_sdk.flush(_LIMIT_S)


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Everything in the settings that nobody else may read, the longest first."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, SecretStr):
                found |= {one.get_secret_value(), *_inside(one.get_secret_value())}
    for url in (settings.database_url, settings.redis_url):
        found |= {url, *_inside(url)}
    return tuple(sorted((one for one in found if len(one) >= _SHORTEST), key=len, reverse=True))


def scrubbed(value: Any, secrets: tuple[str, ...]) -> Any:
    """The same with each secret and each e-mail address struck out of every text in it."""
    match value:
        case str():
            for secret in secrets:
                value = value.replace(secret, STRUCK_OUT)
            return _EMAIL.sub(STRUCK_OUT, value)
        case dict():
            return {scrubbed(key, secrets): scrubbed(one, secrets) for key, one in value.items()}
        case list() | tuple():
            return [scrubbed(one, secrets) for one in value]
        case _:
            return value


def _inside(url: str) -> set[str]:
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        return set()
    return {password, unquote(password), quote(unquote(password), safe="")}
