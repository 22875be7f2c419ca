"""Bulk operations, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "actor.run_bulk": "Operación sobre muchos comprobantes",
    "actor.continue_bulk": "Programa: seguir operaciones masivas",
    "actor.roll_up": "Programa: sumar contadores",
    "schedule.continue_bulk": "Seguir operaciones masivas",
    "schedule.continue_bulk.what": "Hace que sigan las operaciones masivas cuyo proceso se cayó.",
    "schedule.roll_up": "Sumar contadores",
    "schedule.roll_up.what": "Suma los contadores y prepara los gráficos de las páginas de inicio y de fallas.",
}
