"""Code 128 of an access key: digit pairs in set C, an odd last digit in set B."""

from collections.abc import Iterator
from typing import Final

from reportlab.graphics.barcode.code128 import Code128

from app.ride.page import Sheet

MODULE: Final = 0.27 * 72 / 25.4  # 0.26 mm is the least that reads well from a 200 dpi scan
QUIET: Final = 10  # modules of white on either side
_WIDEST: Final = 330  # modules; 49 digits need 321


def draw(sheet: Sheet, digits: str, x: float, top: float, width: float, height: float) -> None:
    """Draw ``digits`` in the middle of ``width`` points; nothing when they are no digits or too many."""
    if not (digits.isascii() and digits.isdigit()):
        return
    pattern = _pattern(digits)
    modules = sum(pattern)
    if modules <= _WIDEST:
        sheet.bars(x + (width - modules * MODULE) / 2, top, height, _spans(pattern))


def bars(digits: str) -> list[tuple[float, float]]:
    """The bars of ``digits`` in points: where each begins, and its width."""
    return list(_spans(_pattern(digits)))


def _pattern(digits: str) -> list[int]:
    """Widths in modules: bar, space, bar, space, …"""
    symbol = Code128(digits, quiet=0)
    symbol.validate()
    symbol.encode()
    return ["abcd".index(width.lower()) + 1 for width in symbol.decompose()]


def _spans(pattern: list[int]) -> Iterator[tuple[float, float]]:
    offset = 0
    for index, modules in enumerate(pattern):
        if index % 2 == 0:
            yield offset * MODULE, modules * MODULE
        offset += modules
