"""Tax codes and rates of the day, and the IVA given back at the till (ficha tablas 16 to 18, anexo 20)."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from app.catalogues import iva
from app.catalogues.identification import CEDULA
from app.catalogues.taxes import IVA, TAXES, known
from app.documents.amounts import ZERO
from app.documents.blocks import HeaderTax, TaxedLine
from app.documents.sums import DIFFERENCES
from app.errors import Problem, Text

REFUND = "92"


def rates(lines: Sequence[TaxedLine], header: Sequence[HeaderTax], info: str, on: date) -> Iterator[Problem]:
    """Every tax code exists and IVA's is in force on that day; no line carries two rates of it."""
    on_lines = set()
    for place, line in enumerate(lines, 1):
        for index, tax in enumerate(line.impuestos, 1):
            on_lines.add((tax.codigo, tax.codigoPorcentaje))
            yield from rate(tax.codigo, tax.codigoPorcentaje, f"detalles[{place}].impuestos[{index}]", on)
        if sum(tax.codigo == IVA for tax in line.impuestos) > 1:
            rule = Text("la línea lleva más de un IVA", "the line carries more than one IVA")
            fix = Text("Divida la línea", "Split the line")
            yield Problem(f"detalles[{place}].impuestos", rule, fix, DIFFERENCES)
    for place, entry in enumerate(header, 1):
        if (entry.codigo, entry.codigoPorcentaje) not in on_lines:
            where = f"{info}.totalConImpuestos[{place}]"
            yield from rate(entry.codigo, entry.codigoPorcentaje, where, on)


def rate(tax: str, code: str, where: str, on: date) -> Iterator[Problem]:
    """What is wrong with one tax code on that day."""
    if not known(tax, code):
        shown = TAXES[tax]
        rule = Text(f"{shown} no tiene el código {code}", f"{shown} has no code {code}")
        fix = Text("Use un código de las tablas 17 o 18", "Use a code of tablas 17 or 18")
        yield Problem(f"{where}.codigoPorcentaje", rule, fix, DIFFERENCES)
        return
    found = iva.find(code) if tax == IVA else None
    if found and not found.valid_on(on):
        valid = ", ".join(iva.codes_on(on))
        rule = Text(
            f"el IVA {found.name.es} no rige el {on:%d/%m/%Y}", f"IVA {found.name.en} is not valid on {on}"
        )
        fix = Text(f"Use uno de los códigos {valid}", f"Use one of the codes {valid}")
        yield Problem(f"{where}.codigoPorcentaje", rule, fix, DIFFERENCES)


def tarifa(tax: str, code: str, given: Decimal | None, where: str) -> Iterator[Problem]:
    """A given tarifa must be the one an IVA code stands for; the other taxes' are the issuer's own."""
    found = iva.find(code) if tax == IVA else None
    if found and given is not None and given != found.percent:
        percent = found.percent
        rule = Text(
            f"el código {code} ({found.name.es}) lleva tarifa {percent}",
            f"code {code} ({found.name.en}) stands for tarifa {percent}",
        )
        fix = Text(f"Escriba {percent} o cambie el código", f"Write {percent} or change the code")
        yield Problem(f"{where}.tarifa", rule, fix, DIFFERENCES)


def refunds(header: Sequence[HeaderTax], buyer_kind: str | None, info: str) -> Iterator[Problem]:
    """Anexo 20: IVA is given back to the holder of a cédula, at most what was levied."""
    for place, tax in enumerate(header, 1):
        refund = tax.valorDevolucionIva or ZERO
        if not refund:
            continue
        where = f"{info}.totalConImpuestos[{place}].valorDevolucionIva"
        if tax.codigo != IVA or refund > tax.valor:
            rule = Text(
                f"devuelve {refund} de un impuesto de {tax.valor}",
                f"gives back {refund} of a tax of {tax.valor}",
            )
            yield Problem(
                where, rule, Text("Devuelva como máximo el IVA", "Give back the IVA at most"), REFUND
            )
        if buyer_kind not in (None, CEDULA):
            rule = Text(
                "solo se devuelve IVA a un comprador con cédula (tipo 05)",
                "IVA is given back only to a buyer with a cédula (type 05)",
            )
            fix = Text("Quite la devolución o corrija el comprador", "Remove the refund or mend the buyer")
            yield Problem(where, rule, fix, REFUND)
