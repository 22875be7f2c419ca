"""Rows as CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response

ECUADOR = ZoneInfo("America/Guayaquil")
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Column:
    """One column: its heading, and its value in a row."""

    heading: str
    value: Callable[[Any], Any]


def as_csv(name: str, columns: Sequence[Column], rows: Sequence[Any], *, capped: bool) -> Response:
    """A download called after ``name``; ``capped`` says in the file's name that there may be more rows."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.heading for column in columns])
    for row in rows:
        writer.writerow([cell(column.value(row)) for column in columns])
    filename = f"{name}-{len(rows)}-filas.csv" if capped else f"{name}.csv"
    # The mark at the beginning tells Excel that the text is UTF-8.
    return Response(
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def cell(value: Any) -> str:
    """``value`` as text; whatever a spreadsheet could take for a formula gets an apostrophe in front."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(ECUADOR).isoformat(sep=" ", timespec="seconds")
        case Decimal() | int():
            return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(STARTS_A_FORMULA) else text
