"""What the law and the SRI ask of a factura beyond its structure and its sums."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.catalogues import iva
from app.catalogues.identification import FINAL_CONSUMER, FINAL_CONSUMER_NAME
from app.catalogues.payments import CASH, PAYMENT_METHODS
from app.catalogues.taxes import IVA, TAXES, known
from app.documents.factura_model import REQUIRED, SECTIONS, Factura
from app.documents.factura_totals import DIFFERENCES, TOLERANCE, Totals, cents
from app.documents.grammar import STRUCTURE, missing
from app.documents.identification import doubt
from app.errors import Problem, Text

UNIDENTIFIED_LIMIT = Decimal(50)
CASH_LIMIT = Decimal(500)
TENANT_FIELDS = 14  # of the XSD's 15; one is kept for the provider
PROVIDER_FIELD = "RUC Proveedor"

Rule = Callable[[Factura, Totals | None, date], Iterator[Problem]]


def check(factura: Factura, totals: Totals | None, on: date) -> list[Problem]:
    """Every reason to refuse ``factura`` dated ``on``; ``totals`` is None when its lines are unreadable."""
    return [problem for rule in RULES for problem in rule(factura, totals, on)]


def warn(factura: Factura) -> list[Problem]:
    """What a person should look at although the document is accepted."""
    return [*_unusual_buyer(factura), *_cash_above_limit(factura), *_lines_without_code(factura)]


def rates(factura: Factura, _totals: Totals | None, on: date) -> Iterator[Problem]:
    """Every tax code exists, IVA's is in force on that day, and tarifa is the one the code stands for."""
    on_lines = set()
    for place, detalle in enumerate(factura.detalles or (), 1):
        for index, tax in enumerate(detalle.impuestos, 1):
            on_lines.add((tax.codigo, tax.codigoPorcentaje))
            where = f"detalles[{place}].impuestos[{index}]"
            yield from _rate(tax.codigo, tax.codigoPorcentaje, tax.tarifa, where, on)
        if sum(tax.codigo == IVA for tax in detalle.impuestos) > 1:
            rule = Text("la línea lleva más de un IVA", "the line carries more than one IVA")
            fix = Text("Divida la línea", "Split the line")
            yield Problem(f"detalles[{place}].impuestos", rule, fix, DIFFERENCES)
    for place, entry in enumerate(factura.totalConImpuestos or (), 1):
        if (entry.codigo, entry.codigoPorcentaje) not in on_lines or entry.tarifa is not None:
            where = f"infoFactura.totalConImpuestos[{place}]"
            yield from _rate(entry.codigo, entry.codigoPorcentaje, entry.tarifa, where, on)


def _rate(tax: str, code: str, given: Decimal | None, where: str, on: date) -> Iterator[Problem]:
    if not known(tax, code):
        shown = TAXES[tax]
        rule = Text(f"{shown} no tiene el código {code}", f"{shown} has no code {code}")
        fix = Text("Use un código de las tablas 17 o 18", "Use a code of tablas 17 or 18")
        yield Problem(f"{where}.codigoPorcentaje", rule, fix, DIFFERENCES)
        return
    rate = iva.find(code) if tax == IVA else None
    if rate is None:
        return
    if not rate.valid_on(on):
        valid = ", ".join(iva.codes_on(on))
        rule = Text(
            f"el IVA {rate.name.es} no rige el {on:%d/%m/%Y}", f"IVA {rate.name.en} is not valid on {on}"
        )
        fix = Text(f"Use uno de los códigos {valid}", f"Use one of the codes {valid}")
        yield Problem(f"{where}.codigoPorcentaje", rule, fix, DIFFERENCES)
    if given is not None and given != rate.percent:
        rule = Text(
            f"el código {code} ({rate.name.es}) lleva tarifa {rate.percent}",
            f"code {code} ({rate.name.en}) stands for tarifa {rate.percent}",
        )
        fix = Text(f"Escriba {rate.percent} o cambie el código", f"Write {rate.percent} or change the code")
        yield Problem(f"{where}.tarifa", rule, fix, DIFFERENCES)


def _required(factura: Factura, _totals: Totals | None, _on: date) -> Iterator[Problem]:
    for name in REQUIRED:
        if getattr(factura, name) is None:
            problem = missing(f"{SECTIONS[name]}.{name}" if name in SECTIONS else name)
            # Payments are the ficha's demand; the XSD, and so code 35, does not know it.
            yield replace(problem, code="") if name == "pagos" else problem


def _buyer(factura: Factura, _totals: Totals | None, _on: date) -> Iterator[Problem]:
    kind, number = factura.tipoIdentificacionComprador, factura.identificacionComprador
    found = doubt(kind, number) if kind and number else None
    if found and found.certain:
        yield Problem("infoFactura.identificacionComprador", found.rule, found.fix, found.code)
    name = factura.razonSocialComprador
    if kind == FINAL_CONSUMER and name and name != FINAL_CONSUMER_NAME:
        rule = Text("un consumidor final no lleva nombre", "a final consumer has no name")
        fix = Text(f"Escriba {FINAL_CONSUMER_NAME}", f"Write {FINAL_CONSUMER_NAME}")
        yield Problem("infoFactura.razonSocialComprador", rule, fix, "62")


def _unidentified_above_limit(factura: Factura, totals: Totals | None, _on: date) -> Iterator[Problem]:
    """Ficha 9.10. Whether the limit counts the IVA is not written: the stricter reading is taken."""
    if totals and factura.tipoIdentificacionComprador == FINAL_CONSUMER and totals.total > UNIDENTIFIED_LIMIT:
        limit = UNIDENTIFIED_LIMIT
        rule = Text(
            f"supera USD {limit} sin identificar al comprador",
            f"exceeds USD {limit} without naming the buyer",
        )
        fix = Text("Identifique al comprador", "Identify the buyer")
        yield Problem("infoFactura.identificacionComprador", rule, fix)


def _payments(factura: Factura, totals: Totals | None, _on: date) -> Iterator[Problem]:
    pagos = factura.pagos or ()
    for place, pago in enumerate(pagos, 1):
        if pago.formaPago not in PAYMENT_METHODS:
            rule = Text(
                f"la forma de pago {pago.formaPago} no existe",
                f"payment method {pago.formaPago} does not exist",
            )
            fix = Text(f"Use {', '.join(PAYMENT_METHODS)}", f"Use {', '.join(PAYMENT_METHODS)}")
            yield Problem(f"infoFactura.pagos[{place}].formaPago", rule, fix)
    paid = sum((pago.total for pago in pagos), Decimal(0))
    if totals and pagos and abs(paid - totals.total) > TOLERANCE:
        rule = Text(
            f"los pagos suman {paid} y el importe total es {totals.total}",
            f"payments add up to {paid} and the total is {totals.total}",
        )
        fix = Text(f"Haga que sumen {totals.total}", f"Make them add up to {totals.total}")
        yield Problem("infoFactura.pagos", rule, fix, DIFFERENCES)


def _tip(_factura: Factura, totals: Totals | None, _on: date) -> Iterator[Problem]:
    if totals and totals.tip > (most := cents(totals.subtotal / 10)):
        rule = Text("la propina supera el 10 % del subtotal", "the tip exceeds 10 % of the subtotal")
        yield Problem("infoFactura.propina", rule, Text(f"Máximo {most}", f"At most {most}"), DIFFERENCES)


def _additional_fields(factura: Factura, _totals: Totals | None, _on: date) -> Iterator[Problem]:
    if len(factura.infoAdicional) > TENANT_FIELDS:
        rule = Text(
            f"admite {TENANT_FIELDS} campos: el decimoquinto es del proveedor",
            f"allows {TENANT_FIELDS} fields: the fifteenth is the provider's",
        )
        yield Problem(
            "infoAdicional", rule, Text("Quite los que sobran", "Remove the excess ones"), STRUCTURE
        )
    for place, field in enumerate(factura.infoAdicional, 1):
        if re.sub(r"\W", "", field.nombre).casefold() == "rucproveedor":
            rule = Text(
                f"«{PROVIDER_FIELD}» lo escribe el proveedor",
                f"'{PROVIDER_FIELD}' is the provider's to write",
            )
            yield Problem(f"infoAdicional[{place}].nombre", rule, Text("Quite el campo", "Remove the field"))
        for name, text in (("nombre", field.nombre), ("valor", field.valor)):
            if "  " in text:
                rule = Text("contiene espacios seguidos", "contains a run of spaces")
                fix = Text("Deje un solo espacio", "Leave a single space")
                yield Problem(f"infoAdicional[{place}].{name}", rule, fix, STRUCTURE)


def _unusual_buyer(factura: Factura) -> Iterator[Problem]:
    found = doubt(factura.tipoIdentificacionComprador or "", factura.identificacionComprador or "")
    if found and not found.certain:
        yield Problem("infoFactura.identificacionComprador", found.rule, found.fix, found.code)


def _cash_above_limit(factura: Factura) -> Iterator[Problem]:
    cash = sum((pago.total for pago in factura.pagos or () if pago.formaPago == CASH), Decimal(0))
    if cash > CASH_LIMIT:
        rule = Text(
            f"más de USD {CASH_LIMIT} sin el sistema financiero", f"over USD {CASH_LIMIT} outside the banks"
        )
        fix = Text(
            "El comprador no podrá deducirlo (bancarización)", "The buyer cannot deduct it (bancarización)"
        )
        yield Problem("infoFactura.pagos", rule, fix)


def _lines_without_code(factura: Factura) -> Iterator[Problem]:
    for place, detalle in enumerate(factura.detalles or (), 1):
        if detalle.codigoPrincipal is None:
            rule = Text("la ficha técnica pide un código", "the ficha técnica asks for a code")
            fix = Text("Agregue codigoPrincipal", "Add codigoPrincipal")
            yield Problem(f"detalles[{place}].codigoPrincipal", rule, fix)


RULES: tuple[Rule, ...] = (
    _required,
    _buyer,
    _unidentified_above_limit,
    rates,
    _payments,
    _tip,
    _additional_fields,
)
