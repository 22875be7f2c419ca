"""What watches the installation, in Spanish: kinds of alerts found by the minute's look, and its schedule."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "schedule.evaluate_alerts": "Evaluar alertas",
    "schedule.evaluate_alerts.what": "Mira cada minuto qué es alarmante y avisa.",
    "actor.evaluate_alerts": "Evaluar alertas",
    "actor.send_notices": "Enviar avisos",
    "trouble.job_fails": "Un trabajo falla seguido.",
    "trouble.run_too_long": "Una ejecución no termina.",
    "trouble.too_many_pending": "Demasiados comprobantes esperan al SRI.",
    "trouble.waits_too_long": "Un comprobante espera demasiado.",
    "trouble.tick_missed": "Un programa no corrió.",
    "trouble.worker_silent": "Nadie atiende una cola.",
    "trouble.scheduler_silent": "El programador no responde.",
    "trouble.circuit_open": "El SRI no responde.",
    "trouble.sequence_gap": "La numeración no cuadra.",
    "trouble.disk_full": "Queda poco disco.",
    "trouble.redis_trouble": "Redis tiene problemas.",
    "trouble.clock_skew": "Los relojes difieren.",
    "trouble.notice_undelivered": "Un aviso no sale.",
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
