"""How a comprobante writes its amounts: money, quantities, terms and rates, each with the digits it needs."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)


def cents(amount: Decimal) -> Decimal:
    """Rounded to two decimals, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def money(amount: Decimal) -> str:
    """Always two decimals."""
    return str(cents(amount))


def shortest(amount: Decimal) -> str:
    """No more decimals than say something."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(amount: Decimal) -> str:
    """Two decimals, more only when they say something."""
    text = shortest(amount)
    return text if len(text.partition(".")[2]) > 1 else money(amount)


def rate(percent: Decimal) -> str:
    """Two decimals while they fit: of four digits in all, 300 % is 300, although schema readers forgive 300.00."""
    return money(percent) if percent < 100 else shortest(percent)
