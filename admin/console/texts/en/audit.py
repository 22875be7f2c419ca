"""Audit, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "audit.at": "Time",
    "audit.by": "Who",
    "audit.action": "What",
    "audit.any": "Everything",
    "audit.target": "On what",
    "audit.result": "Result",
    "audit.since": "From",
    "audit.until": "To",
}
