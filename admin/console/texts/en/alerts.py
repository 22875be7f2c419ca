"""Alerts, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "alerts.what": "Alert",
    "alerts.standing": "Standing",
    "alerts.over": "Over",
    "alerts.raised": "Since",
    "alerts.last_seen": "Last seen",
    "alerts.times": "Times",
}
