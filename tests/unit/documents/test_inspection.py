"""A strict reader of finished facturas: who it is, and every reason the SRI would have to refuse it."""

from datetime import date

import pytest
from documents_cast import ISSUER, ON, built, identity, invoice

from app.documents.factura import from_json, inspect

DRAFT = from_json(invoice(infoAdicional=[{"nombre": "Email", "valor": "a@example.com"}]), ON)
XML = built(DRAFT).decode()
SIGNATURE = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'


def test_a_factura_of_ours_has_nothing_wrong_signed_or_not():
    for text in (XML, XML.replace("</factura>", f"{SIGNATURE}</factura>")):
        found = inspect(text.encode())
        assert (found.structure, found.business) == ((), ())
        assert found.access_key == identity(DRAFT).access_key
        assert (found.doc_type, found.ruc, found.environment) == ("01", ISSUER.ruc, "1")
        assert (found.number, found.issue_date) == ("001-002-000000007", ON)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("<detalles>", f"{SIGNATURE}<detalles>", "Signature"),
        ("<propina>0.00</propina>", "<propina/>", "infoFactura.propina"),
        ("<moneda>DOLAR</moneda>", "<moneda><b/></moneda>", "infoFactura.moneda"),
        ("<moneda>", '<moneda x="1">', "infoFactura.moneda.x"),
        ("<infoFactura>", "<infoFactura>hola", "infoFactura"),
        (' nombre="Email"', "", "infoAdicional[1].nombre"),
        ("<secuencial>", "<secuencial>0", "infoTributaria.secuencial"),
        ("<secuencial>000000007</secuencial>", "", "infoTributaria.secuencial"),
        ('version="1.1.0"', 'version="3.0.0"', "factura.version"),
        ('id="comprobante"', 'id="otro"', ".id"),
        ("<factura ", '<factura xmlns="urn:x" ', "factura"),
        ("factura", "guiaRemision", "guiaRemision"),
    ],
)
def test_a_broken_structure_is_named_by_its_path(old, new, field):
    found = inspect(XML.replace(old, new).encode())
    assert field in [problem.field for problem in found.structure]
    assert {problem.code for problem in found.structure} == {"35"}
    assert found.business == ()


@pytest.mark.parametrize(
    ("old", "new", "field", "code"),
    [
        ("<estab>001", "<estab>002", "infoTributaria.estab", "58"),
        ("<secuencial>000000007", "<secuencial>000000008", "infoTributaria.secuencial", "58"),
        ("<ruc>1790012345001", "<ruc>1790012346001", "infoTributaria.ruc", "58"),
        ("<ambiente>1", "<ambiente>2", "infoTributaria.ambiente", "58"),
        ("<codDoc>01", "<codDoc>04", "infoTributaria.codDoc", "58"),
        ("02/03/2026", "03/03/2026", "infoFactura.fechaEmision", "58"),
        ("02/03/2026", "31/02/2026", "infoFactura.fechaEmision", "67"),
        ("<importeTotal>23.00", "<importeTotal>23.02", "infoFactura.importeTotal", "52"),
        (
            "<valor>3.00</valor></impuesto>",
            "<valor>3.05</valor></impuesto>",
            "detalles[1].impuestos[1].valor",
            "52",
        ),
    ],
)
def test_what_the_sri_refuses_beyond_the_schema_carries_its_code(old, new, field, code):
    assert old in XML
    found = inspect(XML.replace(old, new).encode())
    assert found.structure == ()
    assert (field, code) in [(problem.field, problem.code) for problem in found.business]


def test_a_key_with_a_wrong_check_digit_is_noticed():
    key = identity(DRAFT).access_key
    wrong = key[:-1] + str((int(key[-1]) + 1) % 10)
    (problem,) = inspect(XML.replace(key, wrong).encode()).business
    assert (problem.field, problem.code) == ("infoTributaria.claveAcceso", "58")


def test_a_rate_is_judged_on_the_day_of_the_document():
    old = built(from_json(invoice(), date(2026, 1, 1)), date(2024, 3, 31))
    assert {problem.code for problem in inspect(old).business} == {"52"}


def test_freight_belongs_to_the_total():
    text = XML.replace("<importeTotal>", "<fleteInternacional>5.00</fleteInternacional><importeTotal>")
    assert [problem.field for problem in inspect(text.encode()).business] == ["infoFactura.importeTotal"]
    assert inspect(text.replace("<importeTotal>23", "<importeTotal>28").encode()).business == ()


def test_a_compensation_of_old_puts_the_sums_beyond_our_arithmetic():
    compensation = "<compensacion><codigo>1</codigo><tarifa>2</tarifa><valor>0.40</valor></compensacion>"
    text = XML.replace("<propina>", f"<compensaciones>{compensation}</compensaciones><propina>")
    found = inspect(text.replace("<importeTotal>23.00", "<importeTotal>22.60").encode())
    assert (found.structure, found.business) == ((), ())


def test_what_is_not_xml_has_no_identity():
    found = inspect(b"hola")
    assert (found.access_key, found.issue_date) == ("", None)
    assert found.structure[0].code == "35"
