"""Breaking text into lines that fit, and the labelled facts every box is made of."""

from dataclasses import dataclass

from app.ride.page import LABEL, VALUE, Sheet, Style

_LABEL_DROP = 8.6  # from a label's base line to that of its text


def wrap(text: str, style: Style, room: float) -> tuple[str, ...]:
    """``text`` in lines of at most ``room`` points; a word longer than that is broken between characters."""
    if not text or style.width(text) <= room:
        return (text,)
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if style.width(longer) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, style, room)
        lines.extend(full)
    return (*lines, line)


def _broken(word: str, style: Style, room: float) -> list[str]:
    """``word`` in pieces that fit, each of at least one character."""
    pieces = []
    most = int(5 * room / style.size) + 2  # no letter is narrower than a fifth of its size
    while style.width(word[:most]) > room and len(word) > 1:
        fits, misses = 1, min(most, len(word))
        while misses - fits > 1:
            middle = (fits + misses) // 2
            fits, misses = (middle, misses) if style.width(word[:middle]) <= room else (fits, middle)
        pieces.append(word[:fits])
        word = word[fits:]
    return [*pieces, word]


def fitted(text: str, style: Style, room: float, least: float = 4.0) -> Style:
    """``style``, smaller when ``text`` would not fit on one line, but never below ``least`` points."""
    width = style.width(text)
    return style if width <= room else style._replace(size=max(least, style.size * room / width))


@dataclass(frozen=True)
class Fact:
    """A label with its text below it, broken into lines."""

    label: str
    lines: tuple[str, ...]
    style: Style

    @property
    def height(self) -> float:
        """From the label's cap height to just below the last line."""
        return LABEL.size + _LABEL_DROP + (len(self.lines) - 1) * self.style.leading + 3

    def draw(self, sheet: Sheet, x: float, top: float) -> None:
        """Set the fact with its upper edge at ``top``."""
        y = top + LABEL.size
        sheet.text(x, y, self.label, LABEL)
        sheet.lines(x, y + _LABEL_DROP, self.lines, self.style)


def fact(label: str, text: str, room: float, style: Style = VALUE) -> Fact:
    """``text`` under ``label``, wrapped to ``room`` points; a dash stands for nothing."""
    return Fact(label, wrap(text or "—", style, room), style)


@dataclass(frozen=True)
class Grid:
    """Rows of facts, each fact at its own distance from the left edge."""

    rows: tuple[tuple[tuple[float, Fact], ...], ...]

    @property
    def height(self) -> float:
        """Height of all rows."""
        return sum(_row_height(row) for row in self.rows)

    def draw(self, sheet: Sheet, x: float, top: float) -> None:
        """Set all facts with the upper left corner at ``x``, ``top``."""
        for row in self.rows:
            for offset, each in row:
                each.draw(sheet, x + offset, top)
            top += _row_height(row)


def _row_height(row: tuple[tuple[float, Fact], ...]) -> float:
    return max(each.height for _, each in row) + 3
