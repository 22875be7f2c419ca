"""Every amount, name and date of a golden document, of any type and with any block, is found in its RIDE."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader
from ride_check.facts import absent, squeezed

from app.ride import render

GOLDEN = sorted((Path(__file__).parents[2] / "golden").glob("*/*.xml"))
AT = datetime(2026, 3, 2, 21, 15, 9, tzinfo=UTC)


def printed(xml: bytes) -> str:
    key = etree.fromstring(xml).findtext("infoTributaria/claveAcceso")
    pages = PdfReader(BytesIO(render(xml, number=key, authorized_at=AT).pdf)).pages
    return squeezed("".join(page.extract_text() for page in pages))


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: f"{path.parent.name[:2]}-{path.stem}")
def test_every_fact_is_printed(golden):
    assert absent(etree.fromstring(golden.read_bytes()), [printed(golden.read_bytes())]) == []


def golden(name: str) -> str:
    return printed(
        next(path for path in GOLDEN if f"{path.parent.name[:2]}-{path.stem}" == name).read_bytes()
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("01-export", "País origen 593 ECUADOR"),
        ("01-export", "FLETE INTERNACIONAL 1000.00"),
        ("01-subsidy", "TOTAL SUBSIDIO 36.90"),
        ("01-subsidy", "VALOR TOTAL SIN SUBSIDIO 51.18"),  # 8.74 + 42.44
        ("01-subsidy", "cuando corresponda) 42.44"),  # 2 x 18.45 and 15 % of it
        ("01-reimbursement", "FACTURA 001-002-000000007 · 02/03/2026"),
        ("01-reimbursement", "Total de comprobantes 161.50 142.86 18.64"),
        ("01-fuel_withholdings", "RETENCIONES 19.50"),
        ("01-fuel_withholdings", "Retención 327 (tarifa 0.20) 2.00"),
        ("01-third_party_charges", "OTROS RUBROS DE TERCEROS 7.25"),
        ("01-replaces_waybill", "Venta · documento aduanero DAU-17 · establecimiento 003"),
        ("01-extra_discount", "DESCUENTO ADICIONAL 5.00"),
        ("01-legends", "CONTRIBUYENTE RÉGIMEN RIMPE"),
        ("01-legends", "Gran Contribuyente NAC-GCFOIOC21-00000868-E"),
        ("01-legends", "RUC Proveedor 1793210987001"),
        ("04-everything", "NOTA DE CRÉDITO"),
        ("04-everything", "Comprobante que se modifica FACTURA 001-002-000000007"),
        ("04-everything", "Fecha Emisión (Comprobante a modificar) 02/03/2026"),
        ("04-everything", "Razón de Modificación Devolución de mercadería <dañada>"),
        ("04-everything", "SUBTOTAL 15% 100.00"),
        ("04-everything", "VALOR TOTAL 143.70"),
        ("04-rate_of_the_modified", "IVA 12% 12.00"),
        ("04-legends", "NOTA DE DÉBITO 001-002-000000012"),
    ],
)
def test_a_block_is_printed_in_words(name, words):
    assert squeezed(words) in golden(name)


def test_charges_beside_the_total_are_listed_but_not_above_it():
    text = golden("01-charges_beside_the_total")
    assert "OTROSRUBROSDETERCEROSVALOR" in text
    assert "OTROSRUBROSDETERCEROS2.25" not in text


def test_a_nota_de_credito_has_neither_payments_nor_a_total_of_discounts():
    text = golden("04-everything")
    assert "FORMADEPAGO" not in text
    assert "TOTALDESCUENTO" not in text


def test_a_nota_without_any_optional_part_still_has_a_ride():
    ride = render(b"<notaCredito/>", number="", authorized_at=None)
    assert ride.pages == 1


def test_many_blocks_do_not_leave_the_first_page_empty():
    xml = next(path for path in GOLDEN if path.stem == "everything").read_bytes()
    pages = PdfReader(BytesIO(render(xml, number="", authorized_at=None).pdf)).pages
    assert "Bebida" in pages[0].extract_text()
    assert "VALOR TOTAL" in pages[0].extract_text()
