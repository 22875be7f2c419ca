"""Given amounts against computed ones: what was left out is computed, what was given must agree to the cent."""

from collections.abc import Iterable
from decimal import Decimal

from app.documents.amounts import CENT, ZERO, cents
from app.documents.grammar import STRUCTURE
from app.errors import Problem, Text

DIFFERENCES = "52"
TOLERANCE = CENT  # authorized invoices differ by a cent where lines were rounded one by one
_MOST = Decimal("999999999999.99")


def agreed(
    given: Decimal | None,
    computed: Decimal,
    field: str,
    problems: list[Problem],
    *,
    tolerance: Decimal = TOLERANCE,
    also: Decimal | None = None,
) -> Decimal:
    """The amount to go on with: the given one while it agrees with ``computed`` or ``also``, else the computed.

    From one that disagrees the reckoning goes on with the right one, so that following every fix once gives a
    valid document; each disagreement is appended to ``problems``.
    """
    if not 0 <= computed <= _MOST:
        problems.append(_impossible(field, computed))
        return ZERO
    if given is None:
        return computed
    if any(right is not None and abs(given - right) <= tolerance for right in (computed, also)):
        return given
    right = cents(computed)
    rule = Text(f"dice {given} y el cálculo da {right}", f"says {given} and the sum gives {right}")
    fix = Text(f"Escriba {right} o corrija las líneas", f"Write {right} or mend the lines")
    problems.append(Problem(field, rule, fix, DIFFERENCES))
    return computed


def total_of(amounts: Iterable[Decimal | None]) -> Decimal:
    """Their sum; what is not there counts as nothing."""
    return sum((amount for amount in amounts if amount is not None), ZERO)


def _impossible(field: str, computed: Decimal) -> Problem:
    if computed < 0:
        rule = Text("el cálculo da un valor negativo", "the sum gives a negative amount")
        fix = Text("Reduzca los descuentos", "Reduce the discounts")
        return Problem(field, rule, fix, DIFFERENCES)
    rule = Text("el cálculo da más de 14 dígitos", "the sum gives more than 14 digits")
    return Problem(field, rule, Text("Divida el comprobante", "Split the document"), STRUCTURE)
