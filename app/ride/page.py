"""The sheet a RIDE is drawn on: A4, measured in points from the top left corner, with its inks and styles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from io import BytesIO
from math import cos, radians, sin
from typing import Any, Final, NamedTuple

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from app.ride import fonts
from app.ride.fonts.embedding import Part
from app.ride.picture import Picture

# Flate streams are binary anyway; wrapping them in ASCII only makes the file larger.
rl_config.useA85 = 0

WIDTH: Final = 595.28
HEIGHT: Final = 841.89
LEFT: Final = 36.0
RIGHT: Final = WIDTH - LEFT
INNER: Final = RIGHT - LEFT
PAD: Final = 8.0  # from the edge of any box to its text
TOP: Final = 34.0
BOTTOM: Final = HEIGHT - 44.0  # nothing but the footer lies below

Ink = tuple[float, float, float]
INK: Final[Ink] = (0.10, 0.13, 0.18)
MUTED: Final[Ink] = (0.38, 0.43, 0.50)
HAIRLINE: Final[Ink] = (0.82, 0.85, 0.89)
TINT: Final[Ink] = (0.949, 0.961, 0.976)
ACCENT: Final[Ink] = (0.082, 0.231, 0.376)
PALE: Final[Ink] = (0.78, 0.85, 0.92)  # small text on the accent colour
_SLOPE: Final = 52.0  # degrees, of a watermark
WHITE: Final[Ink] = (1.0, 1.0, 1.0)
AMBER: Final[Ink] = (0.66, 0.30, 0.0)
AMBER_TINT: Final[Ink] = (1.0, 0.945, 0.84)
WATERMARK: Final[Ink] = (0.972, 0.957, 0.930)


class Style(NamedTuple):
    """How a run of text is set; ``leading`` is the distance between its base lines."""

    face: str
    size: float
    ink: Ink = INK

    @property
    def leading(self) -> float:
        return round(self.size * 1.22, 2)

    def width(self, text: str) -> float:
        """Width of ``text`` in points."""
        return fonts.width(text, self.face, self.size)


LABEL: Final = Style(fonts.REGULAR, 5.9, MUTED)
VALUE: Final = Style(fonts.REGULAR, 7.6)
STRONG: Final = Style(fonts.BOLD, 7.6)
SMALL: Final = Style(fonts.REGULAR, 6.8)
HEAD: Final = Style(fonts.BOLD, 6.3, ACCENT)


class Sheet:
    """A PDF in the making. Fills and rules are drawn at once, text after them when the page ends."""

    def __init__(
        self, *, title: str, author: str, subject: str, inks: Mapping[Ink, Ink] | None = None
    ) -> None:
        """``inks`` are drawn in place of others."""
        fonts.face(fonts.REGULAR)
        self._file = BytesIO()
        self._inks = dict(inks or {})
        self._parts: dict[str, Part] = {}
        self._shown: dict[str, set[str]] = defaultdict(set)
        self._canvas: Any = Canvas(
            self._file,
            pagesize=(WIDTH, HEIGHT),
            pageCompression=1,
            invariant=1,
            initialFontName=fonts.REGULAR,
            lang="es-EC",
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setSubject(subject)
        self._canvas.setCreator("autoriza")
        self._begin_page()

    def _begin_page(self) -> None:
        self._words: list[str] = []
        self._set: tuple[str, float, Ink] | None = None

    def text(self, x: float, y: float, words: str, style: Style) -> None:
        """Set ``words`` on the base line ``y``, beginning at ``x``."""
        place = f"1 0 0 1 {x:.2f} {HEIGHT - y:.2f} Tm"
        for part, literal in fonts.parts(style.face).runs(words) if words else ():
            self._dress(part, style)
            self._shown[part.name].update(words)
            self._words.append(f"{place} ({literal}) Tj")
            place = ""

    def _dress(self, part: Part, style: Style) -> None:
        dress = (part.name, style.size, style.ink)
        if dress != self._set:
            self._parts[part.name] = part
            self._words.append(f"/{part.name} {style.size:.2f} Tf {self._ink(style.ink)} rg")
            self._set = dress

    def _ink(self, ink: Ink) -> str:
        red, green, blue = self._inks.get(ink, ink)
        return f"{red:.3f} {green:.3f} {blue:.3f}"

    def right(self, x: float, y: float, words: str, style: Style) -> None:
        """Set ``words`` so that they end at ``x``."""
        self.text(x - style.width(words), y, words, style)

    def center(self, x: float, y: float, words: str, style: Style) -> None:
        """Set ``words`` around ``x``."""
        self.text(x - style.width(words) / 2, y, words, style)

    def lines(self, x: float, y: float, lines: Iterable[str], style: Style) -> None:
        """Set ``lines`` below one another, the first on the base line ``y``."""
        for line in lines:
            self.text(x, y, line, style)
            y += style.leading

    def fill(self, x: float, top: float, width: float, height: float, ink: Ink, radius: float = 0) -> None:
        """A plain area."""
        self._canvas.setFillColorRGB(*self._inks.get(ink, ink))
        self._canvas.roundRect(x, HEIGHT - top - height, width, height, radius, stroke=0, fill=1)

    def band(self, x: float, top: float, width: float, height: float, ink: Ink) -> None:
        """A plain area whose upper corners are round, to lie at the top of a frame."""
        self.fill(x, top, width, height, ink, 4)
        self.fill(x, top + height / 2, width, height / 2, ink)

    def frame(self, x: float, top: float, width: float, height: float, ink: Ink = HAIRLINE) -> None:
        """A thin outline with round corners."""
        self._canvas.setStrokeColorRGB(*self._inks.get(ink, ink))
        self._canvas.setLineWidth(0.6)
        self._canvas.roundRect(x, HEIGHT - top - height, width, height, 4, stroke=1, fill=0)

    def rule(self, x: float, y: float, width: float, ink: Ink = HAIRLINE, weight: float = 0.5) -> None:
        """A horizontal line."""
        line = f"{x:.2f} {HEIGHT - y:.2f} m {x + width:.2f} {HEIGHT - y:.2f} l S"
        self._canvas._code.append(f"{self._ink(ink)} RG {weight:.2f} w {line}")

    def bars(self, x: float, top: float, height: float, spans: Iterable[tuple[float, float]]) -> None:
        """Black upright bars, each ``(offset from x, width)``, as one path."""
        foot = HEIGHT - top - height
        path = (f"{x + offset:.4f} {foot:.2f} {width:.4f} {height:.2f} re" for offset, width in spans)
        self._canvas._code.append(f"0 0 0 rg {' '.join(path)} f")

    def watermark(self, words: str) -> None:
        """Large pale ``words`` across the page, under everything drawn later."""
        style = Style(fonts.BOLD, 112, WATERMARK)
        across, up = cos(radians(_SLOPE)), sin(radians(_SLOPE))
        middle = f"1 0 0 1 {WIDTH / 2:.2f} {HEIGHT / 2 - 60:.2f} cm"
        turned = f"{across:.5f} {up:.5f} {-up:.5f} {across:.5f} 0 0 cm"
        ((part, literal),) = fonts.parts(style.face).runs(words)
        self._parts[part.name] = part
        self._shown[part.name].update(words)
        shown = f"BT {self._ink(style.ink)} rg /{part.name} {style.size} Tf"
        shown += f" 1 0 0 1 {-style.width(words) / 2:.2f} 0 Tm ({literal}) Tj ET"
        self._canvas._code.append(f"q {middle} {turned} {shown} Q")

    def image(self, picture: Picture, x: float, top: float, width: float, height: float) -> None:
        """A picture, stretched to ``width`` and ``height``."""
        page, name = self._canvas, "logo"
        registered = page._doc.getXObjectName(name)
        if registered not in page._doc.idToObject:
            page._doc.addForm(name, picture.as_object())
        page._currentPageHasImages = 1
        page.saveState()
        page.transform(width, 0, 0, height, x, HEIGHT - top - height)
        page._code.append(f"/{registered} Do")
        page.restoreState()
        page._formsinuse.append(name)

    def end_page(self) -> None:
        """Set the page's text over its drawing and turn to the next."""
        self._canvas._code.append("BT " + "\n".join(self._words) + " ET")
        self._canvas.showPage()
        self._begin_page()

    def finish(self) -> bytes:
        """The PDF; every page must have been ended."""
        for part in self._parts.values():
            part.add_to(self._canvas._doc, self._shown[part.name])
        self._canvas.save()
        return self._file.getvalue()
