"""Calls to the SRI."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.exchanges": "SRI",
    "exchange.service": "Llamada",
    "exchange.said": "Lo que dijo",
    "exchange.after": "Desde",
    "exchange.until": "Hasta",
    "exchange.request_raw": "Lo que se envió",
    "exchange.same_bytes": "los mismos bytes, comprobado por su SHA-256",
    "exchange.asked_for": "Se preguntó por la clave de acceso",
    "exchange.redacted": "Con sangría, y con firmas y certificados acortados; los archivos traen cada byte.",
    "outcome.open": "Sin respuesta aún",
}
