"""Who may come in: nobody, unless signed in; nobody writes, unless admin and by a form of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from peewee import SQL
from werkzeug.wrappers import Response

from admin.console import csrf
from admin.console.texts import t
from admin.console.witness import note_refusal
from app.people import Access, access_of
from app.store.base import Row
from app.store.tenants import Tenant
from app.tenancy import every_tenant_scope, tenant_scope

OPEN = frozenset({"login.sign_in", "preferences.keep", "static", "healthz", "readyz", "metrics"})
"""What may be asked for without being signed in. Everything else is refused before its view is looked at."""
PROBES = frozenset({"healthz", "readyz"})
"""What a platform asks for from inside, without TLS."""
WRITES_OF_ANYBODY = frozenset({"login.sign_in", "login.sign_out", "preferences.keep"})
SAFE_METHODS = frozenset({"GET", "HEAD"})


class Visitor(UserMixin):
    """The signed-in person of a request, with the access they have now."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def get_id(self) -> str:
        """What the session remembers: the person, and the version that ends all their sessions when it changes."""
        return f"{self.access.person_id}:{self.access.session_version}"


def current() -> Access:
    """The access of the person who asks; 403 when nobody is signed in."""
    if not current_user.is_authenticated:
        abort(403)
    access: Access = current_user.access
    return access


@contextmanager
def mine() -> Iterator[None]:
    """One transaction in which only rows of the tenants of the signed-in person exist."""
    access = current()
    with every_tenant_scope() if access.tenant_ids is None else tenant_scope(*access.tenant_ids):
        yield


def of_mine(model: type[Row]) -> list[Any]:
    """The tenant predicate every query of the console carries, beside row-level security."""
    access = current()
    if access.tenant_ids is None:
        return [SQL("true")]  # row-level security alone, set to every tenant
    column: Any = Tenant.id if model is Tenant else model.tenant_id  # type: ignore[attr-defined]
    return [column.in_(access.tenant_ids)]


def safe_next(target: str) -> str:
    """``target`` when it is a page of this console, else the start page: nobody is sent elsewhere."""
    parts = urlsplit(target)
    elsewhere = parts.scheme or parts.netloc or "\\" in target or any(ord(letter) < 32 for letter in target)
    return "/" if elsewhere or not target.startswith("/") or target.startswith("//") else target


def install(app: Flask) -> None:
    """Put the doors before every view of ``app``."""
    people = LoginManager(
        app, add_context_processor=False
    )  # a page about a failure must not read the database
    people.session_protection = (
        None  # a phone changes its address; a session is bound to the person's version
    )
    people.user_loader(_still_welcome)
    app.before_request(_demand_https)
    app.before_request(_demand_a_person)


def _still_welcome(remembered: str) -> Visitor | None:
    person_id, _, version = remembered.partition(":")
    access = access_of(int(person_id)) if person_id.isdigit() else None
    return Visitor(access) if access and version == str(access.session_version) else None


def _demand_https() -> Response | None:
    if current_app.config["BEHIND_TLS_PROXY"] and not request.is_secure and request.endpoint not in PROBES:
        return redirect(request.url.replace("http://", "https://", 1), 301)
    return None


def _demand_a_person() -> Response | None:
    if request.endpoint not in OPEN and not current_user.is_authenticated:
        here = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("login.sign_in", next=None if here == "/" else here))
    # An address or method that does not exist is left to Flask to answer.
    if request.method not in SAFE_METHODS and request.routing_exception is None:
        _demand_right_to_write()
    return None


def _demand_right_to_write() -> None:
    if request.endpoint not in WRITES_OF_ANYBODY and not current().is_admin:
        note_refusal(t("refusal.not_admin"))
        abort(403)
    csrf.demand()
