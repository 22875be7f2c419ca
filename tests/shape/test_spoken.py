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
