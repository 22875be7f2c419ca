"""A face's glyphs, taken apart once per process and put together again with only those that one document shows."""

import struct
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

_WORDS, _MORE, _SCALE, _SCALES, _MATRIX = 0x0001, 0x0020, 0x0008, 0x0040, 0x0080  # of a glyph made of others
_TAKEN: Final = ("cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp")  # what a PDF needs (32000-1, 9.9)


class Outlines:
    """The glyphs of one face without hinting, by character."""

    def __init__(self, face: Any) -> None:
        """``face`` is reportlab's, of a TrueType file with short metrics for every glyph."""
        self._glyph_of: Mapping[int, int] = face.charToGlyph
        self._head, self._hhea, self._maxp = (face.get_table(tag) for tag in ("head", "hhea", "maxp"))
        (count,) = struct.unpack(">H", self._maxp[4:6])
        (measured,) = struct.unpack(">H", self._hhea[34:36])
        (long,) = struct.unpack(">h", self._head[50:52])
        loca, glyf, hmtx = (face.get_table(tag) for tag in ("loca", "glyf", "hmtx"))
        places = struct.unpack(
            f">{count + 1}{'L' if long else 'H'}", loca[: (count + 1) * (4 if long else 2)]
        )
        starts = [place if long else place * 2 for place in places]
        self._glyphs = [glyf[start:end] for start, end in pairwise(starts)]
        self._metrics = [self._metric(hmtx, glyph, measured) for glyph in range(count)]
        self._parts = {
            glyph: found for glyph, outline in enumerate(self._glyphs) if (found := _parts(outline))
        }

    @staticmethod
    def _metric(hmtx: bytes, glyph: int, measured: int) -> bytes:
        if glyph < measured:
            return hmtx[glyph * 4 : glyph * 4 + 4]
        bearing = measured * 4 + (glyph - measured) * 2
        return hmtx[measured * 4 - 4 : measured * 4 - 2] + hmtx[bearing : bearing + 2]

    def width(self, character: str) -> int:
        """Advance of ``character`` in thousandths of its size."""
        (units,) = struct.unpack(">H", self._head[18:20])
        (advance,) = struct.unpack(">H", self._metrics[self._glyph_of[ord(character)]][:2])
        return round(advance * 1000 / units)

    def program(self, codes: Mapping[int, str]) -> bytes:
        """A TrueType file that shows each character of ``codes`` under its code (0 to 255); the same for the same."""
        chosen = {code: self._glyph_of[ord(character)] for code, character in codes.items()}
        order = list(dict.fromkeys((0, *chosen.values())))  # before their parts: a code can name 255 at most
        for glyph in order:  # grows meanwhile
            order += dict.fromkeys(part for _, part in self._parts.get(glyph, ()) if part not in order)
        place = {glyph: number for number, glyph in enumerate(order)}
        shown = bytearray(256)
        for code, glyph in chosen.items():
            shown[code] = place[glyph]
        outlines, starts = [], [0]
        for glyph in order:
            outline = self._renumbered(glyph, place)
            outlines.append(outline + bytes(-len(outline) % 4))
            starts.append(starts[-1] + len(outlines[-1]))
        count = struct.pack(">H", len(order))
        return _file(
            {
                "cmap": struct.pack(">HHHHLHHH", 0, 1, 1, 0, 12, 0, 262, 0) + bytes(shown),
                "glyf": b"".join(outlines),
                "head": self._head[:8] + bytes(4) + self._head[12:50] + b"\0\1" + self._head[52:],
                "hhea": self._hhea[:34] + count,
                "hmtx": b"".join(self._metrics[glyph] for glyph in order),
                "loca": struct.pack(f">{len(starts)}L", *starts),
                "maxp": self._maxp[:4] + count + self._maxp[6:],
            }
        )

    def _renumbered(self, glyph: int, place: Mapping[int, int]) -> bytes:
        outline = self._glyphs[glyph]
        if glyph not in self._parts:
            return outline
        changed = bytearray(outline)
        for offset, part in self._parts[glyph]:
            struct.pack_into(">H", changed, offset, place[part])
        return bytes(changed)


def _parts(outline: bytes) -> list[tuple[int, int]]:
    """The glyphs that a composite one is made of, each with the offset of its number."""
    found: list[tuple[int, int]] = []
    if len(outline) < 10 or struct.unpack(">h", outline[:2])[0] >= 0:
        return found
    at, more = 10, True
    while more:
        flags, part = struct.unpack(">HH", outline[at : at + 4])
        found.append((at + 2, part))
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _SCALES else 8 if flags & _MATRIX else 0
        more = bool(flags & _MORE)
    return found


def _file(tables: Mapping[str, bytes]) -> bytes:
    """``tables`` behind a directory, with the sums that a strict reader looks at."""
    power = len(tables).bit_length() - 1
    directory = [
        struct.pack(">LHHHH", 0x00010000, len(tables), 16 << power, power, (len(tables) - (1 << power)) * 16)
    ]
    place = 12 + 16 * len(tables)
    bodies = []
    for tag in _TAKEN:
        body = tables[tag] + bytes(-len(tables[tag]) % 4)
        directory.append(struct.pack(">4sLLL", tag.encode(), _sum(body), place, len(tables[tag])))
        bodies.append(body)
        place += len(body)
    whole = bytearray(b"".join((*directory, *bodies)))
    head = 12 + 16 * len(tables) + sum(len(body) for body in bodies[: _TAKEN.index("head")])
    struct.pack_into(">L", whole, head + 8, (0xB1B0AFBA - _sum(whole)) & 0xFFFFFFFF)
    return bytes(whole)


def _sum(body: bytes | bytearray) -> int:
    return sum(struct.unpack(f">{len(body) // 4}L", body)) & 0xFFFFFFFF
