"""Whatever is said to a person is said in both languages, and the console says it in theirs."""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import app
import workers
from app.channels.places import NotAPlace
from app.errors import AutorizaError, Misconfigured, Spoken, Unavailable

ROOT = Path(__file__).resolve().parents[2]
NOT_FOR_PEOPLE = {AutorizaError, Unavailable, Misconfigured, NotAPlace}
"""A base, and what logs tell: the SRI is silent, a setting is wrong, a channel leads nowhere."""


def _modules(package) -> list:
    names = [one.name for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return [importlib.import_module(name) for name in names if ".versions" not in name]


def test_an_error_that_is_said_to_a_person_carries_both_languages():
    errors = {
        found
        for module in _modules(app)
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, AutorizaError)
    }
    assert len(errors) >= 8
    assert {found for found in errors - NOT_FOR_PEOPLE if not issubclass(found, Spoken)} == set()


def test_no_sentence_is_left_in_one_language_only():
    """A Text whose two sentences are the same words is one that nobody translated."""
    alike = []
    for package in (app, workers):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    isinstance(call, ast.Call)
                    and getattr(call.func, "id", "") == "Text"
                    and len(call.args) == 2
                ):
                    es, en = (ast.unparse(each) for each in call.args)
                    if es == en and re.search(r"[a-zñáéíóú]{4,} [a-zñáéíóú]{2,}", es):
                        alike.append(f"{path.name}: {es}")
    assert alike == []


def test_the_console_never_shows_a_refusal_in_the_language_of_the_record():
    shown = re.compile(r"\bflash\([^\n]*\bstr\(\w+\)")
    pages = sorted((ROOT / "admin" / "console").rglob("*.py"))
    assert [path.name for path in pages if shown.search(path.read_text("utf-8"))] == []


KEPT_BY = {"park": 2, "sleep": "why", "advance": "reason", "audit": "reason", "stand": 3, "_end": "reason"}
"""Who keeps words with a row that people read later, and which argument that is."""
SENTENCE = re.compile(r"[áéíóúñ«»]|[a-zñ]{2,} [a-zñ]{2,}")


def test_what_is_kept_for_people_to_read_is_a_sentence_that_can_be_read_in_both_languages():
    """Written straight into a row it would be in one language for everybody: ``app.sentences`` has it in both."""
    found = []
    for package in (app, workers):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(call, ast.Call) and (written := _kept(call)) and SENTENCE.search(written):
                    found.append(f"{path.name}:{call.lineno}: {written}")
    assert found == []


def _kept(call: ast.Call) -> str:
    """The words a call keeps, when they stand in it."""
    place = KEPT_BY.get(getattr(call.func, "attr", getattr(call.func, "id", "")))
    if isinstance(place, int):
        given = call.args[place] if len(call.args) > place else None
    else:
        given = next((one.value for one in call.keywords if place and one.arg == place), None)
    return ast.unparse(given) if isinstance(given, ast.Constant | ast.JoinedStr) else ""
