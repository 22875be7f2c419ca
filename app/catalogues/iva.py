"""IVA rates by code and by day (ficha tabla 17): a new rate is a new row, never an edit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.catalogues.periods import ALWAYS, Period
from app.errors import Text


@dataclass(frozen=True)
class Rate:
    """One codigoPorcentaje of IVA; ``percent`` is 15 for 15 %."""

    code: str
    percent: Decimal
    name: Text
    periods: tuple[Period, ...]

    def valid_on(self, day: date) -> bool:
        """True when an invoice dated ``day`` may carry this code."""
        return any(period.holds(day) for period in self.periods)


RATES: tuple[Rate, ...] = (
    Rate("0", Decimal(0), Text("0 %", "0 %"), ALWAYS),
    Rate(
        "2",
        Decimal(12),
        Text("12 %", "12 %"),
        # The solidarity law after the 2016 earthquake put 14 % in its place for twelve months.
        (Period(last=date(2016, 5, 31)), Period(date(2017, 6, 1), date(2024, 3, 31))),
    ),
    Rate("3", Decimal(14), Text("14 %", "14 %"), (Period(date(2016, 6, 1), date(2017, 5, 31)),)),
    Rate("4", Decimal(15), Text("15 %", "15 %"), (Period(date(2024, 4, 1)),)),
    Rate("5", Decimal(5), Text("5 %", "5 %"), (Period(date(2024, 4, 1)),)),
    Rate("6", Decimal(0), Text("no objeto de IVA", "not subject to IVA"), ALWAYS),
    Rate("7", Decimal(0), Text("exento de IVA", "exempt from IVA"), ALWAYS),
    # Tourism, up to twelve days a year that decrees name one by one, the first of them in 2022.
    Rate("8", Decimal(8), Text("IVA diferenciado", "reduced IVA"), (Period(date(2022, 1, 1)),)),
    # The statutory rate, which applies whenever no decree raises it to 15 %.
    Rate("10", Decimal(13), Text("13 %", "13 %"), (Period(date(2024, 4, 1)),)),
)

_BY_CODE = {rate.code: rate for rate in RATES}


def find(code: str) -> Rate | None:
    """The rate of a codigoPorcentaje, whatever the day; None when the SRI has no such code."""
    return _BY_CODE.get(code)


def codes_on(day: date) -> tuple[str, ...]:
    """Every codigoPorcentaje an invoice of that day may carry."""
    return tuple(rate.code for rate in RATES if rate.valid_on(day))
