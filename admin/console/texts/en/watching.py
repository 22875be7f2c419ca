"""What watches the installation, in English: kinds of alerts found by the minute's look, and its schedule."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "schedule.evaluate_alerts.what": "Looks every minute at what is alarming, and tells.",
    "actor.evaluate_alerts": "Schedule: evaluate alerts",
    "actor.send_notices": "Send notices",
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
