"""The sums of a factura (ficha tabla 21): what was left out is computed, what was given must agree."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from app.catalogues import iva
from app.catalogues.taxes import ICE, IVA
from app.documents.factura_model import Detalle, Factura, Impuesto, TotalImpuesto
from app.errors import Problem, Text

DIFFERENCES = "52"
ZERO = Decimal(0)
CENT = Decimal("0.01")
TOLERANCE = CENT  # authorized invoices differ by a cent where lines were rounded one by one


class TaxKey(NamedTuple):
    """What makes two taxes one entry of totalConImpuestos."""

    codigo: str
    codigoPorcentaje: str


@dataclass(frozen=True)
class Tax:
    """One tax of a line, complete."""

    key: TaxKey
    percent: Decimal
    base: Decimal
    value: Decimal


@dataclass(frozen=True)
class Line:
    """The amounts of one line, complete."""

    discount: Decimal
    total: Decimal
    taxes: tuple[Tax, ...]


@dataclass(frozen=True)
class Totals:
    """Every amount of the document, complete."""

    lines: tuple[Line, ...]
    taxes: tuple[TotalImpuesto, ...]
    subtotal: Decimal
    discount: Decimal
    tip: Decimal
    total: Decimal


def cents(amount: Decimal) -> Decimal:
    """Rounded to two decimals, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def work_out(factura: Factura, problems: list[Problem]) -> Totals:
    """Complete the amounts of ``factura``, which has lines; each disagreement is appended to ``problems``.

    A given amount is kept while it agrees to the cent; from one that does not, the reckoning goes on with the
    right one, so that following every fix once gives a valid document.
    """
    lines = tuple(
        _line(detalle, f"detalles[{place}]", problems)
        for place, detalle in enumerate(factura.detalles or (), 1)
    )
    taxes = _header_taxes(factura.totalConImpuestos, lines, problems)
    added = _sum(tax.descuentoAdicional for tax in taxes)
    subtotal = _agreed(
        factura.totalSinImpuestos,
        _sum(line.total for line in lines) - added,
        "infoFactura.totalSinImpuestos",
        problems,
    )
    discount = _agreed(
        factura.totalDescuento,
        _sum(line.discount for line in lines) + added,
        "infoFactura.totalDescuento",
        problems,
    )
    tip = factura.propina or ZERO
    refunded = _sum(tax.valorDevolucionIva for tax in taxes)
    due = subtotal + _sum(tax.valor for tax in taxes) + tip - refunded
    total = _agreed(factura.importeTotal, due, "infoFactura.importeTotal", problems)
    return Totals(lines, taxes, subtotal, discount, tip, total)


def percent_of(key: TaxKey, given: Decimal | None) -> Decimal:
    """The rate to reckon with: IVA's from the catalogue, of the other taxes the issuer's own."""
    rate = iva.find(key.codigoPorcentaje) if key.codigo == IVA else None
    return rate.percent if rate else given or ZERO


def _line(detalle: Detalle, path: str, problems: list[Problem]) -> Line:
    discount = detalle.descuento or ZERO
    expected = cents(detalle.cantidad * detalle.precioUnitario - discount)
    if expected < 0:
        rule = Text("el descuento supera el valor de la línea", "the discount exceeds the line")
        fix = Text("Reduzca el descuento", "Reduce the discount")
        problems.append(Problem(f"{path}.descuento", rule, fix, DIFFERENCES))
        expected = ZERO
    total = _agreed(detalle.precioTotalSinImpuesto, expected, f"{path}.precioTotalSinImpuesto", problems)
    return Line(discount, total, _line_taxes(detalle.impuestos, total, path, problems))


def _line_taxes(
    impuestos: Sequence[Impuesto], total: Decimal, path: str, problems: list[Problem]
) -> tuple[Tax, ...]:
    excise = _sum(tax.valor for tax in impuestos if tax.codigo == ICE)
    taxes = []
    for place, impuesto in enumerate(impuestos, 1):
        where = f"{path}.impuestos[{place}]"
        # The base of IVA includes ICE; what the other taxes are levied on depends on the product.
        taxes.append(
            _iva(impuesto, total + excise, where, problems)
            if impuesto.codigo == IVA
            else _other_tax(impuesto, total, where, problems)
        )
    return tuple(taxes)


def _iva(impuesto: Impuesto, base: Decimal, where: str, problems: list[Problem]) -> Tax:
    key = TaxKey(impuesto.codigo, impuesto.codigoPorcentaje)
    percent = percent_of(key, impuesto.tarifa)
    base = _agreed(impuesto.baseImponible, base, f"{where}.baseImponible", problems)
    value = _agreed(impuesto.valor, cents(base * percent / 100), f"{where}.valor", problems)
    return Tax(key, percent, base, value)


def _other_tax(impuesto: Impuesto, total: Decimal, where: str, problems: list[Problem]) -> Tax:
    for name in ("tarifa", "valor"):
        if getattr(impuesto, name) is None:
            rule = Text("falta: ICE e IRBPNR no se calculan", "is missing: ICE and IRBPNR are not computed")
            fix = Text("Indique tarifa y valor", "Give tarifa and valor")
            problems.append(Problem(f"{where}.{name}", rule, fix, "35"))
    base = total if impuesto.baseImponible is None else impuesto.baseImponible
    key = TaxKey(impuesto.codigo, impuesto.codigoPorcentaje)
    return Tax(key, impuesto.tarifa or ZERO, base, impuesto.valor or ZERO)


def _header_taxes(
    given: Sequence[TotalImpuesto] | None, lines: Sequence[Line], problems: list[Problem]
) -> tuple[TotalImpuesto, ...]:
    bases: dict[TaxKey, Decimal] = {}
    values: dict[TaxKey, Decimal] = {}
    percents: dict[TaxKey, Decimal] = {}
    for tax in (tax for line in lines for tax in line.taxes):
        bases[tax.key] = bases.get(tax.key, ZERO) + tax.base
        values[tax.key] = values.get(tax.key, ZERO) + tax.value
        percents[tax.key] = tax.percent
    if given is None:
        return tuple(_header_tax(key, bases[key], values[key], percents[key]) for key in bases)
    stated = tuple(_stated_taxes(given, bases, values, problems))
    stated_keys = {TaxKey(tax.codigo, tax.codigoPorcentaje) for tax in stated}
    left_out = tuple(key for key in bases if key not in stated_keys)
    for key in left_out:
        shown = f"{key.codigo}/{key.codigoPorcentaje}"
        rule = Text(f"falta el impuesto {shown} de las líneas", f"the lines' tax {shown} is missing")
        fix = Text("Agréguelo o deje que se calcule", "Add it or leave it to be computed")
        problems.append(Problem("infoFactura.totalConImpuestos", rule, fix, DIFFERENCES))
    return stated + tuple(_header_tax(key, bases[key], values[key], percents[key]) for key in left_out)


def _header_tax(key: TaxKey, base: Decimal, value: Decimal, percent: Decimal) -> TotalImpuesto:
    iva_value = cents(base * percent / 100)
    return TotalImpuesto.model_construct(
        codigo=key.codigo,
        codigoPorcentaje=key.codigoPorcentaje,
        descuentoAdicional=None,
        baseImponible=base,
        tarifa=percent if key.codigo == IVA else None,
        valor=iva_value if key.codigo == IVA else value,
        valorDevolucionIva=None,
    )


def _stated_taxes(
    given: Sequence[TotalImpuesto],
    bases: dict[TaxKey, Decimal],
    values: dict[TaxKey, Decimal],
    problems: list[Problem],
) -> Iterator[TotalImpuesto]:
    seen: set[TaxKey] = set()
    for place, tax in enumerate(given, 1):
        where = f"infoFactura.totalConImpuestos[{place}]"
        key = TaxKey(tax.codigo, tax.codigoPorcentaje)
        if key in seen:
            rule = Text("el impuesto está repetido", "the tax is repeated")
            problems.append(Problem(where, rule, Text("Súmelos en uno", "Add them into one"), DIFFERENCES))
        seen.add(key)
        base = bases.get(key, ZERO) - (tax.descuentoAdicional or ZERO)
        base = _agreed(tax.baseImponible, base, f"{where}.baseImponible", problems)
        expected = values.get(key, ZERO)
        if key.codigo == IVA:
            expected = cents(base * percent_of(key, tax.tarifa) / 100)
        value = _agreed(tax.valor, expected, f"{where}.valor", problems)
        yield tax.model_copy(update={"baseImponible": base, "valor": value})


def _agreed(given: Decimal | None, computed: Decimal, field: str, problems: list[Problem]) -> Decimal:
    if given is None:
        return computed
    if abs(given - computed) <= TOLERANCE:
        return given
    right = cents(computed)
    rule = Text(f"dice {given} y el cálculo da {right}", f"says {given} and the sum gives {right}")
    fix = Text(f"Escriba {right} o corrija las líneas", f"Write {right} or mend the lines")
    problems.append(Problem(field, rule, fix, DIFFERENCES))
    return computed


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), ZERO)
