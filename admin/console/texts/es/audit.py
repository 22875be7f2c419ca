"""Audit, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "audit.export": "Exportar CSV",
    "audit.at": "Momento",
    "audit.by": "Quién",
    "audit.action": "Qué",
    "audit.any": "Todo",
    "audit.target": "Sobre qué",
    "audit.result": "Resultado",
    "audit.since": "Desde el",
    "audit.until": "Hasta el",
    "audit.sealed": "Sellada hasta {at}; huella",
    "audit.not_sealed": "Todavía no se ha sellado nada.",
    "audit.seal_how": "Anótela fuera de aquí: «autoriza audit verify --against» comprueba con ella que nada cambió.",
}
