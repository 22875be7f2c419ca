"""Spans of days in which a row of an SRI table may be used."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """Days, both ends included; None is without limit."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        """True when ``day`` lies inside."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


ALWAYS = (Period(),)
