"""One invoice as every rival gets it: its XML, and what is on paper as plain text."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from app import logos
from app.envelope import envelope
from app.ride import Branding, amounts, barcode, fonts, taxed
from app.ride.factura_reading import read_factura
from app.ride.reading import Source

HEADS = ["Cod. Principal", "Cantidad", "Descripción", "Precio Unitario", "Descuento", "Precio Total"]
_AT = datetime(2026, 3, 2, 21, 15, 9, tzinfo=UTC)
WIDTHS = [60, 44, 250, 56, 52, 60]


@dataclass(frozen=True)
class Given:
    """What is printed: our own XML with its key, and ``facts`` for those that cannot read it."""

    xml: bytes
    access_key: str
    facts: dict[str, Any]


def given(xml: bytes, access_key: str, folder: Path) -> Given:
    """``xml`` for the rivals, with what they need as files in ``folder``."""
    source = Source(xml)
    invoice = read_factura(source)
    logo = folder / "logo.png"
    logo.write_bytes(sample_logo())
    for name in (fonts.REGULAR, fonts.BOLD):
        shutil.copy(Path(fonts.__file__).with_name(f"{name}.ttf"), folder)
    about = invoice.issuer
    totals = (*amounts.totals(invoice.sums), amounts.grand_total(invoice.sums))
    facts = {
        "logo": str(logo),
        "fonts": str(folder),
        "regular": str(folder / f"{fonts.REGULAR}.ttf"),
        "bold": str(folder / f"{fonts.BOLD}.ttf"),
        "issuer": [
            about.trade_name or about.name,
            about.name,
            about.head_office,
            f"Obligado {about.keeps_accounts}",
        ],
        "stub": [invoice.stub.title, f"No. {invoice.stub.number}", f"R.U.C. {about.ruc}", access_key],
        "buyer": [invoice.buyer_name, invoice.buyer_id, invoice.issue_date, invoice.buyer_address],
        "bars": [[round(offset, 3), round(width, 3)] for offset, width in barcode.bars(access_key)],
        "heads": HEADS,
        "widths": WIDTHS,
        "rows": [
            _row(line) for line in taxed.lines(source, taxed.Codes("codigoPrincipal", "codigoAuxiliar"))
        ],
        "totals": [[each.label, each.text] for each in totals],
        "authorization": envelope(xml, number=access_key, authorized_at=_AT, environment=1).decode(),
    }
    return Given(xml, access_key, facts)


def branding() -> Branding:
    """What our own RIDEs carry while they are compared."""
    return Branding(logos.prepared(sample_logo()), "#0b6b4f")


def sample_logo() -> bytes:
    """A logo of a few colours with soft edges, as most are."""
    large = Image.new("RGB", (2400, 640), "white")
    draw = ImageDraw.Draw(large)
    draw.ellipse((40, 40, 600, 600), fill=(11, 107, 79))
    draw.ellipse((200, 200, 440, 440), fill=(255, 190, 60))
    for place in range(6):
        draw.rounded_rectangle((720 + place * 270, 200, 930 + place * 270, 440), 60, fill=(30, 40, 50))
    file = BytesIO()
    large.resize((600, 160), Image.Resampling.LANCZOS).save(file, "PNG")
    return file.getvalue()


def _row(line: Any) -> list[str]:
    figures = (line.unit_price, line.discount, line.total)
    return [line.code, amounts.amount(line.quantity), line.description, *map(amounts.amount, figures)]
