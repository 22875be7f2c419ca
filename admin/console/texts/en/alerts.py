"""Alerts, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "alerts.what": "Alert",
    "alerts.any": "All",
    "alerts.standing": "Standing",
    "alerts.unseen": "Standing, looked after by nobody",
    "alerts.over": "Over",
    "alerts.is_standing": "Standing",
    "alerts.is_over": "Over",
    "alerts.raised": "Since",
    "alerts.last_seen": "seen",
    "alerts.times": "Times",
    "alerts.severity": "Severity",
    "alerts.looked_after": "Looked after by",
    "alerts.acknowledge": "Look after it",
    "alerts.now_yours": "It is on record that you look after it.",
    "alerts.rules": "Alert rules",
    "alerts.rules_lead": "Everything that can alarm, how grave it is and from when on. An alert "
    "lasts as long as "
    "its cause and ends by itself.",
    "alerts.limit": "From when on",
    "alerts.at_once": "as soon as it happens",
    "alerts.told": "Who is told",
    "alerts.channels": "Channels",
    "alerts.no_channel": "none: alerts are seen here only",
    "alerts.least": "From which severity",
    "alerts.quiet": "Quiet hours",
    "severity.info": "Notice",
    "severity.warning": "Warning",
    "severity.critical": "Critical",
    "action.alert_acknowledged": "Look after an alert",
}
