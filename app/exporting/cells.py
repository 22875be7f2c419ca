"""Rows as lines of CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.ecuador import ECUADOR
from app.errors import Language, Text

STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK: Final = "\ufeff"
"""At the beginning of a file it tells Excel that the text is UTF-8."""
TYPE: Final = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Column:
    """One column: its heading, and its value in a row; a ``Text`` is written in the reader's language."""

    heading: str
    value: Callable[[Any], Any]


def head(columns: Sequence[Column]) -> bytes:
    """The first line of a file, and the mark before it."""
    return (MARK + _written([[column.heading for column in columns]])).encode()


def lines(columns: Sequence[Column], rows: Iterable[Any], language: Language) -> bytes:
    """A line for each of ``rows``."""
    return _written([cell(column.value(row), language) for column in columns] for row in rows).encode()


def filename(name: str, rows: int, *, capped: bool) -> str:
    """What a file is called; one that is ``capped`` says how many rows it holds, for there may be more."""
    return f"{name}-{rows}-filas.csv" if capped else f"{name}.csv"


def attached(name: str) -> dict[str, str]:
    """The header by which a browser keeps a file under ``name`` and does not show it."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def cell(value: Any, language: Language = "es") -> str:
    """``value`` as text; whatever a spreadsheet could take for a formula gets an apostrophe in front."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(ECUADOR).isoformat(sep=" ", timespec="seconds")
        case Decimal() | int():
            return str(value)
        case Text():
            return value.read_in(language)
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(STARTS_A_FORMULA) else text


def _written(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
