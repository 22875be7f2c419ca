"""Runs of the engine, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "runs.job": "Trabajo",
    "runs.about": "Sobre",
    "runs.outcome": "Resultado",
    "runs.waited": "Esperó",
    "runs.took": "Duró",
    "runs.started": "Comenzó",
    "runs.attempt": "intento {n}",
    "runs.retried_by": "reintentado por {by}",
    "runs.retry": "Reintentar",
    "runs.retried.one": "Un trabajo vuelve a intentarse.",
    "runs.retried.many": "{n} trabajos vuelven a intentarse.",
    "runs.not_retried": "{n} no: {first}",
    "run.document": "Comprobante",
    "run.enqueued": "En cola desde",
    "run.finished": "Terminó",
    "run.attempt": "Intento",
    "run.queue": "Cola",
    "run.worker": "Proceso",
    "run.message": "Mensaje",
    "run.retried_by": "Reintentado por",
    "run.error": "Error",
    "run.traceback": "Traza",
    "run.arguments": "Argumentos",
    "run.summary": "Resumen",
    "run.retried": "Pedido: se vuelve a intentar en cuanto nada lo detenga.",
    "run.not_retried": "No se reintenta: {why}",
    "run.nothing_to_retry": "no falló, o su programa lo repite por sí solo",
}
