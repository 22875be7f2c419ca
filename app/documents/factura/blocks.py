"""What a factura's rarer blocks ask of each other (ficha anexos 4 to 9 and 11, tablas 22 and 23)."""

from collections.abc import Iterator
from datetime import date

from app import access_key
from app.catalogues.countries import COUNTRIES
from app.catalogues.taxes import IVA
from app.catalogues.withholdings import INCOME, TARIFAS
from app.documents.amounts import ZERO, cents
from app.documents.buyer import third_party
from app.documents.dates import after_issue, day, no_such_day
from app.documents.factura.model import DetalleImpuesto, Factura, GuiaSustituida, ReembolsoDetalle
from app.documents.factura.totals import FREIGHT, REIMBURSEMENT
from app.documents.grammar import missing
from app.documents.sums import DIFFERENCES, TOLERANCE
from app.documents.tax_rules import rate, tarifa
from app.errors import Problem, Text

SUPPORT_CODE, BAD_KEY, TRANSPORT_START = "64", "80", "82"
_EXPORT_ASKED = (
    "incoTermFactura",
    "lugarIncoTerm",
    "paisOrigen",
    "puertoEmbarque",
    "puertoDestino",
    "incoTermTotalSinImpuestos",
)
_COUNTRIES = ("paisOrigen", "paisDestino", "paisAdquisicion")
_EXPORT_ONLY = (*_EXPORT_ASKED, "paisDestino", "paisAdquisicion", *FREIGHT)
_HEAD_OF_REIMBURSEMENT = (
    "codDocReembolso",
    "totalComprobantesReembolso",
    "totalBaseImponibleReembolso",
    "totalImpuestoReembolso",
)
_AUTHORIZATION_LENGTHS = (10, 37, access_key.LENGTH)


def export(factura: Factura, _on: date) -> Iterator[Problem]:
    """Anexo 4: an exporter says how, from where and to where; nobody else may use these fields."""
    if factura.comercioExterior is None:
        for name in _EXPORT_ONLY:
            if getattr(factura, name):
                rule = Text("solo es de exportaciones", "is for exports only")
                fix = Text(
                    "Agregue comercioExterior EXPORTADOR o quite el campo",
                    "Add comercioExterior EXPORTADOR or remove the field",
                )
                yield Problem(f"infoFactura.{name}", rule, fix)
        return
    for name in _EXPORT_ASKED:
        if getattr(factura, name) is None:
            rule = Text("falta: toda exportación lo lleva", "is missing: every export carries it")
            yield Problem(f"infoFactura.{name}", rule, Text("Agréguelo", "Add it"))
    for name in _COUNTRIES:
        yield from _country(getattr(factura, name), f"infoFactura.{name}")


def subsidized(factura: Factura, _on: date) -> Iterator[Problem]:
    """Anexo 6: the price without subsidy is the higher one."""
    for place, line in enumerate(factura.detalles or (), 1):
        if line.precioSinSubsidio is not None and line.precioSinSubsidio < line.precioUnitario:
            rule = Text("es menor que el precio con subsidio", "is lower than the subsidized price")
            fix = Text("Corrija el precio sin subsidio", "Mend the price without subsidy")
            yield Problem(f"detalles[{place}].precioSinSubsidio", rule, fix, DIFFERENCES)


def reimbursements(factura: Factura, on: date) -> Iterator[Problem]:
    """Anexo 5: head and documents come together, and each document is one that can exist."""
    if not factura.reembolsos:
        if any(getattr(factura, name) is not None for name in _HEAD_OF_REIMBURSEMENT):
            yield missing("reembolsos")
        return
    if factura.codDocReembolso not in (None, REIMBURSEMENT):
        rule = Text("un reembolso lleva 41", "a reimbursement carries 41")
        yield Problem("infoFactura.codDocReembolso", rule, Text("Escriba 41", "Write 41"), SUPPORT_CODE)
    for place, paid in enumerate(factura.reembolsos, 1):
        yield from _reimbursed(paid, f"reembolsos[{place}]", on)


def _reimbursed(paid: ReembolsoDetalle, where: str, on: date) -> Iterator[Problem]:
    yield from third_party(
        paid.tipoIdentificacionProveedorReembolso,
        paid.identificacionProveedorReembolso,
        f"{where}.tipoIdentificacionProveedorReembolso",
        f"{where}.identificacionProveedorReembolso",
    )
    yield from _country(paid.codPaisPagoProveedorReembolso, f"{where}.codPaisPagoProveedorReembolso")
    yield from _authorization(paid, f"{where}.numeroautorizacionDocReemb")
    field = f"{where}.fechaEmisionDocReembolso"
    issued = day(paid.fechaEmisionDocReembolso)
    if issued is None:
        yield no_such_day(field)
        return
    if issued > on:
        yield after_issue(field, on)
    for index, tax in enumerate(paid.detalleImpuestos, 1):
        spot = f"{where}.detalleImpuestos[{index}]"
        yield from rate(tax.codigo, tax.codigoPorcentaje, spot, issued)
        yield from tarifa(tax.codigo, tax.codigoPorcentaje, tax.tarifa, spot)


def _authorization(paid: ReembolsoDetalle, field: str) -> Iterator[Problem]:
    number = paid.numeroautorizacionDocReemb
    if len(number) not in _AUTHORIZATION_LENGTHS:
        rule = Text("no tiene 10, 37 ni 49 dígitos", "has neither 10, 37 nor 49 digits")
        fix = Text("Cópielo del comprobante", "Copy it from the document")
        yield Problem(field, rule, fix, SUPPORT_CODE)
    elif len(number) == access_key.LENGTH:
        place = paid.estabDocReembolso + paid.ptoEmiDocReembolso + paid.secuencialDocReembolso
        if not access_key.is_valid(number) or number[24:39] != place:
            rule = Text(
                "no es la clave de acceso del comprobante indicado",
                "is not the access key of the document that is named",
            )
            fix = Text(
                "Revise la clave y el número del comprobante", "Look at the key and at the document's number"
            )
            yield Problem(field, rule, fix, BAD_KEY)


def withholdings(factura: Factura, _on: date) -> Iterator[Problem]:
    """Tabla 23: a known withholding with the tarifa it is written with; of renta, no more than its share."""
    for place, withheld in enumerate(factura.retenciones, 1):
        where, code = f"retenciones[{place}]", withheld.codigoPorcentaje
        right = TARIFAS.get(code)
        if right is None:
            rule = Text(f"la retención {code} no existe", f"withholding {code} does not exist")
            fix = Text(f"Use {', '.join(TARIFAS)}", f"Use {', '.join(TARIFAS)}")
            yield Problem(f"{where}.codigoPorcentaje", rule, fix, DIFFERENCES)
            continue
        if withheld.tarifa != right:
            rule = Text(f"la retención {code} lleva tarifa {right}", f"withholding {code} carries {right}")
            fix = Text(f"Escriba {right}", f"Write {right}")
            yield Problem(f"{where}.tarifa", rule, fix, DIFFERENCES)
        most = cents((factura.totalSinImpuestos or ZERO) * right / 100)
        if code in INCOME and withheld.valor > most + TOLERANCE:
            rule = Text(f"supera el {right} % del subtotal", f"exceeds {right} % of the subtotal")
            yield Problem(f"{where}.valor", rule, Text(f"Máximo {most}", f"At most {most}"), DIFFERENCES)


def transport(factura: Factura, on: date) -> Iterator[Problem]:
    """Anexo 9: a journey that ends after it begins, not before the factura, and somebody who carries."""
    journey = factura.infoSustitutivaGuiaRemision
    if journey is None:
        return
    block = "infoSustitutivaGuiaRemision"
    yield from third_party(
        journey.tipoIdentificacionTransportista,
        journey.rucTransportista,
        f"{block}.tipoIdentificacionTransportista",
        f"{block}.rucTransportista",
    )
    yield from _journey(journey, block, on)


def _journey(journey: GuiaSustituida, block: str, on: date) -> Iterator[Problem]:
    starts, ends = day(journey.fechaIniTransporte), day(journey.fechaFinTransporte)
    if starts is None:
        yield no_such_day(f"{block}.fechaIniTransporte")
    elif starts < on:
        rule = Text("el transporte empieza antes de la factura", "transport starts before the factura")
        fix = Text(f"Indique {on:%d/%m/%Y} o después", f"Give {on:%d/%m/%Y} or later")
        yield Problem(f"{block}.fechaIniTransporte", rule, fix, TRANSPORT_START)
    if ends is None:
        yield no_such_day(f"{block}.fechaFinTransporte")
    elif starts and ends < starts:
        rule = Text("el transporte termina antes de empezar", "transport ends before it starts")
        yield Problem(f"{block}.fechaFinTransporte", rule, Text("Corrija las fechas", "Mend the dates"))


def negotiable(factura: Factura, _on: date) -> Iterator[Problem]:
    """Anexo 11: a factura comercial negociable says where the buyer is and when he pays."""
    if factura.tipoNegociable is None:
        return
    if factura.direccionComprador is None:
        rule = Text("falta: una factura negociable la lleva", "is missing: a negotiable factura carries it")
        yield Problem("infoFactura.direccionComprador", rule, Text("Agréguela", "Add it"))
    if not any(pago.plazo and pago.unidadTiempo for pago in factura.pagos or ()):
        rule = Text(
            "una factura negociable lleva plazo y unidad de tiempo", "a negotiable factura carries a term"
        )
        fix = Text("Agregue plazo y unidadTiempo al pago", "Add plazo and unidadTiempo to the payment")
        yield Problem("infoFactura.pagos", rule, fix)


def unusual_reimbursements(factura: Factura, _on: date) -> Iterator[Problem]:
    """A supplier may round in his own way; more than a cent is worth a look."""
    for place, paid in enumerate(factura.reembolsos, 1):
        for index, tax in enumerate(paid.detalleImpuestos, 1):
            expected = cents(tax.baseImponibleReembolso * tax.tarifa / 100)
            if abs(tax.impuestoReembolso - expected) > TOLERANCE and _by_rate(tax):
                rule = Text(
                    f"dice {tax.impuestoReembolso} y base por tarifa da {expected}",
                    f"says {tax.impuestoReembolso} and base by tarifa gives {expected}",
                )
                fix = Text(
                    "Compárelo con el comprobante del proveedor", "Compare it with the supplier's document"
                )
                yield Problem(f"reembolsos[{place}].detalleImpuestos[{index}].impuestoReembolso", rule, fix)


def _by_rate(tax: DetalleImpuesto) -> bool:
    return tax.codigo == IVA  # the others are not levied by their tarifa alone


def _country(code: str | None, field: str) -> Iterator[Problem]:
    if code is not None and code not in COUNTRIES:
        rule = Text(f"el país {code} no existe en la tabla 25", f"country {code} is not in tabla 25")
        fix = Text("Use el código del SRI: Ecuador es 593", "Use the SRI's code: Ecuador is 593")
        yield Problem(field, rule, fix)


RULES = (export, subsidized, reimbursements, withholdings, transport, negotiable)
WARNINGS = (unusual_reimbursements,)
