"""What follows the lines: additional facts and payments on the left, totals on the right."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.catalogues.payments import PAYMENT_METHODS
from app.ride import fonts
from app.ride.amounts import amount
from app.ride.page import ACCENT, HEAD, INNER, LEFT, MUTED, PAD, RIGHT, SMALL, TINT, WHITE, Sheet, Style
from app.ride.reading import Entry, Payment, Section
from app.ride.typesetting import fitted, wrap

_TOTALS_WIDTH: Final = 206.0
LEFT_WIDTH: Final = INNER - _TOTALS_WIDTH - 16
_LABEL_WIDTH: Final = 96.0
TITLE_HEIGHT: Final = 15.0
_TERM_END: Final = LEFT_WIDTH - 62.0
_METHOD_ROOM: Final = LEFT_WIDTH - 125.0

_NAME = Style(fonts.REGULAR, 6.8, MUTED)
_TOTAL = Style(fonts.BOLD, 9.2, WHITE)


@dataclass(frozen=True)
class Piece:
    """A part of a column that stays whole; one that ``leads`` is not left alone at the end of a page.

    ``again`` is its title, to be repeated when a page begins with it.
    """

    height: float
    draw: Callable[[Sheet, float], None]
    leads: bool = False
    again: "Piece | None" = None


@dataclass(frozen=True)
class Closing:
    """Both columns, in pieces."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]

    @property
    def height(self) -> float:
        """Height when nothing is divided."""
        return max(height(self.left), height(self.right))

    def split(self, room: float) -> "tuple[Closing, Closing]":
        """What fits into ``room`` points, and the rest."""
        left, right = _fitting(self.left, room), _fitting(self.right, room)
        here = Closing(self.left[:left], self.right[:right])
        return here, Closing(_continued(self.left, left), self.right[right:])

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw both columns from ``top`` downwards."""
        for column in (self.left, self.right):
            y = top
            for piece in column:
                piece.draw(sheet, y)
                y += piece.height


def height(pieces: Iterable[Piece]) -> float:
    """Height of a column."""
    return sum(piece.height for piece in pieces)


def _fitting(pieces: Sequence[Piece], room: float) -> int:
    count = 0
    while count < len(pieces) and pieces[count].height <= room:
        room -= pieces[count].height
        count += 1
    while 0 < count < len(pieces) and pieces[count - 1].leads:
        count -= 1
    return count


def _continued(pieces: tuple[Piece, ...], first: int) -> tuple[Piece, ...]:
    """``pieces`` from ``first`` on, under their title once more when it stands on the page before."""
    rest = pieces[first:]
    again = rest[0].again if rest and first else None
    return (again, *rest) if again else rest


def titled(title: Callable[[str], Piece], pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """``pieces`` under their title, and white below them; ``title`` makes it, given what to add to its words."""
    again = title(" (continuación)")
    return (title(""), *(replace(piece, again=again) for piece in pieces), space(9))


def section(block: Section) -> tuple[Piece, ...]:
    """A titled list of labels and texts; nothing when it is empty."""
    if not block.entries:
        return ()
    return titled(lambda more: _title(block.title + more), map(_entry, block.entries))


def payments(paid: Sequence[Payment]) -> tuple[Piece, ...]:
    """The table of payments, with the catalogue's words for each method."""
    if not paid:
        return ()
    return titled(_payments_title, map(_payment, paid))


def totals(rows: Sequence[Entry], grand: Entry, after: Sequence[Entry] = ()) -> tuple[Piece, ...]:
    """The column of totals, its heavy row, and what else is told below it."""
    told = (space(4), *(_total(entry) for entry in after)) if after else ()
    return (*(_total(entry) for entry in rows), _grand_total(grand), *told)


def space(points: float) -> Piece:
    """White."""
    return Piece(points, lambda _sheet, _top: None)


def _title(text: str) -> Piece:
    def draw(sheet: Sheet, top: float) -> None:
        sheet.fill(LEFT, top, LEFT_WIDTH, TITLE_HEIGHT, TINT, 3)
        sheet.text(LEFT + PAD, top + 10, text, HEAD)

    return Piece(TITLE_HEIGHT + 3, draw, leads=True)


def _entry(entry: Entry) -> Piece:
    label = wrap(entry.label, _NAME, _LABEL_WIDTH - 6)
    text = wrap(entry.text, SMALL, LEFT_WIDTH - _LABEL_WIDTH - 2 * PAD)

    def draw(sheet: Sheet, top: float) -> None:
        y = top + SMALL.size + 1.2
        sheet.lines(LEFT + PAD, y, label, _NAME)
        sheet.lines(LEFT + PAD + _LABEL_WIDTH, y, text, SMALL)

    return Piece(max(len(label), len(text)) * SMALL.leading + 2.6, draw)


def _payments_title(more: str) -> Piece:
    def draw(sheet: Sheet, top: float) -> None:
        sheet.fill(LEFT, top, LEFT_WIDTH, TITLE_HEIGHT, TINT, 3)
        sheet.text(LEFT + PAD, top + 10, f"FORMA DE PAGO{more}", HEAD)
        sheet.right(LEFT + _TERM_END, top + 10, "PLAZO", HEAD)
        sheet.right(LEFT + LEFT_WIDTH - PAD, top + 10, "VALOR", HEAD)

    return Piece(TITLE_HEIGHT + 3, draw, leads=True)


def _payment(paid: Payment) -> Piece:
    words = (
        f"{paid.method} - {PAYMENT_METHODS[paid.method]}" if paid.method in PAYMENT_METHODS else paid.method
    )
    method = wrap(words, SMALL, _METHOD_ROOM)
    term = f"{amount(paid.term).removesuffix('.00')} {paid.unit}".strip() if paid.term else ""
    sum_ = amount(paid.amount)

    def draw(sheet: Sheet, top: float) -> None:
        y = top + SMALL.size + 1.2
        sheet.lines(LEFT + PAD, y, method, SMALL)
        sheet.right(LEFT + _TERM_END, y, term, fitted(term, SMALL, 54))
        sheet.right(LEFT + LEFT_WIDTH - PAD, y, sum_, fitted(sum_, SMALL, 52))

    return Piece(len(method) * SMALL.leading + 2.6, draw)


def _total(entry: Entry) -> Piece:
    label = wrap(entry.label, SMALL, _TOTALS_WIDTH * 0.62)

    def draw(sheet: Sheet, top: float) -> None:
        y = top + SMALL.size + 2.6
        sheet.lines(RIGHT - _TOTALS_WIDTH + PAD, y, label, SMALL)
        sheet.right(RIGHT - PAD, y, entry.text, fitted(entry.text, SMALL, _TOTALS_WIDTH * 0.33))
        sheet.rule(RIGHT - _TOTALS_WIDTH, top + depth, _TOTALS_WIDTH)

    depth = len(label) * SMALL.leading + 5
    return Piece(depth, draw, leads=True)


def _grand_total(entry: Entry) -> Piece:
    def draw(sheet: Sheet, top: float) -> None:
        sheet.fill(RIGHT - _TOTALS_WIDTH, top + 4, _TOTALS_WIDTH, 21, ACCENT, 3)
        label = fitted(entry.label, _TOTAL, _TOTALS_WIDTH * 0.5)
        sheet.text(RIGHT - _TOTALS_WIDTH + PAD, top + 18, entry.label, label)
        sheet.right(RIGHT - PAD, top + 18, entry.text, fitted(entry.text, _TOTAL, _TOTALS_WIDTH * 0.45))

    return Piece(25, draw)
