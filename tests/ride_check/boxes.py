"""Where everything on a RIDE's pages lies, taken from its drawing, and what of it collides or leaves the page."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from app.ride.page import HEIGHT, LEFT, RIGHT, Sheet, Style

ASCENT, DESCENT = 0.93, 0.23  # of the size: an accented capital, and the tail of a g
HAIR = 0.3  # points that may be shared: less than anybody sees
FOOT = 15.0
LEAST_MODULE = 0.26 * 72 / 25.4


@dataclass(frozen=True)
class Box:
    """One thing on a page, in points from its top left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    what: str

    def meets(self, other: "Box") -> bool:
        """Whether more than a hair of both is at the same place."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > HAIR and down > HAIR

    def __str__(self) -> str:
        return f"page {self.page + 1}, {self.left:.0f}/{self.top:.0f}: {self.what[:40]!r}"


@dataclass
class Drawing:
    """All boxes of one document, and the narrowest bar of its barcode."""

    boxes: list[Box] = field(default_factory=list)
    module: float | None = None

    def outside(self) -> Iterator[str]:
        """What leaves the printed area."""
        for box in self.boxes:
            within = box.left >= LEFT - HAIR and box.right <= RIGHT + HAIR
            if not within or box.top < FOOT or box.bottom > HEIGHT - FOOT:
                yield f"leaves the page: {box}"

    def colliding(self) -> Iterator[str]:
        """Every two things that lie over one another."""
        for page in sorted({box.page for box in self.boxes}):
            open_: list[Box] = []
            for box in sorted((one for one in self.boxes if one.page == page), key=lambda one: one.top):
                open_ = [other for other in open_ if other.bottom > box.top]
                yield from (f"overlap: {other} and {box}" for other in open_ if box.meets(other))
                open_.append(box)


@contextmanager
def recorded() -> Iterator[Drawing]:
    """What is rendered inside is drawn as ever, and its boxes are kept."""
    drawing = Drawing()

    class Recording(Sheet):
        page = 0

        def text(self, x: float, y: float, words: str, style: Style) -> None:
            if words:
                top, bottom = y - ASCENT * style.size, y + DESCENT * style.size
                drawing.boxes.append(Box(self.page, x, top, x + style.width(words), bottom, words))
            super().text(x, y, words, style)

        def image(self, picture: Any, x: float, top: float, width: float, height: float) -> None:
            drawing.boxes.append(Box(self.page, x, top, x + width, top + height, "logo"))
            super().image(picture, x, top, width, height)

        def bars(self, x: float, top: float, height: float, spans: Iterable[tuple[float, float]]) -> None:
            kept = list(spans)
            end = max(offset + width for offset, width in kept)
            drawing.boxes.append(Box(self.page, x, top, x + end, top + height, "barcode"))
            drawing.module = min(width for _, width in kept)
            super().bars(x, top, height, kept)

        def end_page(self) -> None:
            super().end_page()
            self.page += 1

    with patch("app.ride.Sheet", Recording):
        yield drawing
