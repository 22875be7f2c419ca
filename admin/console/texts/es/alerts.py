"""Alerts, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "alerts.what": "Alerta",
    "alerts.any": "Todas",
    "alerts.standing": "Vigentes",
    "alerts.unseen": "Vigentes que nadie atiende",
    "alerts.over": "Resueltas",
    "alerts.is_standing": "Vigente",
    "alerts.is_over": "Resuelta",
    "alerts.raised": "Desde",
    "alerts.last_seen": "vista",
    "alerts.times": "Veces",
    "alerts.severity": "Gravedad",
    "alerts.looked_after": "La atiende",
    "alerts.acknowledge": "Atender",
    "alerts.now_yours": "Queda anotado que usted la atiende.",
    "alerts.rules": "Reglas de alerta",
    "alerts.rules_lead": "Todo lo que puede alarmar, qué tan grave es y desde cuándo. Una alerta "
    "dura mientras "
    "dura su causa y se resuelve sola.",
    "alerts.limit": "Desde cuándo",
    "alerts.at_once": "en cuanto ocurre",
    "alerts.told": "A quién se avisa",
    "alerts.channels": "Canales",
    "alerts.no_channel": "ninguno: las alertas se ven solo aquí",
    "alerts.least": "Desde qué gravedad",
    "alerts.quiet": "Horas de silencio",
    "severity.info": "Aviso",
    "severity.warning": "Atención",
    "severity.critical": "Grave",
    "action.alert_acknowledged": "Atender una alerta",
}
