"""Who may come in: nobody, unless signed in; nobody writes, unless a permission lets them and by a form of ours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from peewee import SQL
from werkzeug.wrappers import Response

from admin.console import csrf
from admin.console.texts import both
from admin.console.witness import note_refusal
from app.access import Access
from app.permissions import Permission
from app.sessions import Session, session_of
from app.store.base import Row
from app.store.tenants import Tenant
from app.tenancy import scope

OPEN = frozenset(
    {"login.sign_in", "login.code", "preferences.keep", "static", "healthz", "readyz", "metrics"}
)
"""What may be asked for without being signed in. Everything else is refused before its view is looked at."""
PROBES = frozenset({"healthz", "readyz"})
"""What a platform asks for from inside, without TLS."""
WRITES_OF_ANYBODY = frozenset({"login.sign_in", "login.code", "login.sign_out", "preferences.keep"})
"""What may be sent without any permission: it concerns nobody but the sender."""
SAFE_METHODS = frozenset({"GET", "HEAD"})


View = TypeVar("View", bound=Callable[..., Any])


class Visitor(UserMixin):
    """The signed-in person of a request, with the access they have now and the session they come by."""

    def __init__(self, session: Session, token: str) -> None:
        self.session, self.access, self._token = session, session.access, token

    def get_id(self) -> str:
        """What the cookie remembers: the token of the session's row, without which it is worth nothing."""
        return self._token


def current() -> Access:
    """The access of the person who asks; 403 when nobody is signed in."""
    if not current_user.is_authenticated:
        abort(403)
    access: Access = current_user.access
    return access


def needs(
    permission: Permission | Callable[[Any], Permission | None], *, proof: bool = False
) -> Callable[[View], View]:
    """Let a view be asked for only by holders of ``permission``, and let it reach only rows where they hold it.

    Given a function, it is asked with the page, per request; None lets nobody in. ``proof`` asks for the password
    once more when it was last proven a while ago: for what opens doors to others.
    """

    def mark(view: View) -> View:
        view.permission, view.proof = permission, proof  # type: ignore[attr-defined]
        return view

    return mark


def of_anybody(*, proof: bool = False) -> Callable[[View], View]:
    """Let a view be asked for by everybody who is signed in, roles or none: it concerns their own account only."""

    def mark(view: View) -> View:
        view.own, view.proof = True, proof  # type: ignore[attr-defined]
        return view

    return mark


def needed() -> Permission | None:
    """The permission this request needs: its view's own; else, to read, that of the page the view belongs to."""
    view = _view()
    page = getattr(view, "__self__", None)
    own = getattr(view, "permission", None)
    if isinstance(own, Permission):
        return own
    if own is not None:
        return own(page)
    return getattr(page, "sees", Permission.SEE) if request.method in SAFE_METHODS else None


def reach() -> tuple[int, ...] | None:
    """The taxpayers this request may touch: those for which the person holds what it needs; None for all."""
    permission = needed()
    return current().where(permission) if permission else ()


def may(permission: str, tenant_id: int | None = None) -> bool:
    """Whether the signed-in person holds ``permission`` for the taxpayer, or, for None, for any at all."""
    return current().may(Permission(permission), tenant_id)


def demand(permission: Permission, tenant_id: int | None = None) -> None:
    """403, on record, unless the signed-in person holds ``permission`` for the taxpayer; outside any scope."""
    if not current().may(permission, tenant_id):
        note_refusal(both("refusal.permission", permission=permission))
        abort(403)


@contextmanager
def mine() -> Iterator[None]:
    """One transaction in which only rows exist for which the signed-in person holds what this request needs."""
    with scope(reach()):
        yield


def of_mine(model: type[Row]) -> list[Any]:
    """The tenant predicate every query of the console carries, beside row-level security."""
    tenants = reach()
    if tenants is None:
        return [SQL("true")]  # row-level security alone, set to every tenant
    column: Any = Tenant.id if model is Tenant else model.tenant_id  # type: ignore[attr-defined]
    return [column.in_(tenants)]


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
    people.session_protection = None  # a phone changes its address; a session is bound to its row
    people.user_loader(_still_welcome)
    app.before_request(_demand_https)
    app.before_request(_demand_text)
    app.before_request(_demand_a_person)


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def _still_welcome(remembered: str) -> Visitor | None:
    session = session_of(remembered, datetime.now(UTC))
    return Visitor(session, remembered) if session else None


def _demand_https() -> Response | None:
    if current_app.config["BEHIND_TLS_PROXY"] and not request.is_secure and request.endpoint not in PROBES:
        return redirect(request.url.replace("http://", "https://", 1), 301)
    return None


def _demand_text() -> None:
    """400 for a NUL anywhere: no form writes one, and PostgreSQL cannot hold it."""
    path = (
        [] if request.routing_exception else [request.path]
    )  # an address that does not exist is just not there
    written = [*path, *request.args, *request.form]
    for values in (*request.args.listvalues(), *request.form.listvalues()):
        written += values
    if any("\0" in text for text in written):
        abort(400)


def _demand_a_person() -> Response | None:
    if request.endpoint not in OPEN and not current_user.is_authenticated:
        here = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("login.sign_in", next=None if here == "/" else here))
    # An address or method that does not exist is left to Flask to answer.
    if request.endpoint not in OPEN and request.routing_exception is None:
        _demand_permission()
    if request.method not in SAFE_METHODS and request.routing_exception is None:
        csrf.demand()
    return _demand_proof() if request.endpoint not in OPEN else None


def _demand_proof() -> Response | None:
    if getattr(_view(), "proof", False) and not current_user.session.is_proven(datetime.now(UTC)):
        back = (
            request.full_path.rstrip("?")
            if request.method == "GET"
            else urlsplit(request.referrer or "/").path
        )
        return redirect(url_for("account.prove", next=safe_next(back)))
    return None


def _demand_permission() -> None:
    if request.endpoint in WRITES_OF_ANYBODY or getattr(_view(), "own", False):
        return
    permission = needed()
    if permission is None:
        note_refusal(both("refusal.nobody"))
        abort(403)
    demand(permission)
