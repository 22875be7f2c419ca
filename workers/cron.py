"""Cron with seconds and a time zone, as an object Periodiq's scheduler understands.

Periodiq's own parser ignores the sixth field, never fires on Sunday written 0, and skips due times when it rolls
an hour over; croniter evaluates the expression instead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter

from app.errors import Misconfigured


@dataclass(frozen=True)
class Cron:
    """Five fields, or six with the seconds first; read in ``timezone``."""

    spec: str
    timezone: str

    def __post_init__(self) -> None:
        if not croniter.is_valid(self.spec, second_at_beginning=True):
            raise Misconfigured(
                f"{self.spec!r} is not a cron expression: second minute hour day month weekday"
            )

    def next_valid_date(self, last: datetime) -> Any:
        """The first due time after ``last`` (aware), in its time zone."""
        local = last.astimezone(ZoneInfo(self.timezone))
        return croniter(self.spec, local, second_at_beginning=True).get_next(datetime)

    def validate(self, date: datetime) -> bool:
        """Whether ``date``, to the second, is a due time."""
        due = date.replace(microsecond=0)
        return bool(self.next_valid_date(due - timedelta(seconds=1)) == due)

    def __str__(self) -> str:
        return self.spec
