"""How somebody likes the console: its language, and light or dark; kept in their browser, signed in or not."""

from typing import Final

from babel import Locale
from flask import Blueprint, Flask, Response, abort, redirect, request
from flask_babel import Babel, get_locale

from admin.console.door import safe_next
from admin.console.texts import DEFAULT, LANGUAGES
from app.ecuador import ECUADOR

LOCALES: Final = {"es": "es_EC", "en": "en"}
"""Whose numbers and dates each language has."""
THEMES: Final = ("auto", "light", "dark")
A_YEAR: Final = 365 * 86_400

pages = Blueprint("preferences", __name__)


def install(app: Flask) -> None:
    """Let every request of ``app`` have a language: the one chosen, else the browser's, else Spanish."""
    app.register_blueprint(pages)
    Babel(
        app,
        default_locale=LOCALES[DEFAULT],
        default_timezone=ECUADOR.key,
        locale_selector=_locale,
        configure_jinja=False,
    )


@pages.route("/preferences", methods=("POST",))
def keep() -> Response:
    """Remember one choice for a year and go back; 400 for a choice there is not."""
    answer = redirect(safe_next(request.form.get("back", "/")))
    for name, known in (("language", LANGUAGES), ("theme", THEMES)):
        if name not in request.form:
            continue
        if request.form[name] not in known:
            abort(400)
        answer.set_cookie(
            name,
            request.form[name],
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return answer  # type: ignore[return-value] # Flask's redirect makes one of its own responses


def theme() -> str:
    """The theme somebody chose: ``light``, ``dark``, or ``auto`` as their system has it."""
    chosen = request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def locale() -> Locale:
    """Whose numbers and dates are shown; Ecuador's for nobody in particular."""
    return get_locale() or Locale.parse(LOCALES[DEFAULT])


def _locale() -> str:
    chosen = request.cookies.get("language", "")
    liked = chosen if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES))
    return LOCALES[liked or DEFAULT]
