"""What a person sees when something is refused, missing or broken: a calm page with the right status."""

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_login import current_user
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from admin.console.door import OPEN
from admin.console.texts import both
from admin.console.witness import note_refusal
from app import error_reports

log = structlog.get_logger("console")
TOLD = frozenset({400, 403, 404, 405, 413, 429, 500, 503})
"""Statuses that have a sentence of their own in the texts."""


def install(app: Flask) -> None:
    """Answer every failure of ``app`` with a page; what broke is logged, what was guessed is on record."""
    app.register_error_handler(HTTPException, _refused)
    for away in (OperationalError, InterfaceError, MaxConnectionsExceeded):
        app.register_error_handler(away, _database_away)
    app.register_error_handler(Exception, _broken)


def _refused(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect to the address with its slash
    guessed = error.code == 404 and request.endpoint and request.endpoint not in OPEN
    if guessed and current_user.is_authenticated:
        note_refusal(both("refusal.not_theirs"))
    return _page(error)


def _database_away(error: Exception) -> Response:
    log.warning("database_away", path=request.path, error=str(error))
    return _page(ServiceUnavailable())


def _broken(error: Exception) -> Response:
    log.error("request_failed", path=request.path, exc_info=error)
    error_reports.report(error, endpoint=request.endpoint)
    return _page(InternalServerError())


def _page(error: HTTPException) -> Response:
    status = error.code or 500
    page = render_template("console/failure.html", status=status, known=status in TOLD)
    response = make_response(page, status)
    if status in (429, 503):
        response.headers["Retry-After"] = "60" if status == 429 else "10"
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response
