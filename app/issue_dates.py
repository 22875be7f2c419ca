"""Which day a document may carry: never one to come, nor one older than the installation lets it be."""

from datetime import date, timedelta

from app.errors import Misconfigured, Problem, Text
from app.sri.gateway import Environment

UNTIMELY = "65"
FIELD = "fechaEmision"


def limited(environment: Environment, max_age_days: int) -> None:
    """Raise ``Misconfigured`` when documents of any age would go to the real SRI."""
    if environment == Environment.PRODUCCION and max_age_days == 0:
        raise Misconfigured("SRI_MAX_AGE_DAYS=0 is for tests: set 1 or more to issue in producción")


def untimely(day: date, today: date, max_age_days: int) -> Problem | None:
    """Why ``day`` cannot be the date of issue; 0 days is no limit."""
    if day > today:
        rule = Text(f"{day:%d/%m/%Y} todavía no llega", f"{day:%d/%m/%Y} is yet to come")
        fix = Text(f"Use la fecha de hoy, {today:%d/%m/%Y}", f"Use today's date, {today:%d/%m/%Y}")
        return Problem(FIELD, rule, fix, UNTIMELY)
    oldest = today - timedelta(days=max_age_days)
    if max_age_days and day < oldest:
        rule = Text(
            f"{day:%d/%m/%Y} tiene más de {max_age_days} días",
            f"{day:%d/%m/%Y} is more than {max_age_days} days ago",
        )
        fix = Text(f"Use una fecha desde el {oldest:%d/%m/%Y}", f"Use a date from {oldest:%d/%m/%Y} on")
        return Problem(FIELD, rule, fix, UNTIMELY)
    return None
