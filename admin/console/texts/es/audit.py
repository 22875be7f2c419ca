"""Audit, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "audit.at": "Momento",
    "audit.by": "Quién",
    "audit.action": "Qué",
    "audit.any": "Todo",
    "audit.target": "Sobre qué",
    "audit.result": "Resultado",
    "audit.since": "Desde el",
    "audit.until": "Hasta el",
}
