"""The head of every RIDE: logo, issuer, identity and authorization; and the short head of later pages."""

from dataclasses import dataclass
from datetime import datetime

from app.ecuador import ECUADOR
from app.ride import barcode, fonts
from app.ride.page import (
    ACCENT,
    AMBER,
    AMBER_TINT,
    HEIGHT,
    INNER,
    LABEL,
    LEFT,
    MUTED,
    PAD,
    PALE,
    RIGHT,
    STRONG,
    TINT,
    TOP,
    VALUE,
    WHITE,
    Sheet,
    Style,
)
from app.ride.picture import Picture
from app.ride.reading import Issuer, Stub
from app.ride.typesetting import Fact, Grid, fact, fitted, wrap

_STUB_WIDTH = 280.0
_ISSUER_WIDTH = INNER - _STUB_WIDTH - 14
_BAND = 47.0
_BARS = 36.0
_TALLEST_BARS = 58.0
_FACT = 17.0  # from a label's top to the base line of its text, and a little
_STUB_HEIGHT = 166.0
_LOGO_WIDTH = 190.0
_LOGO_HEIGHT = 54.0
_LOGO_GAP = 9.0

_TITLE = Style(fonts.BOLD, 17, WHITE)
_NUMBER = Style(fonts.BOLD, 10, WHITE)
_BAND_LABEL = Style(fonts.REGULAR, 6.4, PALE)
_DIGITS = Style(fonts.REGULAR, 7.9)
_BRAND = Style(fonts.BOLD, 14, ACCENT)
_NAME = Style(fonts.BOLD, 8.6)
_LEGEND = Style(fonts.BOLD, 6.6, ACCENT)
_TESTING = Style(fonts.BOLD, 7.6, AMBER)
_TESTING_SMALL = Style(fonts.BOLD, 6.2, AMBER)
_FOOT = Style(fonts.REGULAR, 6.2, MUTED)
_FOOT_STRONG = Style(fonts.BOLD, 6.2, MUTED)


@dataclass(frozen=True)
class Heading:
    """What the heads and feet of a document's pages say; ``logo`` is a prepared picture."""

    issuer: Issuer
    stub: Stub
    authorization: str
    authorized_at: datetime | None
    logo: Picture | None = None

    @property
    def testing(self) -> bool:
        """True for a document of the SRI's test environment."""
        return self.stub.environment == "1"

    def draw(self, sheet: Sheet) -> float:
        """Draw the full head of the first page; returns where it ends."""
        issuer = _issuer_facts(self.issuer)
        logo = _LOGO_HEIGHT + _LOGO_GAP if self.logo else 0.0
        height = max(_STUB_HEIGHT, logo + issuer.height)
        if self.logo:
            _draw_logo(sheet, self.logo)
        sheet.fill(LEFT, TOP + logo, _ISSUER_WIDTH, height - logo, TINT, 4)
        issuer.draw(sheet, TOP + logo, height - logo)
        self._draw_stub(sheet, height)
        return TOP + height

    def _draw_stub(self, sheet: Sheet, height: float) -> None:
        left, top = RIGHT - _STUB_WIDTH, TOP
        sheet.band(left, top, _STUB_WIDTH, _BAND, ACCENT)
        sheet.frame(left, top, _STUB_WIDTH, height)
        x, end = left + PAD, RIGHT - PAD
        room = _STUB_WIDTH - 2 * PAD
        sheet.text(x, top + 23, self.stub.title, fitted(self.stub.title, _TITLE, room * 0.6))
        sheet.text(x, top + 38, f"No. {self.stub.number}", _NUMBER)
        sheet.right(end, top + 16, "R.U.C.", _BAND_LABEL)
        sheet.right(end, top + 28, self.issuer.ruc, _NUMBER)
        bars = min(_BARS + (height - _STUB_HEIGHT) / 2, _TALLEST_BARS)
        key_top = top + height - bars - 29
        gap = (key_top - top - _BAND - 2 * _FACT) / 3
        y = top + _BAND + gap
        numbered = fitted(self.authorization or "—", _DIGITS, room)
        fact("NÚMERO DE AUTORIZACIÓN", self.authorization, 9e9, numbered).draw(sheet, x, y)
        y += _FACT + gap
        fact("FECHA Y HORA DE AUTORIZACIÓN", local_time(self.authorized_at), 9e9).draw(sheet, x, y)
        self._draw_environment(sheet, x + 132, y)
        Fact("EMISIÓN", ("NORMAL",), VALUE).draw(sheet, x + 216, y)
        self._draw_key(sheet, x, key_top, room, bars)

    def _draw_environment(self, sheet: Sheet, x: float, y: float) -> None:
        if self.testing:
            sheet.fill(x - 6, y - 3.5, 74, 24, AMBER_TINT, 3)
            Fact("AMBIENTE", ("PRUEBAS",), _TESTING).draw(sheet, x, y)
        else:
            Fact("AMBIENTE", (environment_name(self.stub.environment),), VALUE).draw(sheet, x, y)

    def _draw_key(self, sheet: Sheet, x: float, y: float, room: float, bars: float) -> None:
        key = self.stub.access_key
        sheet.text(x, y + LABEL.size, "CLAVE DE ACCESO", LABEL)
        barcode.draw(sheet, key, x, y + 11, room, bars)
        sheet.center(x + room / 2, y + 11 + bars + 10, key, fitted(key, _DIGITS, room))

    def draw_running(self, sheet: Sheet) -> float:
        """Draw the short head of a later page; returns where it ends."""
        y = TOP + 7
        sheet.right(RIGHT, y, f"{self.stub.title} No. {self.stub.number}", STRONG)
        room = INNER - STRONG.width(f"{self.stub.title} No. {self.stub.number}") - 20
        sheet.text(LEFT, y, wrap(self.issuer.trade_name or self.issuer.name, STRONG, room)[0], STRONG)
        sheet.text(LEFT, y + 10, f"R.U.C. {self.issuer.ruc}", _FOOT)
        sheet.right(RIGHT, y + 10, f"Clave de acceso {self.stub.access_key}", _FOOT)
        sheet.rule(LEFT, y + 16, INNER, ACCENT, 0.9)
        return y + 16

    def draw_under(self, sheet: Sheet) -> None:
        """Draw what lies under everything else on a page."""
        if self.testing:
            sheet.watermark("PRUEBAS")

    def draw_foot(self, sheet: Sheet, page: int, pages: int) -> None:
        """Draw the foot of page ``page``, counted from 1."""
        y = HEIGHT - 24
        sheet.rule(LEFT, y - 10, INNER)
        sheet.text(LEFT, y, "Representación impresa de un documento electrónico (RIDE)", _FOOT)
        if self.testing:
            notice = "AMBIENTE DE PRUEBAS · SIN VALIDEZ TRIBUTARIA"
            sheet.center(LEFT + INNER * 0.57, y, notice, _TESTING_SMALL)
        sheet.right(RIGHT, y, f"Página {page} de {pages}", _FOOT_STRONG)


@dataclass(frozen=True)
class _IssuerFacts:
    """The issuer box, measured: who it is, then rows of facts, then legends."""

    brand: tuple[str, ...]
    brand_style: Style
    name: tuple[str, ...]
    facts: Grid
    legends: tuple[tuple[str, ...], ...]

    @property
    def height(self) -> float:
        names = len(self.brand) * self.brand_style.leading + len(self.name) * _NAME.leading
        legends = sum(len(lines) * _LEGEND.leading + 3 for lines in self.legends)
        return 2 * PAD + names + 7 + self.facts.height + legends

    def draw(self, sheet: Sheet, top: float, height: float) -> None:
        """Names at the top, facts at the bottom of ``height`` points."""
        x, y = LEFT + PAD, top + PAD
        sheet.lines(x, y + self.brand_style.size * 0.8, self.brand, self.brand_style)
        y += len(self.brand) * self.brand_style.leading
        sheet.lines(x, y + _NAME.size * 0.85, self.name, _NAME)
        y += len(self.name) * _NAME.leading + 7 + (height - self.height)
        self.facts.draw(sheet, x, y)
        y += self.facts.height
        for lines in self.legends:
            sheet.lines(x, y + _LEGEND.size, lines, _LEGEND)
            y += len(lines) * _LEGEND.leading + 3


def _issuer_facts(issuer: Issuer) -> _IssuerFacts:
    room = _ISSUER_WIDTH - 2 * PAD
    brand = issuer.trade_name or issuer.name
    style = _brand_style(brand, room)
    short = [
        fact(label, text, room / 2 - 6)
        for label, text in (
            ("Contribuyente Especial Nro", issuer.special_taxpayer),
            ("OBLIGADO A LLEVAR CONTABILIDAD", issuer.keeps_accounts),
            ("Agente de Retención Resolución No.", issuer.withholding_agent),
        )
        if text
    ]
    long = (("Dirección Matriz", issuer.head_office), ("Dirección Sucursal", issuer.establishment))
    addresses = (((0.0, fact(label, text, room)),) for label, text in long if text)
    pairs = (tuple(zip((0.0, room / 2), short[i : i + 2], strict=False)) for i in range(0, len(short), 2))
    return _IssuerFacts(
        brand=wrap(brand, style, room),
        brand_style=style,
        name=wrap(issuer.name, _NAME, room) if issuer.name != brand else (),
        facts=Grid((*addresses, *pairs)),
        legends=(wrap(issuer.legend, _LEGEND, room),) if issuer.legend else (),
    )


def _brand_style(text: str, room: float) -> Style:
    """As large as lets ``text`` stand on two lines, within reason."""
    styles = [_BRAND._replace(size=size) for size in (14, 11, 9)]
    return next((style for style in styles if len(wrap(text, style, room)) <= 2), styles[-1])


def _draw_logo(sheet: Sheet, logo: Picture) -> None:
    scale = min(_LOGO_WIDTH / logo.width, _LOGO_HEIGHT / logo.height)
    width, height = logo.width * scale, logo.height * scale
    sheet.image(logo, LEFT, TOP + (_LOGO_HEIGHT - height) / 2, width, height)


def local_time(moment: datetime | None) -> str:
    """``dd/mm/yyyy hh:mm:ss`` in America/Guayaquil; a moment without a zone is taken as local already."""
    if moment is None:
        return ""
    local = moment.astimezone(ECUADOR) if moment.tzinfo else moment
    return f"{local:%d/%m/%Y %H:%M:%S}"


def environment_name(code: str) -> str:
    """The SRI's word for an ambiente (ficha tabla 4)."""
    return {"1": "PRUEBAS", "2": "PRODUCCIÓN"}.get(code, code)
