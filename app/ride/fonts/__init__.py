"""The two faces every RIDE is set in, and what they cannot write.

The files are DejaVu Sans Condensed 2.37 (licence beside them), cut down to Basic Latin, Latin-1, Latin
Extended-A, Ș ș Ț ț, spacing accents, dashes, quotation marks, bullets, ellipsis, per mille, primes, superior
and inferior digits, €, №, ™, thirds and eighths, arrows, the common comparison signs, □ ■ ● ★ ✓ and the
ligatures fi fl; without hinting, kerning and ligature tables.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from app.ride.fonts.embedding import Parts

REGULAR = "DejaVuSansCondensed"
BOLD = "DejaVuSansCondensed-Bold"

SUBSTITUTE = "□"  # what a reader sees where a character has no glyph

_lock = threading.Lock()
_faces: dict[str, Any] = {}
_parts: dict[str, Parts] = {}


def parts(name: str) -> Parts:
    """The parts in which the face ``name`` is embedded."""
    if name not in _parts:
        _parts[name] = Parts(face(name).face, "R" if name == REGULAR else "B")
    return _parts[name]


def face(name: str) -> Any:
    """The registered face ``name``: read from disk once per process, safe to ask for from any thread."""
    if name not in _faces:
        with _lock:
            for each in (REGULAR, BOLD):
                if each not in _faces:
                    font = TTFont(each, str(Path(__file__).with_name(f"{each}.ttf")))
                    pdfmetrics.registerFont(font)
                    _faces[each] = font
    return _faces[name]


@lru_cache(4096)
def width(text: str, name: str, size: float) -> float:
    """Width of ``text`` in points; the same figures and words come again and again."""
    return float(face(name).stringWidth(text, size))


def printable(text: str) -> tuple[str, tuple[str, ...]]:
    """``text`` as it can be printed on one line, and the characters that had to be replaced.

    Runs of white space become one space, accents are composed, invisible format and control characters
    vanish, whatever has no glyph becomes ``SUBSTITUTE``.
    """
    if text.isascii() and text.isprintable() and text.strip() == text and "  " not in text:
        return text, ()
    text = " ".join(text.split())
    strange = _strangers().search
    if strange(text) is None:
        return text, ()
    text = unicodedata.normalize("NFC", text)
    text = " ".join("".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc")).split())
    missing = tuple(dict.fromkeys(_strangers().findall(text)))
    return _strangers().sub(SUBSTITUTE, text), missing


_pattern: list[re.Pattern[str]] = []


def _strangers() -> re.Pattern[str]:
    """Matches one character that the regular face lacks; both faces cover the same set."""
    if not _pattern:
        known = "".join(re.escape(chr(code)) for code in sorted(face(REGULAR).face.charToGlyph))
        _pattern.append(re.compile(f"[^{known}]"))
    return _pattern[0]
