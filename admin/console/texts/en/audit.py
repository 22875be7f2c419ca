"""Audit, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "audit.export": "Export CSV",
    "audit.at": "Time",
    "audit.by": "Who",
    "audit.action": "What",
    "audit.any": "Everything",
    "audit.target": "On what",
    "audit.result": "Result",
    "audit.since": "From",
    "audit.until": "To",
    "audit.sealed": "Sealed up to {at}; hash",
    "audit.not_sealed": "Nothing is sealed yet.",
    "audit.seal_how": "Note it down elsewhere: 'autoriza audit verify --against' proves by it that nothing changed.",
}
