"""Rows as lines of CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

from app.ecuador import ECUADOR
from app.errors import Language, Text

STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK: Final = "\ufeff"
"""At the beginning of a file it tells Excel that the text is UTF-8."""
TYPE: Final = "text/csv; charset=utf-8"
Layout = Literal["plain", "excel"]
"""For programs, or for a spreadsheet set to Ecuador: semicolons, a comma before the cents, codes as text."""
LAYOUTS: Final[tuple[Layout, Layout]] = ("plain", "excel")


@dataclass(frozen=True)
class Column:
    """One column: its heading, and its value in a row; a ``Text`` is written in the reader's language.

    ``code`` says that digits in it are no number: a spreadsheet would round them or drop their zeros.
    """

    heading: str
    value: Callable[[Any], Any]
    code: bool = False


def layout_of(written: str) -> Layout:
    """The layout of that name; raises ``ValueError`` when there is none."""
    return LAYOUTS[LAYOUTS.index(written)]


def head(columns: Sequence[Column], layout: Layout = "plain") -> bytes:
    """The first line of a file, and the mark before it."""
    return (MARK + _written([[column.heading for column in columns]], layout)).encode()


def lines(
    columns: Sequence[Column], rows: Iterable[Any], language: Language, layout: Layout = "plain"
) -> bytes:
    """A line for each of ``rows``."""
    of = _for_excel if layout == "excel" else _plainly
    return _written(([of(column, row, language) for column in columns] for row in rows), layout).encode()


def filename(name: str, rows: int, *, capped: bool, layout: Layout = "plain") -> str:
    """What a file is called; one that is ``capped`` says how many rows it holds, for there may be more."""
    name = f"{name}-excel" if layout == "excel" else name
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


def _plainly(column: Column, row: Any, language: Language) -> str:
    return cell(column.value(row), language)


def _for_excel(column: Column, row: Any, language: Language) -> str:
    value = column.value(row)
    match value:
        case Decimal():
            return str(value).replace(".", ",")
        case datetime():
            return f"{value.astimezone(ECUADOR):%Y-%m-%d %H:%M:%S}"
    if column.code and value and value.isascii() and value.isdigit():
        return f'="{value}"'
    return cell(value, language)


def _written(rows: Iterable[Sequence[str]], layout: Layout) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";" if layout == "excel" else ",").writerows(rows)
    return out.getvalue()
