"""One document's RIDE against everything that is asked of it."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import zxingcpp
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from app.ride import PLAIN, Branding, render
from ride_check import boxes
from ride_check.facts import absent, as_printed, squeezed

AT = datetime(2026, 3, 2, 21, 15, 9, tzinfo=UTC)
AT_PRINTED = "02/03/202616:15:09"
TOTALS = ("VALORTOTAL", "SUBTOTALSINIMPUESTOS")


@dataclass(frozen=True)
class Case:
    """One comprobante, and the look its RIDE is to have."""

    name: str
    xml: bytes
    branding: Branding = PLAIN


@dataclass(frozen=True)
class Verdict:
    """What was found; nothing in ``problems`` is as it should be."""

    pages: int
    problems: tuple[str, ...]


def judged(case: Case, folder: Path) -> Verdict:
    """Render ``case`` twice and look at it; ``folder`` is for what must be a file meanwhile."""
    root = etree.fromstring(case.xml, etree.XMLParser(remove_comments=True))
    key = (root.findtext("infoTributaria/claveAcceso") or "").strip()
    with boxes.recorded() as drawing:
        ride = render(case.xml, number=key, authorized_at=AT, branding=case.branding)
    again = render(case.xml, number=key, authorized_at=AT, branding=case.branding)
    texts = [squeezed(page.extract_text()) for page in PdfReader(BytesIO(ride.pdf)).pages]
    problems = [
        *absent(root, texts),
        *_legends(root, texts[0]),
        *_pages(root, texts),
        *drawing.outside(),
        *drawing.colliding(),
    ]
    if again.pdf != ride.pdf:
        problems.append("a second rendering is another")
    if ride.pages != len(texts):
        problems.append(f"{ride.pages} pages are told and there are {len(texts)}")
    if drawing.module is None or drawing.module < boxes.LEAST_MODULE:
        problems.append(f"the barcode's modules are {drawing.module} points wide")
    if (read := scanned(ride.pdf, folder)) != key:
        problems.append(f"a scanner reads {read!r}")
    return Verdict(len(texts), tuple(problems))


def _legends(root: etree._Element, first: str) -> Iterator[str]:
    """What must stand on the first page, with the label that the ficha gives it."""
    ambiente = {"1": "PRUEBAS", "2": "PRODUCCIÓN"}[(root.findtext("infoTributaria/ambiente") or "").strip()]
    wanted = [f"AMBIENTE{ambiente}", "EMISIÓNNORMAL", f"AUTORIZACIÓN{AT_PRINTED}", "CLAVEDEACCESO"]
    labelled = {
        "contribuyenteEspecial": "Contribuyente Especial Nro",
        "obligadoContabilidad": "OBLIGADO A LLEVAR CONTABILIDAD",
        "agenteRetencion": "Agente de Retención Resolución No.",
        "fechaEmision": "Fecha Emisión",
    }
    for tag, label in labelled.items():
        if (text := root.findtext(f".//{tag}")) and text.strip():
            wanted.append(squeezed(label + text))
    return (f"«{words}» is not on the first page" for words in wanted if words not in first)


def _pages(root: etree._Element, texts: list[str]) -> Iterator[str]:
    """Heads, feet and totals of all pages."""
    for place, text in enumerate(texts, 1):
        if f"Página{place}de{len(texts)}" not in text:
            yield f"page {place} does not say which it is of {len(texts)}"
        for part in ("ruc", "claveAcceso"):
            if squeezed(root.findtext(f"infoTributaria/{part}") or "") not in text:
                yield f"page {place} does not show the {part}"
    lines = root.findall("detalles/detalle")
    ending = [text for text in texts if TOTALS[0] in text]
    if len(ending) != 1 or any(label not in ending[0] for label in TOTALS):
        yield "the totals are not together on one page"
    elif lines and "Descripción" not in ending[0]:
        yield "the totals are on a page without a line"
    total = root.findtext("*/importeTotal") or root.findtext("*/valorModificacion") or ""
    if ending and f"VALORTOTAL{as_printed(total.strip())}" not in ending[0] and "(" not in ending[0]:
        yield "the total is not what the document says"


def scanned(pdf: bytes, folder: Path) -> str | None:
    """What a barcode reader makes of the first page at 200 dpi."""
    file = folder / "ride.pdf"
    file.write_bytes(pdf)
    raster = ("pdftoppm", "-r", "200", "-f", "1", "-l", "1", "-gray", "-singlefile")
    subprocess.run([*raster, str(file), str(folder / "page")], check=True)
    with Image.open(folder / "page.pgm") as page:
        found = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.Code128)
    return found[0].text if len(found) == 1 else None
