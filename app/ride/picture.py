"""A prepared logo as it lies in a PDF: its compressed pixels go there as they are, nothing is decoded."""

import struct
from dataclasses import dataclass
from typing import Final

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SPACES: Final = {1: "DeviceGray", 3: "DeviceRGB"}
_FRAMES: Final = {0xC0, 0xC1, 0xC2}  # JPEG markers that tell the size


@dataclass(frozen=True)
class Picture:
    """Pixels of 8 bits in ``channels`` (1 grey, 3 colour), compressed as ``method`` says."""

    width: int
    height: int
    channels: int
    method: str  # a filter's name in PDF
    pixels: bytes

    def as_object(self) -> PDFStream:
        """A new object for one PDF."""
        stream = PDFStream(content=self.pixels)
        about = stream.dictionary
        about["Type"], about["Subtype"] = PDFName("XObject"), PDFName("Image")
        about["Width"], about["Height"], about["BitsPerComponent"] = self.width, self.height, 8
        about["ColorSpace"], about["Filter"] = PDFName(_SPACES[self.channels]), PDFName(self.method)
        if self.method == "FlateDecode":  # a PNG's own prediction of each pixel from its neighbours
            about["DecodeParms"] = PDFDictionary(
                {"Predictor": 15, "Colors": self.channels, "BitsPerComponent": 8, "Columns": self.width}
            )
        return stream


def read(prepared: bytes) -> Picture:
    """The picture in ``prepared``, a PNG or JPEG of ``app.logos``. Raises ``ValueError`` for any other."""
    try:
        return _png(prepared) if prepared.startswith(_PNG) else _jpeg(prepared)
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError("not a logo prepared at its upload") from error


def _png(raw: bytes) -> Picture:
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", raw[16:29])
    if depth != 8 or interlaced:
        raise ValueError("not a logo prepared at its upload")
    place, pixels = len(_PNG), []
    while place < len(raw):
        length, name = struct.unpack(">I4s", raw[place : place + 8])
        if name == b"IDAT":
            pixels.append(raw[place + 8 : place + 8 + length])
        place += length + 12
    return Picture(width, height, {0: 1, 2: 3}[kind], "FlateDecode", b"".join(pixels))


def _jpeg(raw: bytes) -> Picture:
    place = 2
    while raw[place] == 0xFF:
        marker, (length,) = raw[place + 1], struct.unpack(">H", raw[place + 2 : place + 4])
        if marker in _FRAMES:
            height, width, channels = struct.unpack(">HHB", raw[place + 5 : place + 10])
            return Picture(width, height, {1: 1, 3: 3}[channels], "DCTDecode", raw)
        place += 2 + length
    raise ValueError("not a logo prepared at its upload")
