"""What the law and the SRI ask of a factura beyond its structure and its sums."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from app.catalogues.identification import FINAL_CONSUMER
from app.catalogues.payments import CASH
from app.catalogues.taxes import IVA
from app.documents import additional, buyer, paying, tax_rules
from app.documents.amounts import ZERO, cents
from app.documents.factura.model import Factura
from app.documents.sums import DIFFERENCES, total_of
from app.errors import Problem, Text

UNIDENTIFIED_LIMIT = Decimal(50)
CASH_LIMIT = Decimal(500)


def rates(factura: Factura, on: date) -> Iterator[Problem]:
    """Tax codes and rates hold on the day of the factura."""
    yield from tax_rules.rates(factura.detalles or (), factura.totalConImpuestos or (), "infoFactura", on)


def identified(factura: Factura, _on: date) -> Iterator[Problem]:
    """The buyer's identification can be true."""
    yield from buyer.identified(factura, "infoFactura")


def unidentified_above_limit(factura: Factura, _on: date) -> Iterator[Problem]:
    """Ficha 9.10. Whether the limit counts the IVA is not written: the stricter reading is taken."""
    if factura.tipoIdentificacionComprador == FINAL_CONSUMER and factura.total > UNIDENTIFIED_LIMIT:
        limit = UNIDENTIFIED_LIMIT
        rule = Text(
            f"supera USD {limit} sin identificar al comprador",
            f"exceeds USD {limit} without naming the buyer",
        )
        fix = Text("Identifique al comprador", "Identify the buyer")
        yield Problem("infoFactura.identificacionComprador", rule, fix)


def payments(factura: Factura, on: date) -> Iterator[Problem]:
    """Known ways to pay (ficha tabla 24), which together pay the whole."""
    yield from paying.rules(factura.pagos or (), factura.importeTotal, "infoFactura", on)


def tip(factura: Factura, _on: date) -> Iterator[Problem]:
    """A tip of at most 10 % (ficha tabla 21)."""
    most = cents((factura.totalSinImpuestos or ZERO) / 10)
    if factura.totalSinImpuestos is not None and (factura.propina or ZERO) > most:
        rule = Text("la propina supera el 10 % del subtotal", "the tip exceeds 10 % of the subtotal")
        yield Problem("infoFactura.propina", rule, Text(f"Máximo {most}", f"At most {most}"), DIFFERENCES)


def extra_discounts(factura: Factura, _on: date) -> Iterator[Problem]:
    """descuentoAdicional lowers IVA only, and is a discount."""
    for place, tax in enumerate(factura.totalConImpuestos or (), 1):
        amount = tax.extra_discount
        if amount < 0 or (amount and tax.codigo != IVA):
            rule = Text("solo puede reducir la base del IVA", "can only lower the base of the IVA")
            fix = Text("Quítelo o súmelo a las líneas", "Remove it or put it on the lines")
            where = f"infoFactura.totalConImpuestos[{place}].descuentoAdicional"
            yield Problem(where, rule, fix, DIFFERENCES)


def refunds(factura: Factura, _on: date) -> Iterator[Problem]:
    """IVA given back at the till."""
    header, kind = factura.totalConImpuestos or (), factura.tipoIdentificacionComprador
    yield from tax_rules.refunds(header, kind, "infoFactura")


def fields(factura: Factura, _on: date) -> Iterator[Problem]:
    """infoAdicional."""
    yield from additional.rules(factura.infoAdicional)


def unusual_buyer(factura: Factura, _on: date) -> Iterator[Problem]:
    """An identification that looks odd."""
    yield from buyer.unusual(factura, "infoFactura")


def cash_above_limit(factura: Factura, _on: date) -> Iterator[Problem]:
    """Bancarización: the buyer cannot deduct what was paid outside the banks."""
    cash = total_of(pago.total for pago in factura.pagos or () if pago.formaPago == CASH)
    if cash > CASH_LIMIT:
        rule = Text(
            f"más de USD {CASH_LIMIT} sin el sistema financiero", f"over USD {CASH_LIMIT} outside the banks"
        )
        fix = Text(
            "El comprador no podrá deducirlo (bancarización)", "The buyer cannot deduct it (bancarización)"
        )
        yield Problem("infoFactura.pagos", rule, fix)


def lines_without_code(factura: Factura, _on: date) -> Iterator[Problem]:
    """The schema forgives a missing code, the ficha does not."""
    for place, detalle in enumerate(factura.detalles or (), 1):
        if detalle.codigoPrincipal is None:
            rule = Text("la ficha técnica pide un código", "the ficha técnica asks for a code")
            fix = Text("Agregue codigoPrincipal", "Add codigoPrincipal")
            yield Problem(f"detalles[{place}].codigoPrincipal", rule, fix)


RULES = (identified, unidentified_above_limit, rates, payments, tip, extra_discounts, refunds, fields)
WARNINGS = (unusual_buyer, cash_above_limit, lines_without_code)
