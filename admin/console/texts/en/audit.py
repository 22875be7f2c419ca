"""Audit, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "audit.at": "Time",
    "audit.by": "Who",
    "audit.action": "What",
    "audit.target": "On what",
    "audit.result": "Result",
}
