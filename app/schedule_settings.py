"""Settings of when periodic work is done: a new schedule adds its line here."""

import re
from datetime import UTC, datetime
from typing import Annotated

from croniter import CroniterError, croniter
from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings

_BY_LOT = re.compile(r"(?<![a-z])[hr](?![a-z])", re.IGNORECASE)
"""Croniter draws lots for these, anew whenever it is asked."""


def comes_due(value: str) -> str:
    """``value`` if it is a cron expression that ever comes due. Raises ``ValueError``."""
    if _BY_LOT.search(value):
        raise ValueError("not a cron expression that says when it comes due (R and H draw lots)")
    try:
        croniter(value, datetime.now(UTC), second_at_beginning=True).get_next()
    except (CroniterError, ValueError) as error:
        raise ValueError(f"not a cron expression that ever comes due ({error})") from error
    return value


Cron = Annotated[str, AfterValidator(comes_due)]


class ScheduleSettings(BaseSettings):
    """Every schedule's cron expression, with the seconds first; part of ``app.config.Settings``."""

    sign_drafts_cron: Cron = Field("*/10 * * * * *", description="cron with seconds: when drafts are swept")
    submit_signed_cron: Cron = Field(
        "*/10 * * * * *", description="cron with seconds: when signed ones are swept"
    )
    check_pending_authorizations_cron: Cron = Field(
        "*/30 * * * * *", description="cron with seconds: polling sweep"
    )
    generate_rides_cron: Cron = Field("0 * * * * *", description="cron with seconds: RIDE sweep")
    deliver_documents_cron: Cron = Field(
        "30 * * * * *", description="cron with seconds: sweep of what goes to buyers by e-mail"
    )
    end_pauses_cron: Cron = Field(
        "*/10 * * * * *", description="cron: when pauses and halts whose time is over are ended"
    )
    reconcile_rides_cron: Cron = Field(
        "0 30 3 * * *", description="cron with seconds: RIDE files against what was stored"
    )
    housekeeping_cron: Cron = Field("30 */2 * * * *", description="cron with seconds: lost ticks, dead runs")
    check_invariants_cron: Cron = Field("0 7 * * * *", description="cron with seconds: the invariants")
    watch_certificates_cron: Cron = Field(
        "0 0 6 * * *", description="cron with seconds: the look at certificates that end"
    )
    roll_up_cron: Cron = Field(
        "*/30 * * * * *", description="cron: when counters and charts are brought up to date"
    )
    continue_bulk_cron: Cron = Field(
        "*/10 * * * * *", description="cron: when bulk operations that stand still go on"
    )
    schedule_timezone: str = Field(
        "America/Guayaquil", description="time zone the cron expressions are read in"
    )
    evaluate_alerts_cron: Cron = Field(
        "15 * * * * *", description="cron with seconds: the look at what should be alarming"
    )
