"""What watches the installation, in Spanish: kinds of alerts found by the minute's look, and its schedule."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "schedule.evaluate_alerts.what": "Mira cada minuto qué es alarmante y avisa.",
    "actor.evaluate_alerts": "Programa: evaluar alertas",
    "actor.send_notices": "Enviar avisos",
    "menu.goals": "Objetivos",
    "goals.lead": "Lo que el servicio promete y lo que cumple, medido ahora mismo. "
    "p95: en 95 de cada 100 casos tomó menos.",
    "goals.span": "Periodo",
    "goals.hours": "Últimas {n} h",
    "goals.all": "En conjunto",
    "goals.each": "Por contribuyente",
    "goals.goal": "Objetivo",
    "goals.is": "Es",
    "goals.bound": "Debe ser",
    "goals.of": "De",
    "goals.met": "Se cumple",
    "goals.missed": "No se cumple",
    "goals.nothing": "Sin datos",
    "goals.unlisted": "Y {n} contribuyentes más.",
    "goals.nobody": "Nada ocurrió en este periodo.",
}
