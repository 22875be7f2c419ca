"""What a run came to, in words for the person who reads."""

from typing import Final

from flask import Flask

from admin.console import texts
from admin.console.formats import span
from app import causes
from app.run_results import recognise
from app.sri.codes import CATALOGUE

_SAID: Final = "said."


def install(app: Flask) -> None:
    """Give the templates of ``app`` the filter ``outcome``."""
    app.jinja_env.filters["outcome"] = outcome


def outcome(kept: str | None) -> str:
    """What the engine says of a run, in the reader's language; whatever is none of its results, as it was said."""
    if not kept:
        return "—"
    if known := recognise(kept):
        result, facts = known
        return texts.t(_SAID + result.name.lower(), **{name: _fact(name, one) for name, one in facts.items()})
    return texts.reread(kept)


def _fact(name: str, kept: str) -> str:
    match name:
        case "state":
            return texts.word("state", kept)
        case "seconds":
            return span(float(kept))
        case "why":
            return _why(kept)
    return kept


def _why(kept: str) -> str:
    """A code is explained; a sentence of ours is read in the reader's language, a server's words are as they were."""
    if kept in causes.OWN or kept in CATALOGUE:
        meaning = texts.spoken(causes.explain(kept, person=False).meaning)
        return meaning[0].lower() + meaning[1:].removesuffix(".")
    return outcome(kept)
