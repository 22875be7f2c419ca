"""The nota de crédito: what is computed, what is refused, and what a strict reader says of it."""

from datetime import date
from decimal import Decimal

import pytest
from documents_cast import ON, built, credit_note, identity
from lxml import etree

from app.documents.base import Modified
from app.documents.nota_credito import NOTA_CREDITO
from app.documents.reading import read
from app.errors import Invalid, Problem

INFO = "infoNotaCredito"
FINAL_CONSUMER = {
    "tipoIdentificacionComprador": "07",
    "identificacionComprador": "9999999999999",
    "razonSocialComprador": "CONSUMIDOR FINAL",
}


def line(**changes):
    return [credit_note()["detalles"][0] | changes]


def taxed(**tax):
    return line(impuestos=[{"codigo": "2", "codigoPorcentaje": "4"} | tax])


def problems(values) -> dict[str, Problem]:
    with pytest.raises(Invalid) as refusal:
        NOTA_CREDITO.from_json(values, ON)
    return {problem.field: problem for problem in refusal.value.problems}


def test_totals_and_taxes_left_out_are_computed():
    draft = NOTA_CREDITO.from_json(credit_note(), ON)
    assert (draft.doc_type, draft.total) == ("04", Decimal("11.50"))
    assert draft.content["totalConImpuestos"] == [
        {"codigo": "2", "codigoPorcentaje": "4", "baseImponible": "10.00", "valor": "1.50"}
    ]
    assert (draft.content["totalSinImpuestos"], draft.content["moneda"]) == ("10.00", "DOLAR")


def test_it_says_what_it_modifies():
    draft = NOTA_CREDITO.from_json(credit_note(), ON)
    assert draft.modified == Modified("01", "001-002-000000007", date(2026, 2, 27), INFO)


REFUSED = {
    "a final consumer": (credit_note(**FINAL_CONSUMER), f"{INFO}.tipoIdentificacionComprador", "69"),
    "a wrong cédula": (
        credit_note(identificacionComprador="1710034066"),
        f"{INFO}.identificacionComprador",
        "62",
    ),
    "a retention as what it modifies": (credit_note(codDocModificado="07"), f"{INFO}.codDocModificado", "64"),
    "a number of another shape": (
        credit_note(numDocModificado="001002000000007"),
        f"{INFO}.numDocModificado",
        "35",
    ),
    "no number": (credit_note(numDocModificado=None), f"{INFO}.numDocModificado", "35"),
    "no reason": (credit_note(motivo=" "), f"{INFO}.motivo", "35"),
    "a reason of two lines": (credit_note(motivo="uno\ndos"), f"{INFO}.motivo", "35"),
    "a day that does not exist": (
        credit_note(fechaEmisionDocSustento="30/02/2026"),
        f"{INFO}.fechaEmisionDocSustento",
        "67",
    ),
    "a document of tomorrow": (
        credit_note(fechaEmisionDocSustento="03/03/2026"),
        f"{INFO}.fechaEmisionDocSustento",
        "67",
    ),
    "a rate of another time than the modified document's": (
        credit_note(fechaEmisionDocSustento="31/03/2024"),
        "detalles[1].impuestos[1].codigoPorcentaje",
        "52",
    ),
    "a wrong total": (credit_note(valorModificacion="11.52"), f"{INFO}.valorModificacion", "52"),
    "a wrong subtotal": (credit_note(totalSinImpuestos="9.98"), f"{INFO}.totalSinImpuestos", "52"),
    "a wrong tarifa": (credit_note(detalles=taxed(tarifa="12")), "detalles[1].impuestos[1].tarifa", "52"),
    "a factura's name for the code": (
        credit_note(detalles=line(codigoPrincipal="A-1")),
        "detalles[1].codigoPrincipal",
        "35",
    ),
    "a line without tax": (credit_note(detalles=line(impuestos=[])), "detalles[1].impuestos", "35"),
    "a payment": (credit_note(pagos=[{"formaPago": "20", "total": "11.50"}]), "pagos", "35"),
    "a compensation": (
        credit_note(compensaciones=[{"codigo": "1", "tarifa": "2", "valor": "1"}]),
        f"{INFO}.compensaciones",
        "",
    ),
    "the legend of a regime that ended": (
        credit_note(rise="Contribuyente Régimen Simplificado RISE"),
        f"{INFO}.rise",
        "",
    ),
    "the provider's own field": (
        credit_note(infoAdicional=[{"nombre": "RUC Proveedor", "valor": "1"}]),
        "infoAdicional[1].nombre",
        "",
    ),
    "more IVA given back than levied": (
        credit_note(
            totalConImpuestos=[
                {
                    "codigo": "2",
                    "codigoPorcentaje": "4",
                    "baseImponible": "10.00",
                    "valor": "1.50",
                    "valorDevolucionIva": "1.51",
                }
            ]
        ),
        f"{INFO}.totalConImpuestos[1].valorDevolucionIva",
        "92",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_field_and_the_code_it_would_have_earned(case):
    values, field, code = REFUSED[case]
    found = problems(values)
    assert field in found, found
    assert found[field].code == code
    assert all(found[field].rule) and all(found[field].fix)


def test_a_line_without_code_only_warns():
    draft = NOTA_CREDITO.from_json(credit_note(detalles=line(codigoInterno=None)), ON)
    assert [warning.field for warning in draft.warnings] == ["detalles[1].codigoInterno"]


def test_an_xml_of_version_1_0_0_becomes_a_draft_of_1_1_0():
    draft = NOTA_CREDITO.from_json(credit_note(), ON)
    old = built(draft).replace(b'version="1.1.0"', b'version="1.0.0"')
    again = read(old, "nota.xml", ON)
    assert again.content == draft.content
    assert etree.fromstring(built(again)).get("version") == "1.1.0"


@pytest.mark.parametrize(
    ("old", "new", "field", "code"),
    [
        ("<codDoc>04", "<codDoc>01", "infoTributaria.codDoc", "58"),
        ("<valorModificacion>11.50", "<valorModificacion>11.52", f"{INFO}.valorModificacion", "52"),
        ("<fechaEmision>02/03/2026", "<fechaEmision>03/03/2026", f"{INFO}.fechaEmision", "58"),
        (
            "<fechaEmisionDocSustento>27/02/2026",
            "<fechaEmisionDocSustento>27/02/2023",
            "detalles[1].impuestos[1].codigoPorcentaje",
            "52",
        ),
    ],
)
def test_what_the_sri_refuses_beyond_the_schema_carries_its_code(old, new, field, code):
    draft = NOTA_CREDITO.from_json(credit_note(), ON)
    xml = built(draft).decode()
    found = NOTA_CREDITO.inspect(xml.encode())
    assert (found.structure, found.business) == ((), ())
    assert (found.doc_type, found.access_key) == ("04", identity(draft).access_key)
    spoilt = NOTA_CREDITO.inspect(xml.replace(old, new).encode())
    assert (field, code) in [(problem.field, problem.code) for problem in spoilt.business]
