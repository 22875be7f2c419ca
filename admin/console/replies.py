"""What a page says to whoever has just sent a form: beside that form, with what was written when it was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask, flash, g, get_flashed_messages, request, session
from markupsafe import Markup

from admin.console.texts import why
from app.errors import Refused

LONGEST = 1_000
SECRETS: Final = frozenset({"csrf_token", "password"})
_KEPT = "refused_form"
_AT = "@"


@dataclass(frozen=True)
class Rejected:
    """A form that was refused: which field is at ``fault``, why, and what was written; false for one that was not."""

    fault: str = ""
    why: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.why)

    def value(self, name: str, otherwise: str = "") -> str:
        """What was written in the field ``name``; ``otherwise`` when nothing was refused."""
        return self.values.get(name, otherwise)

    def at(self, name: str, described_by: str = "") -> Markup:
        """The attributes of the field ``name``: where it is at fault it says so, and has the focus."""
        if name != self.fault or not self:
            return Markup(' aria-describedby="{}"').format(described_by) if described_by else Markup()
        said = f"{self.error_of(name)} {described_by}".strip()
        return Markup(' aria-invalid="true" aria-describedby="{}" autofocus').format(said)

    def error_of(self, name: str) -> str:
        """The id of the words beside the field ``name``."""
        return f"error-{name}"


def say(text: str, kind: str, place: str) -> None:
    """Have the next page say ``text`` at ``place``; on top, when it has no such place."""
    flash(text, kind + _AT + place)


def reject(refusal: Refused | str, place: str, at: str) -> None:
    """Have the next page show the form at ``place`` as it was written, with the reason beside the field ``at``."""
    written = {
        name: value[:LONGEST] for name, value in request.form.items() if name not in SECRETS and value.strip()
    }
    said = refusal if isinstance(refusal, str) else why(refusal)
    session[_KEPT] = {"place": place, "field": at, "why": said, "values": written}


def rejected(place: str) -> Rejected:
    """The form at ``place``, when it was refused just now."""
    kept = _rejected()
    if kept.get("place") != place:
        return Rejected()
    _claimed().add(place)
    return Rejected(kept["field"], kept["why"], kept["values"])


def told(place: str) -> list[tuple[str, str]]:
    """What is to be said at ``place``: each kind with its text."""
    _claimed().add(place)
    return [(_split(kind)[0], text) for kind, text in _flashed() if _split(kind)[1] == place]


def unclaimed() -> list[tuple[str, str]]:
    """What is to be said on top: all that the page had no place of its own for. To be asked for last."""
    known, kept = _claimed(), _rejected()
    left = [(_split(kind)[0], text) for kind, text in _flashed() if _split(kind)[1] not in known]
    if kept and kept["place"] not in known:
        left.append(("refused", kept["why"]))
    return left


def install(app: Flask) -> None:
    """Give the templates of ``app`` what a page says of a form."""
    app.jinja_env.globals.update(rejected=rejected, told=told, unclaimed=unclaimed)


def _rejected() -> dict[str, Any]:
    if "rejected_form" not in g:
        g.rejected_form = session.pop(_KEPT, {})
    kept: dict[str, Any] = g.rejected_form
    return kept


def _claimed() -> set[str]:
    """The places this page has shown."""
    if "places_shown" not in g:
        g.places_shown = set()
    places: set[str] = g.places_shown
    return places


def _flashed() -> list[tuple[str, str]]:
    messages: list[Any] = list(get_flashed_messages(with_categories=True))
    return messages


def _split(kind: str) -> tuple[str, str]:
    name, _, place = kind.partition(_AT)
    return name, place
