"""Dates inside a comprobante, written dd/mm/yyyy: read, and what is wrong with one that cannot be."""

from datetime import date, datetime

from app.errors import Problem, Text

BAD_DATE = "67"


def day(text: str | None) -> date | None:
    """The date of ``dd/mm/yyyy``; None when there is no such day."""
    try:
        return datetime.strptime((text or "").strip(), "%d/%m/%Y").date()  # noqa: DTZ007
    except ValueError:
        return None


def written(on: date) -> str:
    """``dd/mm/yyyy``; strftime would ask the C library for it."""
    return f"{on.day:02d}/{on.month:02d}/{on.year:04d}"


def no_such_day(field: str) -> Problem:
    """The refusal of 31/02/2026."""
    fix = Text("Escriba una fecha del calendario", "Write a date of the calendar")
    return Problem(field, Text("la fecha no existe", "the date does not exist"), fix, BAD_DATE)


def after_issue(field: str, on: date) -> Problem:
    """The refusal of a document that claims to be younger than the one that names it."""
    rule = Text(
        f"es posterior a la fecha de emisión {on:%d/%m/%Y}", f"is later than the issue date {on:%d/%m/%Y}"
    )
    return Problem(field, rule, Text("Corrija la fecha", "Mend the date"), BAD_DATE)
