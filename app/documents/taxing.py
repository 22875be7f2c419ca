"""Lines and taxes of a comprobante (ficha tabla 21): completed where they were left out, checked where given."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from app.catalogues import iva
from app.catalogues.taxes import ICE, IVA
from app.documents.amounts import ZERO, cents
from app.documents.blocks import HeaderTax, Impuesto, TaxedLine
from app.documents.grammar import STRUCTURE
from app.documents.sums import DIFFERENCES, TOLERANCE, agreed, total_of
from app.documents.tax_rules import tarifa
from app.errors import Problem, Text

L = TypeVar("L", bound=TaxedLine)
H = TypeVar("H", bound=HeaderTax)


class TaxKey(NamedTuple):
    """What makes two taxes one entry of totalConImpuestos."""

    codigo: str
    codigoPorcentaje: str


class Levy(NamedTuple):
    """One tax over all lines."""

    base: Decimal
    value: Decimal
    percent: Decimal


def complete_lines(lines: Sequence[L], problems: list[Problem]) -> tuple[L, ...]:
    """Every line with its discount, its total and its taxes."""
    return tuple(_complete(line, f"detalles[{place}]", problems) for place, line in enumerate(lines, 1))


def header_taxes(
    make: Callable[[TaxKey, Levy], H],
    given: Sequence[H] | None,
    lines: Sequence[TaxedLine],
    info: str,
    problems: list[Problem],
) -> tuple[H, ...]:
    """totalConImpuestos: made from complete ``lines``, or the given one checked against them."""
    levies = _levies(lines)
    if given is None:
        return tuple(make(key, _header(key, levy)) for key, levy in levies.items())
    stated = tuple(_stated(given, levies, info, problems))
    keys = {TaxKey(tax.codigo, tax.codigoPorcentaje) for tax in stated}
    left_out = [key for key in levies if key not in keys]
    for key in left_out:
        shown = f"{key.codigo}/{key.codigoPorcentaje}"
        rule = Text(f"falta el impuesto {shown} de las líneas", f"the lines' tax {shown} is missing")
        fix = Text("Agréguelo o deje que se calcule", "Add it or leave it to be computed")
        problems.append(Problem(f"{info}.totalConImpuestos", rule, fix, DIFFERENCES))
    return stated + tuple(make(key, _header(key, levies[key])) for key in left_out)


def percent_of(key: TaxKey, given: Decimal | None) -> Decimal:
    """The rate to reckon with: IVA's from the catalogue, of the other taxes the issuer's own."""
    rate = iva.find(key.codigoPorcentaje) if key.codigo == IVA else None
    return rate.percent if rate else given or ZERO


def _complete(line: L, path: str, problems: list[Problem]) -> L:
    discount = line.descuento or ZERO
    expected = cents(line.cantidad * line.precioUnitario - discount)
    if expected < 0:
        rule = Text("el descuento supera el valor de la línea", "the discount exceeds the line")
        fix = Text("Reduzca el descuento", "Reduce the discount")
        problems.append(Problem(f"{path}.descuento", rule, fix, DIFFERENCES))
        expected = ZERO
    total = agreed(line.precioTotalSinImpuesto, expected, f"{path}.precioTotalSinImpuesto", problems)
    taxes = _line_taxes(line.impuestos, total, path, problems)
    return line.changed(descuento=discount, precioTotalSinImpuesto=total, impuestos=taxes)


def _line_taxes(
    impuestos: Sequence[Impuesto], total: Decimal, path: str, problems: list[Problem]
) -> tuple[Impuesto, ...]:
    excise = total_of(tax.valor for tax in impuestos if tax.codigo == ICE)
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


def _iva(impuesto: Impuesto, base: Decimal, where: str, problems: list[Problem]) -> Impuesto:
    percent = percent_of(TaxKey(impuesto.codigo, impuesto.codigoPorcentaje), impuesto.tarifa)
    problems += tarifa(impuesto.codigo, impuesto.codigoPorcentaje, impuesto.tarifa, where)
    base = agreed(impuesto.baseImponible, base, f"{where}.baseImponible", problems)
    value = agreed(impuesto.valor, cents(base * percent / 100), f"{where}.valor", problems)
    return impuesto.changed(tarifa=percent, baseImponible=base, valor=value)


def _other_tax(impuesto: Impuesto, total: Decimal, where: str, problems: list[Problem]) -> Impuesto:
    for name in ("tarifa", "valor"):
        if getattr(impuesto, name) is None:
            rule = Text("falta: ICE e IRBPNR no se calculan", "is missing: ICE and IRBPNR are not computed")
            fix = Text("Indique tarifa y valor", "Give tarifa and valor")
            problems.append(Problem(f"{where}.{name}", rule, fix, STRUCTURE))
    base = total if impuesto.baseImponible is None else impuesto.baseImponible
    return impuesto.changed(tarifa=impuesto.tarifa or ZERO, baseImponible=base, valor=impuesto.valor or ZERO)


def _levies(lines: Sequence[TaxedLine]) -> dict[TaxKey, Levy]:
    levies: dict[TaxKey, Levy] = {}
    for tax in (tax for line in lines for tax in line.impuestos):
        key = TaxKey(tax.codigo, tax.codigoPorcentaje)
        earlier = levies.get(key, Levy(ZERO, ZERO, ZERO))
        base, value = tax.baseImponible or ZERO, tax.valor or ZERO
        levies[key] = Levy(earlier.base + base, earlier.value + value, tax.tarifa or ZERO)
    return levies


def _header(key: TaxKey, levy: Levy) -> Levy:
    """Real invoices levy IVA on the header's base; the sum of the rounded lines may differ by cents."""
    if key.codigo != IVA:
        return levy
    return levy._replace(value=cents(levy.base * levy.percent / 100))


def _stated(
    given: Sequence[H], levies: dict[TaxKey, Levy], info: str, problems: list[Problem]
) -> Iterator[H]:
    seen: set[TaxKey] = set()
    for place, tax in enumerate(given, 1):
        where = f"{info}.totalConImpuestos[{place}]"
        key = TaxKey(tax.codigo, tax.codigoPorcentaje)
        if key in seen:
            rule = Text("el impuesto está repetido", "the tax is repeated")
            problems.append(Problem(where, rule, Text("Súmelos en uno", "Add them into one"), DIFFERENCES))
        seen.add(key)
        problems += tarifa(*key, tax.stated_percent, where)
        levy = levies.get(key, Levy(ZERO, ZERO, ZERO))
        whole, lowered = levy.base, levy.base - tax.extra_discount
        base = agreed(tax.baseImponible, whole, f"{where}.baseImponible", problems, also=lowered)
        taxed = base if abs(base - lowered) <= TOLERANCE else base - tax.extra_discount
        expected = levy.value
        if key.codigo == IVA:
            expected = cents(taxed * percent_of(key, tax.stated_percent) / 100)
        value = agreed(tax.valor, expected, f"{where}.valor", problems)
        yield tax.changed(baseImponible=base, valor=value)
