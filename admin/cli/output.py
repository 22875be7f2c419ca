"""How commands speak: tables for people, JSON for programs, refusals with a status of their own."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import click
from peewee import PeeweeException
from psycopg2 import OperationalError
from rich.console import Console
from rich.table import Table

from app import sentences
from app.config import load_settings
from app.ecuador import ECUADOR
from app.errors import AutorizaError, Invalid, Language, Misconfigured, Problem, Spoken, Text
from app.intake import OffersRefused

BAD_INPUT = 2

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command ``--json``, passed to it as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(command)


def print_json(value: Any) -> None:
    """One JSON value on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str | None = None) -> None:
    """Rows under ``columns``; numbers to the right, nothing cut when the output is no terminal."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=not out.is_terminal)
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    wide = out if out.is_terminal else Console(highlight=False, soft_wrap=True, width=400)
    wide.print(table)


def print_records(as_json: bool, records: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """The same records as JSON or as a table of ``columns``."""
    if as_json:
        print_json(list(records))
    elif records:
        print_table(columns, ([record.get(column) for column in columns] for record in records))
    else:
        out.print("nothing found")


def cell(value: Any) -> str:
    """A value as people read it: local time, amounts plain, nothing for None."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{value.astimezone(ECUADOR):%Y-%m-%d %H:%M:%S}"
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case _:
            return str(value)


def refuse(error: Exception) -> int:
    """Say what was refused and by whom it can be mended, as JSON when the command was asked for JSON; the status."""
    match error:
        case OffersRefused(by_file=by_file):
            _say_problems(by_file)
            return BAD_INPUT
        case Invalid(problems=problems):
            _say_problems({"": problems})
            return BAD_INPUT
        case Spoken(text=text):
            _say(text.read_in(_language()))
            return 1
        case AutorizaError():
            _say(str(error))
            return 1
        case PeeweeException() | OperationalError():
            _say(f"the database does not answer: {str(error).strip().splitlines()[0]}")
            return 1
        case _:
            raise error


def _say(sentence: str) -> None:
    if "--json" in sys.argv:
        print_json({"error": sentence})
    else:
        err.print(sentence, style="red", markup=False)


def spoken(text: Text) -> str:
    """A sentence in the language of the installation."""
    return text.read_in(_language())


def reread(kept: str | None) -> str | None:
    """What is kept with a row in Spanish: ours in the installation's language, anybody else's words as they are."""
    return spoken(sentences.read(kept)) if kept else None


def _language() -> Language:
    """That of the installation; Spanish where its settings cannot be read."""
    try:
        return load_settings().autoriza_language
    except Misconfigured:
        return "es"


def _say_problems(by_file: Mapping[str, Sequence[Problem]]) -> None:
    if "--json" in sys.argv:
        listed = {name: [_as_json(problem) for problem in problems] for name, problems in by_file.items()}
        print_json({"error": "refused, nothing was stored", "problems": listed})
        return
    for name, problems in by_file.items():
        if name:
            err.print(name, style="bold red", markup=False)
        for problem in problems:
            err.print(f"  {problem.sentence(_language())}", markup=False)
    err.print("Nothing was stored.", style="red")


def _as_json(problem: Problem) -> dict[str, str]:
    return {
        "field": problem.field,
        "code": problem.code,
        "rule_es": problem.rule.es,
        "rule_en": problem.rule.en,
        "fix_es": problem.fix.es,
        "fix_en": problem.fix.en,
    }


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal() | Path():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).decode("utf-8", "replace")
        case _:
            raise TypeError(f"not JSON: {type(value).__name__}")
