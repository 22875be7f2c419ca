"""The RIDE: the printed form of an authorized comprobante, a pure function of its XML."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError
from reportlab.lib.utils import ImageReader

from app.documents.registry import ROOTS, by_root
from app.errors import Text
from app.ride.heading import Heading
from app.ride.layout import draw
from app.ride.page import Sheet
from app.ride.reading import Source, unreadable

_LARGEST_LOGO = 4_000_000  # pixels; more is no logo


@dataclass(frozen=True)
class Ride:
    """A finished PDF, and what its maker should know about it.

    ``missing_glyphs`` are characters printed as □ because the fonts lack them; ``logo_drawn`` is False when
    there was none or it was no usable picture.
    """

    pdf: bytes
    pages: int
    sha256: str
    missing_glyphs: tuple[str, ...] = ()
    logo_drawn: bool = False


def render(xml: bytes, *, number: str, authorized_at: datetime | None, logo: bytes | None = None) -> Ride:
    """The RIDE of ``xml``, the comprobante exactly as the SRI returned it (signed or not).

    ``number`` is the authorization number, ``authorized_at`` its moment (aware, or local to Ecuador). The
    same arguments give the same bytes. Raises ``Invalid`` when ``xml`` is no XML or a type without a RIDE.
    """
    source = Source(xml)
    if source.root.tag not in ROOTS:
        name = str(source.root.tag)[:60]
        raise unreadable(Text(f"<{name}> no se emite aquí", f"<{name}> is not issued here"))
    printed = by_root(source.root.tag).ride(source)
    issuer, stub = printed.issuer, printed.stub
    picture = _picture(logo) if logo else None
    heading = Heading(issuer, stub, source.clean(number), authorized_at, picture)
    sheet = Sheet(
        title=f"{stub.title} {stub.number}",
        author=issuer.name,
        subject=f"RIDE {stub.access_key}",
    )
    pages = draw(sheet, heading, printed.body)
    pdf = sheet.finish()
    return Ride(pdf, pages, sha256(pdf).hexdigest(), source.missing_glyphs, picture is not None)


def _picture(logo: bytes) -> Any:
    """``logo`` opened for drawing; None when it is no picture or an unreasonably large one."""
    try:
        with Image.open(BytesIO(logo)) as image:
            if image.width * image.height > _LARGEST_LOGO:
                return None
            image.load()
        return ImageReader(BytesIO(logo))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None
