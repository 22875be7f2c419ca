"""Pictures of twelve typical RIDEs, to be looked at: ``docs/ride/``."""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from documents_cast import ISSUER, LEGENDED, built
from lxml import etree
from PIL import Image

from admin.demo.invoices import sample_invoice
from app.documents.base import Issuer
from app.documents.registry import document_type
from app.ride import PLAIN, Branding, render
from app.sri.gateway import Environment
from ride_check.corpus import LOOKS
from ride_check.judge import AT, Case

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
ON = date(2026, 3, 2)
SHOP = Issuer(
    ruc="1790012345001",
    razon_social="TOSTADURÍA SIERRA NORTE S.A.S.",
    dir_matriz="Av. 6 de Diciembre N34-120 y Whymper, edificio Torre Azul, Quito",
    environment=Environment.PRODUCCION,
    nombre_comercial="Sierra Norte",
    dir_establecimiento="Calle Larga 7-42 y Presidente Borrero, Cuenca",
    obligado_contabilidad=True,
    agente_retencion="1",
)
_NOTE = "entregar en la bodega posterior, preguntar por la señora Núñez "
FIELDS = [{"nombre": f"Campo {place}", "valor": _NOTE * (place % 3 + 1)} for place in range(1, 15)]


def write(folder: Path) -> None:
    """One PNG a page shown, small; the same RIDEs give the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    for case, page in _chosen():
        key = etree.fromstring(case.xml).findtext("infoTributaria/claveAcceso")
        ride = render(case.xml, number=key, authorized_at=AT, branding=case.branding)
        _picture(ride.pdf, page or ride.pages).save(folder / f"{case.name}.png", optimize=True)


def _picture(pdf: bytes, page: int) -> Image.Image:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "ride.pdf"
        file.write_bytes(pdf)
        raster = ("pdftoppm", "-r", "75", "-f", str(page), "-l", str(page), "-singlefile")
        subprocess.run([*raster, str(file), str(file.with_suffix(""))], check=True)
        with Image.open(file.with_suffix(".ppm")) as image:
            return image.quantize(64, dither=Image.Dither.NONE)


def _chosen() -> Iterator[tuple[Case, int]]:
    """Each with the page to show; 0 is the last."""
    green, plum = LOOKS()[1:]
    yield _sold("01-consumidor-final", variety=4), 1
    yield _sold("02-con-marca", lines=5, variety=7, branding=green), 1
    yield _sold("03-en-pruebas", lines=5, variety=13, issuer=LEGENDED), 1
    other = replace(SHOP, razon_social="EXPORTACIONES ÑANDÚ CÍA. LTDA.", nombre_comercial="Ñandú")
    yield _sold("04-cincuenta-lineas", lines=50, variety=1, issuer=other, branding=plum), 1
    yield _sold("05-su-ultima-pagina", lines=50, variety=1, issuer=other, branding=plum), 0
    yield (
        _sold(
            "06-quince-campos",
            lines=3,
            variety=2,
            issuer=replace(SHOP, provider_ruc="1793210987001"),
            infoAdicional=FIELDS,
        ),
        1,
    )
    for name, golden in (
        ("07-subsidio", "01-factura/subsidy"),
        ("08-exportacion", "01-factura/export"),
        ("09-reembolso", "01-factura/reimbursement"),
        ("10-con-guia", "01-factura/replaces_waybill"),
        ("11-todos-los-bloques", "01-factura/everything"),
        ("12-nota-de-credito", "04-nota_credito/everything"),
    ):
        yield Case(name, (GOLDEN / f"{golden}.xml").read_bytes()), 1


def _sold(
    name: str,
    *,
    variety: int,
    lines: int = 1,
    issuer: Issuer = SHOP,
    branding: Branding = PLAIN,
    **changes: object,
) -> Case:
    values = {**sample_invoice(variety, name, lines), **changes}
    draft = document_type("01").from_json(values, ON)
    xml = built(draft, on=ON, issuer=replace(issuer, ruc=ISSUER.ruc))
    return Case(name, xml, branding)
