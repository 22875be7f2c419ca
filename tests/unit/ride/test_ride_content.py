"""Everything the ficha asks of a factura's RIDE can be read in the PDF."""

import re
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from pypdf import PdfReader
from ride_cast import ADDITIONAL, ITEMS, KEY, detalle, factura, lines

from app.errors import Invalid
from app.ride import Ride, render

AT = datetime(2026, 11, 25, 4, 59, 9, tzinfo=UTC)


def printed(xml: bytes, **options) -> str:
    return text_of(render(xml, **{"number": KEY, "authorized_at": AT, **options}))


def text_of(ride: Ride) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(ride.pdf)).pages)


def flat(text: str) -> str:
    """Text without white space, so that a wrapped description is still found."""
    return re.sub(r"\s+", "", text)


def total(text: str, label: str) -> str | None:
    found = re.search(rf"^{re.escape(label)}\s([0-9.]+)$", text, re.MULTILINE)
    return found and found[1]


@pytest.mark.parametrize(
    "words",
    [
        "R.U.C.",
        "1792146739001",
        "FACTURA",
        "No. 002-003-000001247",
        "NÚMERO DE AUTORIZACIÓN",
        "FECHA Y HORA DE AUTORIZACIÓN",
        "24/11/2026 23:59:09",
        "AMBIENTE",
        "PRUEBAS",
        "EMISIÓN",
        "NORMAL",
        "CLAVE DE ACCESO",
        KEY,
        "TOSTADURÍA SIERRA NORTE S.A.S.",
        "Café Ñan",
        "Dirección Matriz",
        "Av. 6 de Diciembre N34-120 y Whymper, edificio Torre Azul, Quito",
        "Dirección Sucursal",
        "Calle Larga 7-42 y Presidente Borrero, Cuenca",
        "Contribuyente Especial Nro",
        "5368",
        "OBLIGADO A LLEVAR CONTABILIDAD",
        "Agente de Retención Resolución No.",
        "CONTRIBUYENTE RÉGIMEN RIMPE",
        "Razón Social / Nombres y Apellidos",
        "HOTEL CATEDRAL DE CUENCA CÍA. LTDA.",
        "Identificación",
        "0190427389001",
        "Fecha Emisión",
        "24/11/2026",
        "Placa / Matrícula",
        "PBA-1234",
        "Guía Remisión",
        "002-003-000000871",
        "Padre Aguirre 8-17 y Gran Colombia, Cuenca",
        *("Cod. Principal", "Cod. Auxiliar", "Cantidad", "Descripción", "Detalle Adicional"),
        *("Precio Unitario", "Descuento", "Precio Total"),
        "Lote: L-2026-11",
        "INFORMACIÓN ADICIONAL",
        *(word for field in ADDITIONAL for word in field),
        "FORMA DE PAGO",
        "20 - OTROS CON UTILIZACIÓN DEL SISTEMA FINANCIERO",
        "30 dias",
        "01 - SIN UTILIZACIÓN DEL SISTEMA FINANCIERO",
        "Página 1 de 1",
    ],
)
def test_every_field_of_a_factura_is_printed(words):
    assert flat(words) in flat(printed(factura(lines(5), after_total="<placa>PBA-1234</placa>")))


def test_every_line_shows_its_code_quantity_prices_and_words():
    text = flat(printed(factura(lines(5))))
    for number, (code, description, _, _, discount, total_) in enumerate(ITEMS, 1):
        for words in (code, f"{description} #{number}", discount, total_):
            assert flat(words) in text
    for quantity, price in (("12.00", "6.45"), ("1.50", "40.00"), ("24.00", "1.925")):
        assert quantity in text
        assert price in text


def test_totals_take_their_rates_from_the_document():
    taxes = [
        ("2", "0", "46.20", "0.00", "0"),
        ("2", "4", "235.54", "35.33", "15.00"),
        ("2", "5", "10.00", "0.50", "5"),
        ("2", "8", "20.00", "1.60", "8.00"),
        ("2", "6", "7.00", "0.00", "0"),
        ("2", "7", "9.00", "0.00", "0"),
        ("2", "77", "30.00", "6.30", "21.00"),
        ("3", "3092", "10.00", "1.00", "10"),
        ("3", "3610", "10.00", "2.05", "20"),
        ("5", "5001", "10.00", "0.08", ""),
    ]
    text = printed(factura(lines(5), taxes=taxes, tip="3.00"))
    expected = {
        "SUBTOTAL TARIFA ESPECIAL 8%": "20.00",
        "SUBTOTAL 5%": "10.00",
        "SUBTOTAL 15%": "235.54",
        "SUBTOTAL 21%": "30.00",
        "SUBTOTAL 0%": "46.20",
        "SUBTOTAL NO OBJETO DE IVA": "7.00",
        "SUBTOTAL EXENTO DE IVA": "9.00",
        "SUBTOTAL SIN IMPUESTOS": "281.74",
        "TOTAL DESCUENTO": "4.36",
        "ICE": "3.05",
        "IVA TARIFA ESPECIAL 8%": "1.60",
        "IVA 5%": "0.50",
        "IVA 15%": "35.33",
        "IVA 21%": "6.30",
        "IRBPNR": "0.08",
        "PROPINA": "3.00",
        "VALOR TOTAL": "317.07",
    }
    assert {label: total(text, label) for label in expected} == expected
    order = [re.search(rf"^{re.escape(label)}\s", text, re.MULTILINE).start() for label in expected]
    assert order == sorted(order)


def test_a_total_without_its_rate_takes_it_from_the_lines_or_the_catalogue():
    text = printed(factura(lines(1), taxes=[("2", "4", "5.00", "0.75", ""), ("2", "2", "8.00", "0.96", "")]))
    assert total(text, "IVA 15%") == "0.75"
    assert total(text, "SUBTOTAL 12%") == "8.00"


def test_empty_totals_are_left_out():
    text = printed(
        factura(lines(5), taxes=[("2", "4", "100.00", "15.00", "15"), ("2", "0", "0.00", "0.00", "0")])
    )
    for label in (
        "SUBTOTAL 0%",
        "ICE",
        "IRBPNR",
        "PROPINA",
        "IVA 0%",
        "TOTAL SUBSIDIO",
        "TOTAL DEVOLUCION IVA",
    ):
        assert total(text, label) is None


def test_subsidy_columns_appear_only_with_a_subsidy():
    subsidized = detalle(ITEMS[0], more="<precioSinSubsidio>7.700000</precioSinSubsidio>")
    text = flat(printed(factura(subsidized, before_totals="<totalSubsidio>15.00</totalSubsidio>")))
    assert "Subsidio" in text
    assert "1.25" in text
    assert "7.70" in text
    assert "TOTALSUBSIDIO15.00" in text
    assert "Subsidio" not in printed(factura(lines(5)))


def test_production_is_said_plainly_and_carries_no_warning():
    text = printed(factura(lines(1), environment="2"))
    assert "PRODUCCIÓN" in text
    assert "PRUEBAS" not in text
    assert "SIN VALIDEZ TRIBUTARIA" in printed(factura(lines(1), environment="1"))


def test_a_final_consumer_is_named_so():
    text = printed(factura(lines(1), buyer=("07", "CONSUMIDOR FINAL", "9999999999999")))
    assert "CONSUMIDOR FINAL" in text
    assert "9999999999999" in text


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 1, 1, 3, 0, tzinfo=UTC), "31/12/2025 22:00:00"),
        (datetime(2026, 1, 1, 3, 0, tzinfo=timezone(timedelta(hours=-5))), "01/01/2026 03:00:00"),
        (datetime(2026, 1, 1, 3, 0), "01/01/2026 03:00:00"),  # noqa: DTZ001
    ],
)
def test_the_authorization_is_told_in_ecuadors_time(moment, shown):
    assert shown in printed(factura(lines(1)), authorized_at=moment)


def test_blocks_few_invoices_have_are_printed_too():
    text = flat(
        printed(
            factura(
                lines(1),
                after_lines=(
                    "<infoSustitutivaGuiaRemision><dirPartida>Bodega Norte</dirPartida><destinos><destino>"
                    "<motivoTraslado>Venta</motivoTraslado><ruta>Quito-Loja</ruta></destino></destinos>"
                    "</infoSustitutivaGuiaRemision>"
                    "<otrosRubrosTerceros><rubro><concepto>Tasa bomberos</concepto>"
                    "<total>5.25</total></rubro></otrosRubrosTerceros>"
                ),
                before_totals="<incoTermTotalSinImpuestos>FOB</incoTermTotalSinImpuestos>",
            )
        )
    )
    for words in ("COMERCIOEXTERIOR", "FOB", "BodegaNorte", "Venta·Quito-Loja", "Tasabomberos5.25"):
        assert words in text


def test_a_character_the_fonts_lack_is_shown_as_a_box_and_reported():
    ride = render(
        factura(detalle(("X", "Té 茶 verde 🍵 n\u0303", "1", "1", "0", "1"))), number=KEY, authorized_at=AT
    )
    assert ride.missing_glyphs == ("茶", "🍵")
    assert "Té □ verde □ ñ" in text_of(ride)


def test_a_document_without_any_optional_part_still_has_a_ride():
    ride = render(b"<factura/>", number="", authorized_at=None)
    assert ride.pages == 1
    assert "VALOR TOTAL" in text_of(ride)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"no xml",
        b"<factura>",
        b"<notaVenta/>",
        b'<!DOCTYPE factura [<!ENTITY a "b">]><factura>&a;</factura>',
    ],
)
def test_what_is_no_comprobante_is_refused(xml):
    with pytest.raises(Invalid):
        render(xml, number=KEY, authorized_at=AT)
