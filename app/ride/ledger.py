"""Small tables of amounts among the facts below the lines: words on the left, one or two amounts on the right."""

from typing import Final

from app.ride import fonts
from app.ride.amounts import amount
from app.ride.closing import LEFT_WIDTH, TITLE_HEIGHT, Piece, titled
from app.ride.page import HEAD, LEFT, MUTED, PAD, SMALL, TINT, Sheet, Style
from app.ride.reading import Figure, Ledger
from app.ride.typesetting import fitted, wrap

_COLUMN: Final = 56.0
_STYLES: Final = {
    "plain": SMALL,
    "strong": Style(fonts.BOLD, 6.8),
    "remark": Style(fonts.REGULAR, 6.2, MUTED),
}


def ledger(table: Ledger) -> tuple[Piece, ...]:
    """The pieces of one table; nothing when it is empty."""
    if not table.rows:
        return ()
    return titled(lambda more: _title(table, more), (_row(row, len(table.heads)) for row in table.rows))


def _title(table: Ledger, more: str) -> Piece:
    def draw(sheet: Sheet, top: float) -> None:
        sheet.fill(LEFT, top, LEFT_WIDTH, TITLE_HEIGHT, TINT, 3)
        sheet.text(LEFT + PAD, top + 10, table.title + more, HEAD)
        for x, head in zip(_ends(len(table.heads)), table.heads, strict=True):
            sheet.right(x, top + 10, head, HEAD)

    return Piece(TITLE_HEIGHT + 3, draw, leads=True)


def _row(figure: Figure, columns: int) -> Piece:
    style = _STYLES[figure.weight]
    room = LEFT_WIDTH - 2 * PAD - (columns * _COLUMN if figure.amounts else 0)
    words = wrap(figure.words, style, room)
    sums = [amount(each) for each in figure.amounts]

    def draw(sheet: Sheet, top: float) -> None:
        y = top + style.size + 1.2
        sheet.lines(LEFT + PAD, y, words, style)
        for x, sum_ in zip(_ends(len(sums)), sums, strict=True):
            sheet.right(x, y, sum_, fitted(sum_, style, _COLUMN - 4))

    return Piece(len(words) * style.leading + 2.6, draw)


def _ends(columns: int) -> list[float]:
    """Where each column of amounts ends, from left to right."""
    last = LEFT + LEFT_WIDTH - PAD
    return [last - place * _COLUMN for place in reversed(range(columns))]
