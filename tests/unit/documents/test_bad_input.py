"""Everything a caller can get wrong is refused with the SRI's field, the rule and the fix."""

from decimal import Decimal

import pytest
from documents_cast import ON, invoice, line

from app.documents.factura import from_json
from app.errors import Invalid, Problem


def problems(values) -> dict[str, Problem]:
    with pytest.raises(Invalid) as refusal:
        from_json(values, ON)
    return {problem.field: problem for problem in refusal.value.problems}


def taxed(**tax):
    return line(impuestos=[{"codigo": "2", "codigoPorcentaje": "4"} | tax])


REFUSED = {
    "a wrong subtotal": (invoice(totalSinImpuestos="21.00"), "infoFactura.totalSinImpuestos", "52"),
    "a wrong total": (invoice(importeTotal=23.02), "infoFactura.importeTotal", "52"),
    "a wrong discount": (invoice(totalDescuento="1"), "infoFactura.totalDescuento", "52"),
    "a wrong line total": (
        invoice(detalles=line(precioTotalSinImpuesto="19.98")),
        "detalles[1].precioTotalSinImpuesto",
        "52",
    ),
    "a wrong line tax": (invoice(detalles=taxed(valor="2.98")), "detalles[1].impuestos[1].valor", "52"),
    "a wrong base": (
        invoice(detalles=taxed(baseImponible="19")),
        "detalles[1].impuestos[1].baseImponible",
        "52",
    ),
    "a discount above the line": (invoice(detalles=line(descuento="20.01")), "detalles[1].descuento", "52"),
    "an unknown tax": (invoice(detalles=taxed(codigo="9")), "detalles[1].impuestos[1].codigo", "35"),
    "an unknown tax code": (
        invoice(detalles=taxed(codigoPorcentaje="99")),
        "detalles[1].impuestos[1].codigoPorcentaje",
        "52",
    ),
    "a rate that has ended": (
        invoice(detalles=taxed(codigoPorcentaje="2")),
        "detalles[1].impuestos[1].codigoPorcentaje",
        "52",
    ),
    "a rate that is not its code's": (
        invoice(detalles=taxed(tarifa="12")),
        "detalles[1].impuestos[1].tarifa",
        "52",
    ),
    "an exempt line with tax": (
        invoice(detalles=taxed(codigoPorcentaje="7", valor="3.00")),
        "detalles[1].impuestos[1].valor",
        "52",
    ),
    "a line with two IVA": (
        invoice(detalles=line(impuestos=[{"codigo": "2", "codigoPorcentaje": c} for c in "40"])),
        "detalles[1].impuestos",
        "52",
    ),
    "an excise without its value": (
        invoice(detalles=line(impuestos=[{"codigo": "3", "codigoPorcentaje": "3031", "tarifa": "75"}])),
        "detalles[1].impuestos[1].valor",
        "35",
    ),
    "a cédula with a wrong check digit": (
        invoice(identificacionComprador="1710034066"),
        "infoFactura.identificacionComprador",
        "62",
    ),
    "a RUC of twelve digits": (
        invoice(tipoIdentificacionComprador="04", identificacionComprador="179001691900"),
        "infoFactura.identificacionComprador",
        "69",
    ),
    "a RUC of no province": (
        invoice(tipoIdentificacionComprador="04", identificacionComprador="9990016919001"),
        "infoFactura.identificacionComprador",
        "69",
    ),
    "a RUC of a person without a cédula in it": (
        invoice(tipoIdentificacionComprador="04", identificacionComprador="1710034066001"),
        "infoFactura.identificacionComprador",
        "69",
    ),
    "a final consumer with a name": (
        invoice(tipoIdentificacionComprador="07", identificacionComprador="9999999999999"),
        "infoFactura.razonSocialComprador",
        "62",
    ),
    "the final consumer's number under another type": (
        invoice(tipoIdentificacionComprador="06", identificacionComprador="9999999999999"),
        "infoFactura.identificacionComprador",
        "62",
    ),
    "a line break in the buyer's name": (
        invoice(razonSocialComprador="María\nNúñez"),
        "infoFactura.razonSocialComprador",
        "35",
    ),
    "a line break in an additional field": (
        invoice(infoAdicional=[{"nombre": "Nota", "valor": "una\r\ndos"}]),
        "infoAdicional[1].valor",
        "35",
    ),
    "a Unicode line separator": (
        invoice(detalles=line(descripcion="uno\u2028dos")),
        "detalles[1].descripcion",
        "35",
    ),
    "a control character": (
        invoice(detalles=line(descripcion="campana\u0007")),
        "detalles[1].descripcion",
        "35",
    ),
    "half a surrogate pair": (
        invoice(detalles=line(descripcion="roto\ud83d")),
        "detalles[1].descripcion",
        "35",
    ),
    "a name of 301 characters": (
        invoice(razonSocialComprador="x" * 301),
        "infoFactura.razonSocialComprador",
        "35",
    ),
    "an empty name": (invoice(razonSocialComprador="  "), "infoFactura.razonSocialComprador", "35"),
    "payments that do not add up": (
        invoice(pagos=[{"formaPago": "20", "total": "22.00"}]),
        "infoFactura.pagos",
        "52",
    ),
    "no payments": (invoice(pagos=None), "infoFactura.pagos", ""),
    "an unknown payment method": (
        invoice(pagos=[{"formaPago": "03", "total": "23.00"}]),
        "infoFactura.pagos[1].formaPago",
        "",
    ),
    "a tip above ten per cent": (
        invoice(propina="2.01", pagos=[{"formaPago": "20", "total": "25.01"}]),
        "infoFactura.propina",
        "52",
    ),
    "fifteen additional fields": (
        invoice(infoAdicional=[{"nombre": f"n{i}", "valor": "v"} for i in range(15)]),
        "infoAdicional",
        "35",
    ),
    "the provider's own field": (
        invoice(infoAdicional=[{"nombre": "ruc proveedor", "valor": "1790012345001"}]),
        "infoAdicional[1].nombre",
        "",
    ),
    "a run of spaces in an additional field": (
        invoice(infoAdicional=[{"nombre": "Nota", "valor": "a  b"}]),
        "infoAdicional[1].valor",
        "35",
    ),
    "an unknown name": (invoice(razonSocialCompradr="x"), "razonSocialCompradr", "35"),
    "a missing buyer": (invoice(identificacionComprador=None), "infoFactura.identificacionComprador", "35"),
    "no lines": (invoice(detalles=[]), "detalles", "35"),
    "lines that are no list": (invoice(detalles={"a": 1}), "detalles", "35"),
    "too many decimals": (invoice(detalles=line(cantidad="1.1234567")), "detalles[1].cantidad", "35"),
    "a negative quantity": (invoice(detalles=line(cantidad=-1)), "detalles[1].cantidad", "35"),
    "a number in words": (invoice(detalles=line(cantidad="dos")), "detalles[1].cantidad", "35"),
    "a boolean for a number": (invoice(detalles=line(cantidad=True)), "detalles[1].cantidad", "35"),
    "a number of a billion digits": (
        invoice(detalles=line(cantidad=Decimal("1E+999999999"))),
        "detalles[1].cantidad",
        "35",
    ),
    "four details on a line": (
        invoice(detalles=line(detallesAdicionales=[{"nombre": "a", "valor": "b"}] * 4)),
        "detalles[1].detallesAdicionales",
        "35",
    ),
    "a date of one's own": (invoice(fechaEmision="02/03/2026"), "infoFactura.fechaEmision", "35"),
    "another document type": (invoice(codDoc="04"), "infoTributaria.codDoc", "35"),
    "an establishment of two digits": (invoice(estab="01"), "infoTributaria.estab", "35"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_field_and_the_code_it_would_have_earned(case):
    values, field, code = REFUSED[case]
    found = problems(values)
    assert field in found, found
    assert found[field].code == code
    assert all(found[field].rule) and all(found[field].fix)


def test_an_unidentified_buyer_above_fifty_dollars_is_refused_and_at_fifty_is_not():
    nobody = {
        "tipoIdentificacionComprador": "07",
        "identificacionComprador": "9999999999999",
        "razonSocialComprador": "CONSUMIDOR FINAL",
    }
    untaxed = [{"codigo": "2", "codigoPorcentaje": "0"}]

    def sale(amount):
        lines = line(cantidad=1, precioUnitario=amount, impuestos=untaxed)
        return invoice(**nobody, detalles=lines, pagos=[{"formaPago": "01", "total": amount}])

    assert list(problems(sale("50.01"))) == ["infoFactura.identificacionComprador"]
    assert from_json(sale("50.00"), ON).total == Decimal("50.00")


def test_every_problem_is_listed_at_once_wherever_it_is():
    values = invoice(
        razonSocialComprador="dos\nlíneas",
        identificacionComprador="1710034066",
        detalles=line(descripcion="x" * 301, impuestos=[{"codigo": "2", "codigoPorcentaje": "2"}]),
        totalSinImpuestos="99.00",
        pagos=[{"formaPago": "77", "total": "23.00"}],
        extra=1,
    )
    assert set(problems(values)) >= {
        "infoFactura.razonSocialComprador",
        "infoFactura.identificacionComprador",
        "detalles[1].descripcion",
        "detalles[1].impuestos[1].codigoPorcentaje",
        "infoFactura.totalSinImpuestos",
        "infoFactura.pagos[1].formaPago",
        "extra",
    }


def test_a_refused_field_is_not_also_called_missing():
    with pytest.raises(Invalid) as refusal:
        from_json(invoice(detalles=line(cantidad="dos"), pagos=[{"formaPago": "20", "total": "x"}]), ON)
    assert [problem.field for problem in refusal.value.problems] == [
        "infoFactura.pagos[1].total",
        "detalles[1].cantidad",
    ]


def test_a_company_ruc_with_an_odd_check_digit_only_warns():
    draft = from_json(invoice(tipoIdentificacionComprador="04", identificacionComprador="1793194515001"), ON)
    assert [warning.field for warning in draft.warnings] == ["infoFactura.identificacionComprador"]


def test_more_than_500_dollars_outside_the_banks_only_warns():
    lines = line(cantidad=1, precioUnitario="500.01", impuestos=[{"codigo": "2", "codigoPorcentaje": "0"}])
    draft = from_json(invoice(detalles=lines, pagos=[{"formaPago": "01", "total": "500.01"}]), ON)
    assert "bancarización" in draft.warnings[0].sentence()


def test_a_line_without_code_only_warns():
    draft = from_json(invoice(detalles=line(codigoPrincipal=None)), ON)
    assert [warning.field for warning in draft.warnings] == ["detalles[1].codigoPrincipal"]
