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
}
