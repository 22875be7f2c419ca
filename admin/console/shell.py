"""Puts the console together: Flask, its doors, Flask-Admin as the frame, and the pages in the order of the menu."""

from typing import Any

from flask import Flask
from flask_admin import Admin
from jinja2 import StrictUndefined
from werkzeug.datastructures import ImmutableDict
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from admin.console import (
    connection,
    door,
    failures,
    formats,
    headers,
    kept_views,
    limits,
    login,
    preferences,
    probes,
    replies,
    run_words,
    uploads,
)
from admin.console.pages.account import Account
from admin.console.pages.alerts import Alerts
from admin.console.pages.audit import AuditLog
from admin.console.pages.batches import Batches
from admin.console.pages.certificates import Certificates
from admin.console.pages.documents import Documents
from admin.console.pages.exchanges import Exchanges
from admin.console.pages.exports import Exports
from admin.console.pages.faults import Faults
from admin.console.pages.goals import Goals
from admin.console.pages.importing import Importing
from admin.console.pages.machine import Machine
from admin.console.pages.operations import Operations
from admin.console.pages.people import People
from admin.console.pages.runs import Runs
from admin.console.pages.schedules import Schedules
from admin.console.pages.start import Start
from admin.console.pages.tenants import Tenants
from admin.console.pages.trends import Trends
from admin.console.pages.views import Views
from app import logs
from app.config import Settings, load_settings
from app.errors import Misconfigured
from app.services import Services, open_services
from workers import runtime

SHORTEST_SECRET = 32
SESSION_HOURS = 12
CONNECTIONS = 8


class Console(Flask):
    """A Flask that answers OPTIONS nowhere: nothing here is for other sites."""

    default_config = ImmutableDict({**Flask.default_config, "PROVIDE_AUTOMATIC_OPTIONS": False})


class RowId(IntegerConverter):
    """A positive bigint in a URL; anything larger is no address, so PostgreSQL never sees it."""

    def __init__(self, map: Any) -> None:
        super().__init__(map, min=1, max=2**63 - 1)


def open_from_environment() -> Services:
    """The services of this process, as its environment describes them; logs are JSON lines from then on."""
    settings = load_settings()
    logs.configure(settings.log_level)
    return open_services(settings, connections=CONNECTIONS)


def assemble(services: Services) -> Flask:
    """The console on ``services``; actors enqueued from here use them too. Raises ``Misconfigured``."""
    runtime.use(services)
    app = Console("admin.console", static_folder="static", template_folder="templates")
    _configure(app, services.settings)
    app.extensions["services"] = services
    app.url_map.converters["row"] = RowId
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # The order matters: a connection first, then whoever asks, then what they ask for.
    app.register_blueprint(login.pages)
    preferences.install(app)
    uploads.install(app)
    connection.install(app)
    door.install(app)
    headers.install(app)
    failures.install(app)
    formats.install(app)
    run_words.install(app)
    replies.install(app)
    kept_views.install(app)
    probes.install(app, services)
    _add_pages(app)
    limits.install(app, services.settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    secret = settings.session_secret.get_secret_value()
    if len(secret) < SHORTEST_SECRET:
        raise Misconfigured(
            f"SESSION_SECRET has {len(secret)} characters: it signs console sessions and needs {SHORTEST_SECRET}"
        )
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME="autoriza",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.behind_tls_proxy,
        PERMANENT_SESSION_LIFETIME=SESSION_HOURS * 3600,
        MAX_CONTENT_LENGTH=64 * 1024,
        BEHIND_TLS_PROXY=settings.behind_tls_proxy,
    )
    if settings.behind_tls_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0, x_port=0, x_prefix=0)  # type: ignore[method-assign]


def _add_pages(app: Flask) -> None:
    # A static address of its own keeps Flask-Admin from publishing its Bootstrap and jQuery.
    frame = Admin(app, name="autoriza", index_view=Start(), url="/", static_url_path="/static")
    for page in (
        Documents(),
        Importing(),
        Batches(),
        Faults(),
        Operations(),
        Exports(),
        Trends(),
        Runs(),
        Schedules(),
        Machine(),
        Exchanges(),
        Goals(),
        Alerts(),
        AuditLog(),
        Tenants(),
        Certificates(),
        People(),
        Account(),
        Views(),
    ):
        frame.add_view(page)
