"""The rarer blocks of a factura: what each adds to the total, and what each refuses."""

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from documents_cast import ON, invoice

from app.documents.factura import from_json
from app.errors import Invalid, Problem

CASES = Path(__file__).parents[2] / "golden" / "01-factura"
NOBODY = ("07", "9999999999999")


def case(name: str, **changes: Any) -> dict[str, Any]:
    """A golden case with some fields changed; None takes a field away."""
    values = json.loads((CASES / f"{name}.json").read_bytes()) | changes
    return {field: value for field, value in values.items() if value is not None}


def within(name: str, block: str, place: int | None = None, **changes: Any) -> dict[str, Any]:
    """A golden case with some fields of one of its blocks changed."""
    values = case(name)
    target = values[block] if place is None else values[block][place]
    target |= copy.deepcopy(changes)
    return values


def problems(values: dict[str, Any]) -> dict[str, Problem]:
    with pytest.raises(Invalid) as refusal:
        from_json(values, ON)
    return {problem.field: problem for problem in refusal.value.problems}


REFUSED = {
    "an exporter who does not say where from": (
        case("export", puertoEmbarque=None),
        "infoFactura.puertoEmbarque",
        "",
    ),
    "an export without the incoterm of its total": (
        case("export", incoTermTotalSinImpuestos=None),
        "infoFactura.incoTermTotalSinImpuestos",
        "",
    ),
    "freight without being an exporter": (
        invoice(fleteInternacional="5.00", pagos=[{"formaPago": "20", "total": "28.00"}]),
        "infoFactura.fleteInternacional",
        "",
    ),
    "a country the SRI does not know": (case("export", paisOrigen="999"), "infoFactura.paisOrigen", ""),
    "an export whose freight is not in its total": (
        case("export", importeTotal="295000.00"),
        "infoFactura.importeTotal",
        "52",
    ),
    "a wrong subsidy": (case("subsidy", totalSubsidio="36.88"), "infoFactura.totalSubsidio", "52"),
    "a subsidy on no line": (invoice(totalSubsidio="1.00"), "infoFactura.totalSubsidio", "52"),
    "a price that rises with the subsidy": (
        within("subsidy", "detalles", 0, precioSinSubsidio="1.42"),
        "detalles[1].precioSinSubsidio",
        "52",
    ),
    "a reimbursement's head without its documents": (
        case("reimbursement", reembolsos=None, codDocReembolso="41"),
        "reembolsos",
        "35",
    ),
    "a reimbursement under another code": (
        case("reimbursement", codDocReembolso="01"),
        "infoFactura.codDocReembolso",
        "64",
    ),
    "reimbursed bases that do not add up": (
        case("reimbursement", totalBaseImponibleReembolso="142.84"),
        "infoFactura.totalBaseImponibleReembolso",
        "52",
    ),
    "reimbursed documents that do not add up": (
        case("reimbursement", totalComprobantesReembolso="161.52"),
        "infoFactura.totalComprobantesReembolso",
        "52",
    ),
    "a reimbursed key of another document": (
        within("reimbursement", "reembolsos", 0, secuencialDocReembolso="000000008"),
        "reembolsos[1].numeroautorizacionDocReemb",
        "80",
    ),
    "a reimbursed authorization of eleven digits": (
        within("reimbursement", "reembolsos", 1, numeroautorizacionDocReemb="12345678901"),
        "reembolsos[2].numeroautorizacionDocReemb",
        "64",
    ),
    "a reimbursed document of tomorrow": (
        within("reimbursement", "reembolsos", 1, fechaEmisionDocReembolso="03/03/2026"),
        "reembolsos[2].fechaEmisionDocReembolso",
        "67",
    ),
    "a reimbursed document of no day": (
        within("reimbursement", "reembolsos", 1, fechaEmisionDocReembolso="30/02/2024"),
        "reembolsos[2].fechaEmisionDocReembolso",
        "67",
    ),
    "a reimbursed rate that did not hold that day": (
        within("reimbursement", "reembolsos", 1, fechaEmisionDocReembolso="15/04/2024"),
        "reembolsos[2].detalleImpuestos[1].codigoPorcentaje",
        "52",
    ),
    "a supplier who is nobody": (
        within(
            "reimbursement",
            "reembolsos",
            1,
            tipoIdentificacionProveedorReembolso=NOBODY[0],
            identificacionProveedorReembolso=NOBODY[1],
        ),
        "reembolsos[2].tipoIdentificacionProveedorReembolso",
        "69",
    ),
    "a supplier with a wrong cédula": (
        within("reimbursement", "reembolsos", 1, identificacionProveedorReembolso="1710034066"),
        "reembolsos[2].identificacionProveedorReembolso",
        "62",
    ),
    "an unknown withholding": (
        within("fuel_withholdings", "retenciones", 0, codigoPorcentaje="329"),
        "retenciones[1].codigoPorcentaje",
        "52",
    ),
    "a withholding with another tarifa": (
        within("fuel_withholdings", "retenciones", 1, tarifa="0.20"),
        "retenciones[2].tarifa",
        "52",
    ),
    "a withholding above its share": (
        within("fuel_withholdings", "retenciones", 0, valor="2.02"),
        "retenciones[1].valor",
        "52",
    ),
    "transport before the factura": (
        within("replaces_waybill", "infoSustitutivaGuiaRemision", fechaIniTransporte="01/03/2026"),
        "infoSustitutivaGuiaRemision.fechaIniTransporte",
        "82",
    ),
    "transport that ends before it starts": (
        within("replaces_waybill", "infoSustitutivaGuiaRemision", fechaIniTransporte="05/03/2026"),
        "infoSustitutivaGuiaRemision.fechaFinTransporte",
        "",
    ),
    "transport on no day": (
        within("replaces_waybill", "infoSustitutivaGuiaRemision", fechaFinTransporte="31/04/2026"),
        "infoSustitutivaGuiaRemision.fechaFinTransporte",
        "67",
    ),
    "a carrier with a wrong RUC": (
        within("replaces_waybill", "infoSustitutivaGuiaRemision", rucTransportista="179001234500"),
        "infoSustitutivaGuiaRemision.rucTransportista",
        "69",
    ),
    "a waybill without destinations": (
        within("replaces_waybill", "infoSustitutivaGuiaRemision", destinos=[]),
        "infoSustitutivaGuiaRemision.destinos",
        "35",
    ),
    "a negotiable factura to nowhere": (
        case("negotiable", direccionComprador=None),
        "infoFactura.direccionComprador",
        "",
    ),
    "a negotiable factura without a term": (
        case("negotiable", pagos=[{"formaPago": "21", "total": "23.00"}]),
        "infoFactura.pagos",
        "",
    ),
    "more IVA given back than levied": (
        within("iva_given_back", "totalConImpuestos", 0, valorDevolucionIva="7.51"),
        "infoFactura.totalConImpuestos[1].valorDevolucionIva",
        "92",
    ),
    "IVA given back to a company": (
        case("iva_given_back", tipoIdentificacionComprador="04", identificacionComprador="1790016919001"),
        "infoFactura.totalConImpuestos[1].valorDevolucionIva",
        "92",
    ),
    "an extra discount on another tax than IVA": (
        within("extra_discount", "totalConImpuestos", 1, descuentoAdicional="1.00"),
        "infoFactura.totalConImpuestos[2].descuentoAdicional",
        "52",
    ),
    "an extra discount that is none": (
        within("extra_discount", "totalConImpuestos", 0, descuentoAdicional="-1.00"),
        "infoFactura.totalConImpuestos[1].descuentoAdicional",
        "52",
    ),
    "a compensation, which ended in 2017": (
        invoice(compensaciones=[{"codigo": "1", "tarifa": "2", "valor": "0.40"}]),
        "infoFactura.compensaciones",
        "",
    ),
    "a compensation in a reimbursed document": (
        within(
            "reimbursement",
            "reembolsos",
            0,
            compensacionesReembolso=[{"codigo": "1", "tarifa": "2", "valor": "1"}],
        ),
        "reembolsos[1].compensacionesReembolso",
        "",
    ),
    "a fiscal machine without its series": (
        case("fiscal_machine", maquinaFiscal={"marca": "a", "modelo": "b"}),
        "maquinaFiscal.serie",
        "35",
    ),
    "a sum of more than fourteen digits": (
        invoice(
            detalles=[
                invoice()["detalles"][0] | {"cantidad": "999999999999", "precioUnitario": "999999999999"}
            ]
        ),
        "detalles[1].precioTotalSinImpuesto",
        "35",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_field_and_the_code_it_would_have_earned(name):
    values, field, code = REFUSED[name]
    found = problems(values)
    assert field in found, found
    assert found[field].code == code
    assert all(found[field].rule) and all(found[field].fix)


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("export", "297350.00"),  # the ficha's own example of anexo 4
        ("fuel_withholdings", "1169.50"),
        ("third_party_charges", "64.75"),
        ("charges_beside_the_total", "57.50"),
        ("iva_given_back", "50.00"),
        ("extra_discount", "74.99"),  # that of anexo 3, at 15 %
        ("reimbursement", "161.50"),
        ("everything", "159.35"),
    ],
)
def test_what_the_buyer_pays(name, total):
    assert from_json(case(name), ON).total == Decimal(total)
    assert from_json(case(name, importeTotal=total), ON).total == Decimal(total)


def test_the_heads_of_subsidy_and_reimbursement_are_computed():
    assert from_json(case("subsidy", totalSubsidio=None), ON).content["totalSubsidio"] == "36.90"
    content = from_json(case("reimbursement"), ON).content
    assert [
        content[f"{name}Reembolso"]
        for name in ("codDoc", "totalComprobantes", "totalBaseImponible", "totalImpuesto")
    ] == [
        "41",
        "161.50",
        "142.86",
        "18.64",
    ]


def test_an_extra_discount_may_be_taken_off_base_and_subtotal_too():
    other = case("extra_discount", totalSinImpuestos="59.94")
    other["totalConImpuestos"][0]["baseImponible"] = "63.19"
    assert from_json(other, ON).total == Decimal("74.99")


def test_a_supplier_who_rounds_otherwise_only_warns():
    values = case("reimbursement")
    values["reembolsos"][0]["detalleImpuestos"][0]["impuestoReembolso"] = "15.02"
    (warning,) = from_json(values, ON).warnings
    assert warning.field == "reembolsos[1].detalleImpuestos[1].impuestoReembolso"


def test_a_total_is_not_doubted_when_one_of_its_parts_could_not_be_read():
    found = problems(case("export", fleteInternacional="mil"))
    assert set(found) == {"infoFactura.fleteInternacional"}


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("export", "1.1.0"),
        ("fuel_withholdings", "1.1.0"),
        ("replaces_waybill", "2.1.0"),
        ("third_party_charges", "2.1.0"),
    ],
)
def test_version_2_is_written_only_for_its_own_blocks(name, version):
    assert f'version="{version}"'.encode() in (CASES / f"{name}.xml").read_bytes()
