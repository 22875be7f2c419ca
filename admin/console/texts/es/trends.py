"""Charts, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.trends": "Tendencias",
    "trends.span": "Período",
    "trends.span.1h": "1 hora",
    "trends.span.24h": "24 horas",
    "trends.span.7d": "7 días",
    "trends.span.30d": "30 días",
    "trends.throughput": "Comprobantes por resultado",
    "trends.authorized_in": "Tiempo hasta la autorización",
    "trends.wait_and_run": "Espera y trabajo de los mensajes (p95)",
    "trends.waited": "Espera",
    "trends.ran": "Trabajo",
    "trends.sri_outcomes": "Respuestas del SRI",
    "trends.sri_latency": "Cuánto tarda el SRI: {service}",
    "trends.nothing": "Nada en este período.",
    "trends.as_table": "Ver como tabla",
    "trends.from": "Desde",
}
