"""The RIDE: the printed form of an authorized comprobante, a pure function of its XML and its issuer's branding."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.documents.registry import ROOTS, by_root
from app.errors import Text
from app.ride import colours, picture
from app.ride.heading import Heading
from app.ride.layout import draw
from app.ride.page import Sheet
from app.ride.reading import Source, unreadable


@dataclass(frozen=True)
class Branding:
    """What an issuer adds: a logo prepared by ``app.logos``, and an accent colour as ``#rrggbb``."""

    logo: bytes | None = None
    accent: str | None = None


PLAIN = Branding()


@dataclass(frozen=True)
class Ride:
    """A finished PDF, and what its maker should know about it.

    ``missing_glyphs`` are characters printed as □ because the fonts lack them.
    """

    pdf: bytes
    pages: int
    sha256: str
    missing_glyphs: tuple[str, ...] = ()


def render(xml: bytes, *, number: str, authorized_at: datetime | None, branding: Branding = PLAIN) -> Ride:
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
    logo = picture.read(branding.logo) if branding.logo else None
    heading = Heading(issuer, stub, source.clean(number), authorized_at, logo)
    sheet = Sheet(
        title=f"{stub.title} {stub.number}",
        author=issuer.name,
        subject=f"RIDE {stub.access_key}",
        inks=colours.inks(branding.accent),
    )
    pages = draw(sheet, heading, printed.body)
    pdf = sheet.finish()
    return Ride(pdf, pages, sha256(pdf).hexdigest(), source.missing_glyphs)
