"""What watches the installation, in English: kinds of alerts found by the minute's look, and its schedule."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "schedule.evaluate_alerts": "Evaluate alerts",
    "schedule.evaluate_alerts.what": "Looks every minute at what is alarming, and tells.",
    "actor.evaluate_alerts": "Evaluate alerts",
    "actor.send_notices": "Send notices",
    "trouble.job_fails": "A job fails again and again.",
    "trouble.run_too_long": "A run does not end.",
    "trouble.too_many_pending": "Too many documents wait for the SRI.",
    "trouble.waits_too_long": "A document has waited too long.",
    "trouble.tick_missed": "A schedule did not run.",
    "trouble.worker_silent": "Nobody serves a queue.",
    "trouble.scheduler_silent": "The scheduler does not answer.",
    "trouble.circuit_open": "The SRI does not answer.",
    "trouble.sequence_gap": "The numbering does not add up.",
    "trouble.disk_full": "Little disk is left.",
    "trouble.redis_trouble": "Redis is in trouble.",
    "trouble.clock_skew": "Clocks disagree.",
    "trouble.notice_undelivered": "A notice does not get out.",
    "menu.goals": "Goals",
    "goals.lead": "What the service promises and what it does, measured just now. "
    "p95: in 95 of 100 cases it took less.",
    "goals.span": "Period",
    "goals.hours": "Last {n} h",
    "goals.all": "All together",
    "goals.each": "By taxpayer",
    "goals.goal": "Goal",
    "goals.is": "Is",
    "goals.bound": "Must be",
    "goals.of": "Of",
    "goals.met": "Met",
    "goals.missed": "Missed",
    "goals.nothing": "No data",
    "goals.unlisted": "And {n} more taxpayers.",
    "goals.nobody": "Nothing happened in this period.",
}
