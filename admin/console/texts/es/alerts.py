"""Alerts, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "alerts.what": "Alerta",
    "alerts.standing": "Vigente",
    "alerts.over": "Resuelta",
    "alerts.raised": "Desde",
    "alerts.last_seen": "Vista por última vez",
    "alerts.times": "Veces",
}
