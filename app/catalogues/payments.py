"""Ways to pay an invoice by day (ficha tabla 24), with the words a RIDE prints: a new way is a new row."""

from dataclasses import dataclass
from datetime import date

from app.catalogues.periods import Period


@dataclass(frozen=True)
class PaymentMethod:
    """One row: its code, its words, and the day from which it may be used."""

    code: str
    name: str
    first: date

    def valid_on(self, day: date) -> bool:
        """True when an invoice dated ``day`` may be paid so."""
        return Period(first=self.first).holds(day)


CASH = "01"
_START, _REFORM = date(2013, 1, 1), date(2016, 6, 1)

METHODS = (
    PaymentMethod(CASH, "SIN UTILIZACIÓN DEL SISTEMA FINANCIERO", _START),
    PaymentMethod("15", "COMPENSACIÓN DE DEUDAS", _START),
    PaymentMethod("16", "TARJETA DE DÉBITO", _REFORM),
    PaymentMethod("17", "DINERO ELECTRÓNICO", _REFORM),
    PaymentMethod("18", "TARJETA PREPAGO", _REFORM),
    PaymentMethod("19", "TARJETA DE CRÉDITO", _REFORM),
    PaymentMethod("20", "OTROS CON UTILIZACIÓN DEL SISTEMA FINANCIERO", _REFORM),
    PaymentMethod("21", "ENDOSO DE TÍTULOS", _REFORM),
)

_BY_CODE = {method.code: method for method in METHODS}
PAYMENT_METHODS = {method.code: method.name for method in METHODS}


def find(code: str) -> PaymentMethod | None:
    """The method of a formaPago, whatever the day; None when the SRI has no such code."""
    return _BY_CODE.get(code)


def codes_on(day: date) -> tuple[str, ...]:
    """Every formaPago an invoice of that day may carry."""
    return tuple(method.code for method in METHODS if method.valid_on(day))
