"""Signing in, with the second factor of who has one, and signing out."""

import time
from datetime import UTC, datetime
from threading import BoundedSemaphore
from typing import Any, Final

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from admin.console.door import Visitor, safe_next
from admin.console.texts import t
from admin.console.witness import note
from app import people, sessions
from app.access import Access
from app.store.people import Person
from app.tenancy import SYSTEM, tenant_scope

HASHES_AT_ONCE: Final = 2
"""Proving a password takes 64 MiB; more at once could fill a small machine."""
CODE_WITHIN_S: Final = 300
HALFWAY: Final = "halfway"
_hashing = BoundedSemaphore(HASHES_AT_ONCE)

pages = Blueprint("login", __name__)


@pages.route("/login", methods=("GET", "POST"))
def sign_in() -> Response | str | tuple[str, int]:
    """The form, and its answer: a new session for whoever proves to be someone, else 401."""
    target = safe_next(request.values.get("next", "/"))
    if request.method != "POST":
        return redirect(target) if current_user.is_authenticated else _form(target)
    email = request.form.get("email", "")
    person = prove(email, request.form.get("password", ""))
    if person is None:
        return _form(target, email=email, failed=True), 401
    if person.totp_sealed is not None:
        session[HALFWAY] = {"person": person.id, "at": int(time.time()), "next": target}
        return redirect(url_for("login.code"))
    return _let_in(people.enter(person, address=request.remote_addr), target)


@pages.route("/login/code", methods=("GET", "POST"))
def code() -> Response | str | tuple[str, int]:
    """The second step of an account with a second factor: its code, within five minutes of the password."""
    halfway: dict[str, Any] = session.get(HALFWAY, {})
    if not halfway or time.time() - halfway["at"] > CODE_WITHIN_S:
        session.pop(HALFWAY, None)
        return redirect(url_for("login.sign_in"))
    if request.method != "POST":
        return render_template("console/code.html", failed=False)
    person = Person.get_by_id(halfway["person"])
    box = current_app.extensions["services"].box
    access = people.enter(person, request.form.get("code", ""), box=box, address=request.remote_addr)
    if access is None:
        return render_template("console/code.html", failed=True), 401
    return _let_in(access, halfway["next"])


@pages.route("/logout", methods=("POST",))
def sign_out() -> Response:
    """End this session."""
    with tenant_scope(SYSTEM):
        note(SYSTEM, "logout", "console")
        sessions.close(current_user.session.id, by=current_user.access.email)
    logout_user()
    session.clear()
    flash(t("login.signed_out"), "done")
    return redirect(url_for("login.sign_in"))


def prove(email: str, password: str) -> Person | None:
    """``people.prove``, for few at once; 503 for who would have to wait too long."""
    if not _hashing.acquire(timeout=10):
        abort(503)
    try:
        return people.prove(email, password, address=request.remote_addr)
    finally:
        _hashing.release()


def _let_in(access: Access | None, target: str) -> Response:
    if access is None:  # disabled between the password and the code
        return redirect(url_for("login.sign_in"))
    agent = request.user_agent.string
    token = sessions.open_session(access.person_id, address=request.remote_addr, agent=agent)
    session.clear()  # nothing of what came before the login, its form token least of all, is kept
    session.permanent = True
    living = sessions.session_of(token, datetime.now(UTC))
    if living is None:
        abort(403)
    login_user(Visitor(living, token))
    return redirect(target)


def _form(target: str, *, email: str = "", failed: bool = False) -> str:
    return render_template("console/login.html", target=target, email=email, failed=failed)
