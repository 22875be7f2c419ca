"""Amounts as a RIDE prints them, and the column of totals with rates taken from the document itself."""

import re
from collections.abc import Iterable
from decimal import Decimal

from app.catalogues import taxes
from app.documents.amounts import cents
from app.ride.reading import Entry, Line, Sums, Tax

_NUMBER = re.compile(r"(-?[0-9]{1,30})(?:\.([0-9]{1,30}))?")
_FIXED = {"6": "NO OBJETO DE IVA", "7": "EXENTO DE IVA"}
_SPECIAL = "8"  # IVA diferenciado, which the RIDE calls TARIFA ESPECIAL


def amount(text: str) -> str:
    """``text`` with two decimals, more only when they say something; as it is when it is no plain number.

    >>> amount("2.990000"), amount("0.1255"), amount("7")
    ('2.99', '0.1255', '7.00')
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    whole, decimals = found.groups()
    return f"{whole}.{(decimals or '').rstrip('0').ljust(2, '0')}"


def value(text: str) -> Decimal:
    """``text`` as a number; what is none counts as nothing."""
    return Decimal(text) if _NUMBER.fullmatch(text) else Decimal(0)


def percent(text: str) -> str:
    """``15.00`` as ``15``, ``2.50`` as ``2.5``."""
    return text.rstrip("0").rstrip(".") or "0" if "." in text and _NUMBER.fullmatch(text) else text


def totals(sums: Sums) -> tuple[Entry, ...]:
    """Rows above VALOR TOTAL (rules of ficha anexo 2): empty ones are left out, no rate is assumed."""
    ivas = sorted((tax for tax in sums.taxes if tax.tax == taxes.IVA), key=_order)
    subtotals = _summed((f"SUBTOTAL {_name(tax)}", tax.base) for tax in ivas)
    levied = _summed((f"IVA {_name(tax)}", tax.amount) for tax in ivas)
    others = {
        name: sum((value(tax.amount) for tax in sums.taxes if tax.tax == kind), Decimal(0))
        for kind, name in ((taxes.ICE, "ICE"), (taxes.IRBPNR, "IRBPNR"))
    }
    refund = sum((value(tax.refund) for tax in ivas), Decimal(0))
    rows = [
        *subtotals.items(),
        ("SUBTOTAL SIN IMPUESTOS", value(sums.net)),
        ("TOTAL DESCUENTO", value(sums.discount or "")),
        ("DESCUENTO ADICIONAL", sum((value(tax.extra_discount) for tax in ivas), Decimal(0))),
        ("ICE", others["ICE"]),
        *levied.items(),
        ("TOTAL DEVOLUCION IVA", refund),
        ("IRBPNR", others["IRBPNR"]),
        *((entry.label, value(entry.text)) for entry in sums.added),
        ("PROPINA", value(sums.tip)),
        ("TOTAL SUBSIDIO", value(sums.subsidy)),
    ]
    always = {"SUBTOTAL SIN IMPUESTOS"} | ({"TOTAL DESCUENTO"} if sums.discount is not None else set())
    return tuple(Entry(label, amount(f"{sum_:f}")) for label, sum_ in rows if sum_ or label in always)


def grand_total(sums: Sums) -> Entry:
    """The last row; a currency other than the dollar is named."""
    foreign = sums.currency.upper() not in ("", "DOLAR", "DÓLAR", "USD")
    return Entry(f"VALOR TOTAL ({sums.currency})" if foreign else "VALOR TOTAL", amount(sums.total))


def savings(lines: Iterable[Line], total: str) -> tuple[Entry, ...]:
    """Ficha anexo 7: what the buyer would pay without subsidy and what he saves, IVA included; empty without one."""
    saved = Decimal(0)
    for line in lines:
        if line.unsubsidized_price:
            each = value(line.unsubsidized_price) - value(line.unit_price)
            saved += each * value(line.quantity) * (1 + value(line.iva_percent) / 100)
    if not saved:
        return ()
    saved = cents(saved)
    return (
        Entry("VALOR TOTAL SIN SUBSIDIO", amount(f"{value(total) + saved:f}")),
        Entry("AHORRO POR SUBSIDIO (incluye IVA cuando corresponda)", amount(f"{saved:f}")),
    )


def subsidy(unit_price: str, unsubsidized: str) -> str:
    """What the State pays of one unit; empty when the line has no subsidy."""
    return amount(f"{value(unsubsidized) - value(unit_price):f}") if unsubsidized else ""


def _name(tax: Tax) -> str:
    if tax.code in _FIXED:
        return _FIXED[tax.code]
    rate = f"{percent(tax.percent)}%" if tax.percent else f"CÓDIGO {tax.code}"
    return f"TARIFA ESPECIAL {rate}" if tax.code == _SPECIAL else rate


def _order(tax: Tax) -> tuple[int, Decimal]:
    """Special rate first, then rates upwards, then 0 %, no objeto, exento, as the ficha lists them."""
    rate = value(tax.percent)
    rank = {_SPECIAL: 0, "0": 2, "6": 3, "7": 4}.get(tax.code, 1 if rate else 2)
    return rank, rate


def _summed(pairs: Iterable[tuple[str, str]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for label, text in pairs:
        sums[label] = sums.get(label, Decimal(0)) + value(text)
    return sums
