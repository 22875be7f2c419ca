"""The table of lines: columns, rows that wrap, and how rows fall onto pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

from app.ride.page import HEAD, INNER, LEFT, PAD, SMALL, TINT, Sheet, Style
from app.ride.typesetting import fitted, wrap

HEAD_HEIGHT: Final = 23.0
_GAP: Final = 3.5  # white on either side of a cell's text
_EDGE: Final = PAD - _GAP
WIDTH: Final = INNER - 2 * _EDGE  # of all columns together
_LEADING: Final = SMALL.leading
_ABOVE: Final = 3.4
_BELOW: Final = 3.0
KEPT: Final = 2  # rows that go along when the totals need a page of their own

Align = Literal["left", "right"]


@dataclass(frozen=True)
class Column:
    """One column: its head in lines, its width in points, and on which side its text stands."""

    head: tuple[str, ...]
    width: float
    align: Align = "left"

    @property
    def room(self) -> float:
        return self.width - 2 * _GAP


@dataclass(frozen=True)
class Cell:
    """Lines of text in one style."""

    lines: tuple[str, ...]
    style: Style = SMALL


@dataclass(frozen=True)
class Row:
    """One cell per column; ``closed`` is False for a part that goes on with the next row."""

    cells: tuple[Cell, ...]
    closed: bool = True

    @cached_property
    def depth(self) -> int:
        """Lines of its tallest cell."""
        return max(len(cell.lines) for cell in self.cells)

    @cached_property
    def height(self) -> float:
        return self.depth * _LEADING + _ABOVE + _BELOW

    def split(self, depth: int) -> "tuple[Row, Row]":
        """Its first ``depth`` lines, and the others."""
        first = tuple(replace(cell, lines=cell.lines[:depth]) for cell in self.cells)
        rest = tuple(replace(cell, lines=cell.lines[depth:]) for cell in self.cells)
        return Row(first, closed=False), Row(rest, self.closed)


def row(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> Row:
    """One row: each cell's paragraphs are wrapped; figures are set smaller rather than broken."""
    cells = []
    for column, paragraphs in zip(columns, texts, strict=True):
        style = SMALL
        if column.align == "right":
            style = fitted(max(paragraphs, key=len, default=""), SMALL, column.room)
        if len(paragraphs) == 1:
            lines = wrap(paragraphs[0], style, column.room)
        else:
            lines = tuple(line for text in paragraphs for line in wrap(text, style, column.room))
        cells.append(Cell(lines, style))
    return Row(tuple(cells))


def draw_head(sheet: Sheet, columns: Sequence[Column], top: float) -> float:
    """Draw the head of the table; returns where the rows begin."""
    sheet.fill(LEFT, top, INNER, HEAD_HEIGHT, TINT, 3)
    x = LEFT + _EDGE
    for column in columns:
        y = top + (HEAD_HEIGHT - len(column.head) * HEAD.leading) / 2 + HEAD.size * 0.95
        for line in column.head:
            _set(sheet, column, x, y, line, HEAD)
            y += HEAD.leading
        x += column.width
    return top + HEAD_HEIGHT


def draw_row(sheet: Sheet, columns: Sequence[Column], each: Row, top: float) -> float:
    """Draw one row; returns where the next begins."""
    x = LEFT + _EDGE
    for column, cell in zip(columns, each.cells, strict=True):
        y = top + _ABOVE + SMALL.size * 0.92
        for line in cell.lines:
            _set(sheet, column, x, y, line, cell.style)
            y += _LEADING
        x += column.width
    bottom = top + each.height
    if each.closed:
        sheet.rule(LEFT, bottom, INNER)
    return bottom


def _set(sheet: Sheet, column: Column, x: float, y: float, line: str, style: Style) -> None:
    if column.align == "right":
        sheet.right(x + column.width - _GAP, y, line, style)
    else:
        sheet.text(x + _GAP, y, line, style)


def paginate(rows: Sequence[Row], first: float, later: float, closing: float) -> list[list[Row]]:
    """Rows of each page, so that ``closing`` points stay free below those of the last.

    ``first`` and ``later`` are the heights for rows on the first page and on the others; ``closing`` must be
    smaller than ``later``. Totals never stand alone: the last page holds at least one row, or a row's last
    lines. A row taller than a page goes on on the next.
    """
    pages: list[list[Row]] = [[]]
    room = first
    for each in rows:
        while each.height > room:
            depth = _lines_in(room)
            if each.height > later and depth >= 1:
                part, each = each.split(depth)
                pages[-1].append(part)
            pages.append([])
            room = later
        pages[-1].append(each)
        room -= each.height
    if closing > room:
        _carry(pages, later - closing)
    else:
        _accompany(pages, room - closing)
    return pages


def _accompany(pages: list[list[Row]], room: float) -> None:
    """Bring a row over to a last page that has but one, when its neighbours can spare it."""
    if len(pages) < 2 or len(pages[-1]) >= KEPT or len(pages[-2]) <= KEPT:
        return
    neighbour = pages[-2][-1]
    if neighbour.closed and neighbour.height <= room:
        pages[-1].insert(0, pages[-2].pop())


def _carry(pages: list[list[Row]], room: float) -> None:
    """Move the last rows, as many of ``KEPT`` as fit into ``room`` points, to a page of their own."""
    moved: list[Row] = []
    last = pages[-1]
    while last and len(moved) < KEPT and last[-1].height <= room:
        room -= last[-1].height
        moved.insert(0, last.pop())
    if last and not moved and (depth := _lines_in(room)) >= 1 and last[-1].depth > depth:
        part, rest = last.pop().split(last[-1].depth - depth)
        last.append(part)
        moved.append(rest)
    pages.append(moved)


def _lines_in(room: float) -> int:
    return int((room - _ABOVE - _BELOW) / _LEADING)
