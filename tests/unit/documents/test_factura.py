"""From JSON to a draft to XML: what is computed, what is kept, and the very bytes."""

from datetime import date
from decimal import Decimal

from documents_cast import ISSUER, ON, built, identity, invoice, line
from lxml import etree

from app.documents.base import Issuer
from app.documents.factura import build_xml, from_json, from_xml
from app.sri.gateway import Environment


def test_totals_and_taxes_left_out_are_computed():
    content = from_json(invoice(), ON).content
    assert content["totalConImpuestos"] == [
        {
            "codigo": "2",
            "codigoPorcentaje": "4",
            "baseImponible": "20.00",
            "tarifa": "15.00",
            "valor": "3.00",
        }
    ]
    assert (content["totalSinImpuestos"], content["importeTotal"]) == ("20.00", "23.00")
    assert (content["totalDescuento"], content["propina"], content["moneda"]) == ("0.00", "0.00", "DOLAR")


def test_half_a_cent_goes_up():
    lines = line(cantidad="1", precioUnitario="0.125", impuestos=[{"codigo": "2", "codigoPorcentaje": "0"}])
    draft = from_json(invoice(detalles=lines, pagos=[{"formaPago": "01", "total": "0.13"}]), ON)
    assert draft.total == Decimal("0.13")


def test_the_header_tax_is_reckoned_on_the_header_base():
    three = [line(cantidad=1, precioUnitario="0.10")[0] for _ in range(3)]
    draft = from_json(invoice(detalles=three, pagos=[{"formaPago": "01", "total": "0.35"}]), ON)
    assert [each["impuestos"][0]["valor"] for each in draft.content["detalles"]] == ["0.02"] * 3
    assert draft.content["totalConImpuestos"][0]["valor"] == "0.05"


def test_a_given_amount_one_cent_off_is_kept():
    values = invoice(
        totalSinImpuestos="20.01", importeTotal="23.01", pagos=[{"formaPago": "20", "total": "23.01"}]
    )
    assert from_json(values, ON).content["totalSinImpuestos"] == "20.01"


def test_the_base_of_iva_includes_the_excise():
    taxes = [
        {"codigo": "2", "codigoPorcentaje": "4"},
        {"codigo": "3", "codigoPorcentaje": "3031", "tarifa": "300", "valor": "60.00"},
    ]
    values = invoice(detalles=line(impuestos=taxes), pagos=[{"formaPago": "20", "total": "92.00"}])
    iva, ice = from_json(values, ON).content["detalles"][0]["impuestos"]
    assert (iva["baseImponible"], iva["valor"]) == ("80.00", "12.00")
    assert ice["tarifa"] == "300"  # never 300.00: four digits in all


def test_floats_integers_and_strings_mean_the_same_amount():
    drafts = [
        from_json(invoice(detalles=line(precioUnitario=price)), ON)
        for price in (10, 10.0, "10", Decimal("10.000"))
    ]
    assert len({str(draft.content) for draft in drafts}) == 1


def test_texts_are_trimmed_and_composed():
    draft = from_json(invoice(razonSocialComprador=" Nu\u0301n\u0303ez "), ON)
    assert draft.buyer_name == "Núñez"


def test_reference_and_place_belong_to_the_draft():
    draft = from_json(invoice(referencia="pedido-9"), ON)
    assert (draft.reference, draft.establishment, draft.emission_point) == ("pedido-9", "001", "002")
    assert "referencia" not in draft.content


def test_optional_facts_of_the_issuer_that_are_empty_leave_no_element():
    bare = Issuer("1790012345001", "Uno", "Quito", Environment.PRODUCCION, nombre_comercial="")
    draft = from_json(invoice(), ON)
    root = etree.fromstring(build_xml(draft.content, bare, identity(draft)))
    assert root.findtext("infoTributaria/ambiente") == "2"
    for tag in ("nombreComercial", "dirEstablecimiento", "obligadoContabilidad", "contribuyenteEspecial"):
        assert root.find(f".//{tag}") is None


def test_an_xml_is_taken_as_a_new_draft_without_its_issuer_number_or_date():
    old = built(from_json(invoice(), date(2025, 1, 1)), date(2025, 1, 1))
    new = build_xml(from_xml(old, ON).content, ISSUER, identity(from_xml(old, ON), sequence_number=99))
    root = etree.fromstring(new)
    assert root.findtext("infoFactura/fechaEmision") == "02/03/2026"
    assert root.findtext("infoTributaria/secuencial") == "000000099"
    assert root.findtext("infoTributaria/ptoEmi") == "002"
