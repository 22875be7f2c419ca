"""The sums of a factura: lines and taxes, and every block that changes what the buyer pays."""

from decimal import Decimal
from typing import Any

from app.catalogues.taxes import IVA
from app.documents.amounts import CENT, ZERO, cents
from app.documents.factura.model import Factura, TotalImpuesto
from app.documents.sums import TOLERANCE, agreed, total_of
from app.documents.taxing import Levy, TaxKey, complete_lines, header_taxes
from app.errors import Problem

REIMBURSEMENT = "41"
FREIGHT = ("fleteInternacional", "seguroInternacional", "gastosAduaneros", "gastosTransporteOtros")
ADDED = (*FREIGHT, "propina", "retenciones", "otrosRubrosTerceros", "totalConImpuestos")
"""What importeTotal is made of beside the lines."""


def complete(factura: Factura, problems: list[Problem]) -> Factura:
    """``factura`` with every amount; each given one that disagrees is appended to ``problems``."""
    lines = complete_lines(factura.detalles or (), problems)
    taxes = header_taxes(_header_tax, factura.totalConImpuestos, lines, "infoFactura", problems)
    lowered = total_of(tax.extra_discount for tax in taxes)
    whole = total_of(line.precioTotalSinImpuesto for line in lines)
    subtotal = agreed(
        factura.totalSinImpuestos, whole, "infoFactura.totalSinImpuestos", problems, also=whole - lowered
    )
    discount = total_of(line.descuento for line in lines) + lowered
    amounts: dict[str, Any] = {
        "detalles": lines,
        "totalConImpuestos": taxes,
        "totalSinImpuestos": subtotal,
        "totalDescuento": agreed(factura.totalDescuento, discount, "infoFactura.totalDescuento", problems),
        "propina": factura.propina or ZERO,
        "moneda": factura.moneda or "DOLAR",
    }
    # Both ways are found: the ficha's own example (anexo 3) leaves the discount out of subtotal and bases.
    net = subtotal if abs(subtotal - whole + lowered) <= TOLERANCE else subtotal - lowered
    amounts["importeTotal"] = _total(factura, net, taxes, problems)
    if factura.totalSubsidio is not None or any(line.precioSinSubsidio is not None for line in lines):
        amounts["totalSubsidio"] = _subsidy(factura, problems)
    if factura.reembolsos:
        amounts |= _reimbursement(factura, problems)
    return factura.changed(**amounts)


_NO_TAX = TotalImpuesto(codigo=IVA, codigoPorcentaje="0", baseImponible=ZERO, valor=ZERO)


def _header_tax(key: TaxKey, levy: Levy) -> TotalImpuesto:
    return _NO_TAX.changed(
        codigo=key.codigo,
        codigoPorcentaje=key.codigoPorcentaje,
        baseImponible=levy.base,
        tarifa=levy.percent if key.codigo == IVA else None,  # the other taxes' may differ from line to line
        valor=levy.value,
    )


def _total(
    factura: Factura, net: Decimal, taxes: tuple[TotalImpuesto, ...], problems: list[Problem]
) -> Decimal:
    """importeTotal, withholdings included as in the ficha's examples of anexos 3, 4 and 5.

    Its examples of third parties' charges (anexo 8) fit neither sum: with them is computed, without is accepted.
    """
    charges = total_of(charge.total for charge in factura.otrosRubrosTerceros)
    due = (
        net
        + total_of(tax.valor for tax in taxes)
        - total_of(tax.valorDevolucionIva for tax in taxes)
        + (factura.propina or ZERO)
        + total_of(getattr(factura, name) for name in FREIGHT)
        + total_of(withheld.valor for withheld in factura.retenciones)
    )
    return agreed(
        factura.importeTotal,
        due + charges,
        "infoFactura.importeTotal",
        problems,
        also=due if charges else None,
    )


def _subsidy(factura: Factura, problems: list[Problem]) -> Decimal:
    lines = [line for line in factura.detalles or () if line.precioSinSubsidio is not None]
    saved = sum(((line.precioSinSubsidio or ZERO) - line.precioUnitario) * line.cantidad for line in lines)
    tolerance = CENT * max(len(lines), 1)  # some round each line
    return agreed(
        factura.totalSubsidio,
        cents(saved or ZERO),
        "infoFactura.totalSubsidio",
        problems,
        tolerance=tolerance,
    )


def _reimbursement(factura: Factura, problems: list[Problem]) -> dict[str, Any]:
    """The four facts of the head (ficha anexo 5) from the reimbursed documents."""
    taxes = [tax for paid in factura.reembolsos for tax in paid.detalleImpuestos]
    base = agreed(
        factura.totalBaseImponibleReembolso,
        total_of(tax.baseImponibleReembolso for tax in taxes),
        "infoFactura.totalBaseImponibleReembolso",
        problems,
    )
    tax = agreed(
        factura.totalImpuestoReembolso,
        total_of(tax.impuestoReembolso for tax in taxes),
        "infoFactura.totalImpuestoReembolso",
        problems,
    )
    return {
        "codDocReembolso": factura.codDocReembolso or REIMBURSEMENT,
        "totalBaseImponibleReembolso": base,
        "totalImpuestoReembolso": tax,
        "totalComprobantesReembolso": agreed(
            factura.totalComprobantesReembolso, base + tax, "infoFactura.totalComprobantesReembolso", problems
        ),
    }
