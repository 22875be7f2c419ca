"""The faces of a RIDE as they lie in its PDF: in parts of fixed codes, of which a document carries what it shows.

Nearly every document needs the usual part of either face only; letters of other languages are in further ones.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFObject, PDFStream, PDFTrueTypeFont

from app.ride.fonts.outlines import Outlines

_USUAL: Final = "".join(map(chr, (*range(32, 127), *range(0xA0, 0x100)))) + "“”‘’–—€…□"
_ALWAYS: Final = frozenset(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzáéíóúñÁÉÍÓÚÑ .,:;-/()%&#+@_°·—"
)
"""Carried whether shown or not: so nearly all documents carry the same, cut once, kept once where many are one file."""
_MOST: Final = 224  # characters of a part; their codes begin at 32
_SYMBOLIC: Final = 4  # the flag that lets a reader take codes as they are
_MAPPED_AT_ONCE: Final = 100  # by one section of a character map


@dataclass(frozen=True)
class _Cut:
    """Some characters of a part, as they lie in a PDF."""

    name: str  # of the font, with the six letters that tell this cut from others
    first: int
    last: int
    widths: bytes
    length: int
    program: bytes  # compressed
    to_unicode: bytes  # compressed


@dataclass(frozen=True)
class Part:
    """Some characters of a face under the codes 32 and up; ``name`` is what pages call it."""

    name: str
    face: Any  # of reportlab
    outlines: Outlines
    characters: str

    @cached_property
    def literals(self) -> dict[int, str]:
        """What stands for a character inside ( and ) in a page, where that is not itself."""
        return {
            ord(character): _literal(code)
            for code, character in enumerate(self.characters, 32)
            if _literal(code) != character
        }

    @cached_property
    def stranger(self) -> re.Pattern[str]:
        """Finds a character that is not in this part."""
        return re.compile(f"[^{re.escape(self.characters)}]")

    @cached_property
    def _always(self) -> frozenset[str]:
        return _ALWAYS.intersection(self.characters)

    @cached_property
    def _plain(self) -> _Cut:
        return self._cut(self._always)

    def _cut(self, shown: AbstractSet[str]) -> _Cut:
        codes = {code: one for code, one in enumerate(self.characters, 32) if one in shown}
        program = self.outlines.program(codes)
        mark = hashlib.sha256(f"{self.name}{''.join(codes.values())}".encode()).digest()[:6]
        name = f"{''.join(chr(65 + byte % 26) for byte in mark)}+{self.face.name.decode()}"
        first, last = min(codes), max(codes)
        widths = (self.outlines.width(character) for character in self.characters[first - 32 : last - 31])
        return _Cut(
            name=name,
            first=first,
            last=last,
            widths=f"[{' '.join(map(str, widths))}]".encode(),
            length=len(program),
            program=zlib.compress(program),
            to_unicode=zlib.compress(_character_map(name, codes).encode()),
        )

    def add_to(self, document: Any, shown: AbstractSet[str]) -> None:
        """Make this part known to the pages of ``document``, of reportlab, with what it has of ``shown``."""
        extra = {one for one in shown if one not in _ALWAYS and one in self.characters}
        cut = self._cut(self._always | extra) if extra else self._plain
        file = _compressed(cut.program)
        file.dictionary["Length1"] = cut.length
        font = PDFTrueTypeFont()
        font.Name, font.BaseFont = self.name, cut.name
        font.FirstChar, font.LastChar, font.Widths = cut.first, cut.last, _Written(cut.widths)
        font.ToUnicode = document.Reference(_compressed(cut.to_unicode), f"toUnicode {self.name}")
        about = f"/FontBBox [{' '.join(f'{side:.0f}' for side in self.face.bbox)}] /ItalicAngle 0 "
        about += f"/Ascent {self.face.ascent:.0f} /Descent {self.face.descent:.0f} "
        about += f"/CapHeight {self.face.capHeight:.0f} /StemV {self.face.stemV:.0f}"
        descriptor = PDFDictionary(
            {
                "Type": PDFName("FontDescriptor"),
                "FontName": PDFName(cut.name),
                "Flags": _Written(f"{_SYMBOLIC} {about}".encode()),
                "FontFile2": document.Reference(file, f"fontFile {self.name}"),
            }
        )
        font.FontDescriptor = document.Reference(descriptor, f"fontDescriptor {self.name}")
        document.Reference(font, self.name)
        document.idToObject["BasicFonts"].dict[self.name] = font


class Parts:
    """All parts of one face, the usual one first."""

    def __init__(self, face: Any, letter: str) -> None:
        known = set(map(chr, face.charToGlyph))
        usual = "".join(one for one in _USUAL if one in known)
        others = "".join(sorted(known - set(usual)))
        outlines = Outlines(face)
        groups = [usual, *(others[place : place + _MOST] for place in range(0, len(others), _MOST))]
        self._parts = [
            Part(
                name=f"F{letter}{place}",
                face=face,
                outlines=outlines,
                characters=group,
            )
            for place, group in enumerate(groups)
        ]
        self._usual = self._parts[0]
        self._is_usual = self._usual.stranger.search

    def runs(self, text: str) -> Sequence[tuple[Part, str]]:
        """``text`` in pieces of one part each, as they stand inside ( and ) in a page."""
        if self._is_usual(text) is None:
            return ((self._usual, text.translate(self._usual.literals)),)
        return tuple(self._divided(text))

    def _divided(self, text: str) -> Iterator[tuple[Part, str]]:
        while text:
            part = next(one for one in self._parts if one.stranger.match(text) is None)
            ends = part.stranger.search(text)
            piece = text[: ends.start()] if ends else text
            yield part, piece.translate(part.literals)
            text = text[len(piece) :]


class _Written(PDFObject):
    """An object whose text is known beforehand."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def format(self, _document: Any) -> bytes:
        return self._text


def _compressed(content: bytes) -> PDFStream:
    stream = PDFStream(content=content)
    stream.dictionary["Filter"] = PDFName("FlateDecode")
    return stream


def _literal(code: int) -> str:
    character = chr(code)
    if character in "()\\":
        return f"\\{character}"
    return character if code < 127 else f"\\{code:03o}"


def _character_map(name: str, codes: Mapping[int, str]) -> str:
    """What lets a reader copy and search text (PDF 32000-1, 9.10.3)."""
    pairs = [f"<{code:02X}> <{ord(character):04X}>" for code, character in codes.items()]
    sections = (pairs[place : place + _MAPPED_AT_ONCE] for place in range(0, len(pairs), _MAPPED_AT_ONCE))
    mapped = "".join(f"{len(each)} beginbfchar\n{chr(10).join(each)}\nendbfchar\n" for each in sections)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def\n"
        f"/CMapName /{name} def\n/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
        f"{mapped}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )
