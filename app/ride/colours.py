"""A taxpayer's accent colour: whether it can be read, and the inks of a RIDE that follow from it."""

import re
from collections.abc import Mapping
from typing import Final

from app.errors import Mistyped, Text
from app.ride.page import ACCENT, PALE, TINT, WHITE, Ink

READABLE: Final = 4.5
"""Least contrast of small text with its ground (WCAG 2.2, 1.4.3)."""

_WRITTEN: Final = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
_TINTED, _PALED = 0.05, 0.18  # how much of the accent is in its tint, and in small text on it


def normal(text: str) -> str:
    """``#0A5`` or ``00aa55`` as ``#00aa55``. Raises ``Refused`` for what is no colour or too light to be read.

    >>> normal("#163")
    '#116633'
    """
    found = _WRITTEN.fullmatch(text.strip().lower())
    if found is None:
        raise Mistyped(
            Text(
                f"«{text}» no es un color: escríbalo como #1a5276",
                f"'{text}' is no colour: write it as #1a5276",
            )
        )
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    chosen = f"#{digits}"
    if not readable(chosen):
        found_contrast, nearest = f"{contrast(ink(chosen), _tint(ink(chosen))):.1f}", nearest_readable(chosen)
        raise Mistyped(
            Text(
                f"{chosen} es demasiado claro: el texto de ese color, o en blanco sobre él, no se leería "
                f"(contraste {found_contrast}, se pide {READABLE}). El más parecido que sirve es {nearest}",
                f"{chosen} is too light: text of that colour, or white text on it, could not be read "
                f"(contrast {found_contrast}, {READABLE} is asked for). The nearest that serves is {nearest}",
            )
        )
    return chosen


def readable(colour: str) -> bool:
    """Whether text in ``colour`` on its own tint, and white text on ``colour``, can be read."""
    chosen = ink(colour)
    return min(contrast(chosen, _tint(chosen)), contrast(chosen, WHITE)) >= READABLE


def nearest_readable(colour: str) -> str:
    """``colour`` itself, or darkened in its own hue until it can be read."""
    red, green, blue = ink(colour)
    for step in range(100, -1, -1):
        darker = "#" + "".join(f"{round(part * step / 100 * 255):02x}" for part in (red, green, blue))
        if readable(darker):
            return darker
    raise AssertionError("black can be read")


def inks(accent: str | None) -> Mapping[Ink, Ink]:
    """What is drawn in place of the standard accent and its two companions."""
    if accent is None:
        return {}
    chosen = ink(accent)
    pale = _mixed(WHITE, chosen, _PALED)
    return {
        ACCENT: chosen,
        TINT: _tint(chosen),
        PALE: pale if contrast(pale, chosen) >= READABLE else WHITE,
    }


def ink(colour: str) -> Ink:
    """``#rrggbb`` as shares of red, green and blue."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def contrast(one: Ink, other: Ink) -> float:
    """Contrast ratio from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _tint(chosen: Ink) -> Ink:
    return _mixed(WHITE, chosen, _TINTED)


def _mixed(ground: Ink, other: Ink, share: float) -> Ink:
    red, green, blue = (
        round(one * (1 - share) + two * share, 3) for one, two in zip(ground, other, strict=True)
    )
    return red, green, blue


def _luminance(colour: Ink) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
