"""Putting a document together: head, boxes, table and closing over as many pages as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.ride import table
from app.ride.closing import Closing, height
from app.ride.heading import Heading
from app.ride.page import BOTTOM, INNER, LEFT, PAD, TOP, Sheet
from app.ride.reading import Issuer, Stub
from app.ride.typesetting import Grid

_GAP: Final = 10.0
_RUNNING: Final = 23.0 + _GAP  # the head of a later page and the white below it
_AFTER_TABLE: Final = 10.0
_LATER: Final = BOTTOM - TOP - _RUNNING - table.HEAD_HEIGHT  # room for rows on a later page
_LEAST_ROWS: Final = 60.0  # kept for rows beside the tallest closing
_TALL: Final = 280.0  # a closing taller than that goes on on the next page rather than leave this one empty


@dataclass(frozen=True)
class Body:
    """All that is below the head of a document."""

    box: Grid
    columns: Sequence[table.Column]
    rows: Sequence[table.Row]
    closing: Closing


@dataclass(frozen=True)
class Printed:
    """A document as it is printed: who issues it, which it is, and all that is below its head."""

    issuer: Issuer
    stub: Stub
    body: Body


def draw(sheet: Sheet, heading: Heading, body: Body) -> int:
    """Draw the whole document; returns its number of pages."""
    heading.draw_under(sheet)
    top = _draw_box(sheet, body.box, heading.draw(sheet) + _GAP) + _GAP
    pages = _pages(body, BOTTOM - top - table.HEAD_HEIGHT)
    closings = _closings(body.closing, _room_below(pages, top))
    count = len(pages) + len(closings) - 1
    for index, rows in enumerate(pages):
        if index:
            top = _turn(sheet, heading, index, count)
        bottom = _draw_rows(sheet, body.columns, rows, top)
    for index, closing in enumerate(closings):
        if index:
            bottom = _turn(sheet, heading, len(pages) + index - 1, count) - _AFTER_TABLE
        closing.draw(sheet, bottom + _AFTER_TABLE)
    heading.draw_foot(sheet, count, count)
    sheet.end_page()
    return count


def _draw_box(sheet: Sheet, box: Grid, top: float) -> float:
    depth = box.height + 2 * PAD - 3
    sheet.frame(LEFT, top, INNER, depth)
    box.draw(sheet, LEFT + PAD, top + PAD)
    return top + depth


def _draw_rows(sheet: Sheet, columns: Sequence[table.Column], rows: Sequence[table.Row], top: float) -> float:
    if not rows:
        return top - _AFTER_TABLE
    y = table.draw_head(sheet, columns, top)
    for each in rows:
        y = table.draw_row(sheet, columns, each, y)
    return y


def _pages(body: Body, first: float) -> list[list[table.Row]]:
    """Rows of each page: with the whole closing below the last of them, or with its totals when it is too tall.

    A closing that would push every row off the first page is too tall.
    """
    most = _LATER - _LEAST_ROWS - _AFTER_TABLE
    closing = body.closing
    if closing.height <= _TALL:
        pages = table.paginate(body.rows, first, _LATER, closing.height + _AFTER_TABLE)
        if pages[0] or not body.rows:
            return pages
    totals = min(height(closing.right), most) + _AFTER_TABLE
    return table.paginate(body.rows, first, _LATER, totals)


def _room_below(pages: Sequence[Sequence[table.Row]], first_top: float) -> float:
    """Room for the closing below the last page's rows."""
    room = _LATER if len(pages) > 1 else BOTTOM - first_top - table.HEAD_HEIGHT
    return room - sum(each.height for each in pages[-1]) - _AFTER_TABLE


def _closings(closing: Closing, room: float) -> list[Closing]:
    """The closing, divided over the last page of rows and as many more as it needs."""
    here, rest = closing.split(room)
    parts = [here]
    while rest.left or rest.right:
        here, following = rest.split(BOTTOM - TOP - _RUNNING)
        if not here.left and not here.right:  # a piece taller than a page is drawn all the same
            here, following = rest, Closing((), ())
        parts.append(here)
        rest = following
    return parts


def _turn(sheet: Sheet, heading: Heading, ended: int, count: int) -> float:
    """End page ``ended`` of ``count`` and begin the next; returns where its content starts."""
    heading.draw_foot(sheet, ended, count)
    sheet.end_page()
    heading.draw_under(sheet)
    return heading.draw_running(sheet) + _GAP
