"""Signing in and out, and the sign of life for whoever watches the process."""

from threading import BoundedSemaphore

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from admin.console.door import Visitor, safe_next
from admin.console.texts import t
from admin.console.witness import note
from app import people
from app.access import Access
from app.tenancy import SYSTEM, tenant_scope

HASHES_AT_ONCE = 2
"""Proving a password takes 64 MiB; more at once could fill a small machine."""
_hashing = BoundedSemaphore(HASHES_AT_ONCE)

pages = Blueprint("login", __name__)


@pages.route("/login", methods=("GET", "POST"))
def sign_in() -> Response | str | tuple[str, int]:
    """The form, and its answer: a new session for whoever proves to be someone, else 401."""
    target = safe_next(request.values.get("next", "/"))
    if request.method != "POST":
        return redirect(target) if current_user.is_authenticated else _form(target)
    access = _prove(request.form.get("email", ""), request.form.get("password", ""))
    if access is None:
        return _form(target, email=request.form.get("email", ""), failed=True), 401
    session.clear()  # nothing of what came before the login, its form token least of all, is kept
    session.permanent = True
    login_user(Visitor(access))
    return redirect(target)


@pages.route("/logout", methods=("POST",))
def sign_out() -> Response:
    """End this session."""
    with tenant_scope(SYSTEM):
        note(SYSTEM, "logout", "console")
    logout_user()
    session.clear()
    flash(t("login.signed_out"), "done")
    return redirect(url_for("login.sign_in"))


def _prove(email: str, password: str) -> Access | None:
    if not _hashing.acquire(timeout=10):
        abort(503)
    try:
        return people.sign_in(email, password, address=request.remote_addr)
    finally:
        _hashing.release()


def _form(target: str, *, email: str = "", failed: bool = False) -> str:
    return render_template("console/login.html", target=target, email=email, failed=failed)
