"""How a comprobante is paid (ficha tabla 24): known ways, which together pay the whole."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from app.catalogues.payments import codes_on, find
from app.documents.blocks import Pago
from app.documents.sums import DIFFERENCES, TOLERANCE, total_of
from app.errors import Problem, Text


def rules(pagos: Sequence[Pago], due: Decimal | None, info: str, on: date) -> Iterator[Problem]:
    """What is wrong with ``pagos``; ``due`` is the document's total, None while it is not known."""
    for place, pago in enumerate(pagos, 1):
        found = find(pago.formaPago)
        if found is None or not found.valid_on(on):
            valid = ", ".join(codes_on(on))
            rule = Text(
                f"la forma de pago {pago.formaPago} no existe",
                f"payment method {pago.formaPago} does not exist",
            )
            fix = Text(f"Use {valid}", f"Use {valid}")
            yield Problem(f"{info}.pagos[{place}].formaPago", rule, fix)
    paid = total_of(pago.total for pago in pagos)
    if pagos and due is not None and abs(paid - due) > TOLERANCE:
        rule = Text(
            f"los pagos suman {paid} y el importe total es {due}",
            f"payments add up to {paid} and the total is {due}",
        )
        fix = Text(f"Haga que sumen {due}", f"Make them add up to {due}")
        yield Problem(f"{info}.pagos", rule, fix, DIFFERENCES)
