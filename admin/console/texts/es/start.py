"""The start page, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "start.live": "Actualizar sola",
    "start.still": "Se actualiza cada {seconds} s · detener",
    "start.no_tenants": "Todavía no hay contribuyentes.",
    "start.needing.one": "Un comprobante necesita a una persona.",
    "start.needing.many": "{n} comprobantes necesitan a una persona.",
    "start.look": "Los comprobantes avanzan, pero hay avisos que conviene mirar.",
    "start.moving.one": "Un comprobante está en camino; nada que hacer.",
    "start.moving.many": "{n} comprobantes están en camino; nada que hacer.",
    "start.calm": "Todo está emitido; nada que hacer.",
    "start.oldest": "El más antiguo sin terminar llegó",
    "start.last_tick": "Último barrido",
    "start.never_ticked": "El programador de barridos aún no ha corrido",
    "start.running": "{n} ejecuciones en curso",
    "start.more_than": "+{n}",
    "start.by_state": "Comprobantes por estado",
    "start.for_a_person": "Esperan a una persona",
    "start.halted": "emisión suspendida",
    "start.ride": "RIDE del",
    "start.see_all": "Ver los {n}",
    "start.alerts": "Alertas vigentes",
    "start.times": "{n} veces",
    "start.all_alerts": "Todas las alertas",
    "start.tenants": "Por contribuyente",
    "start.oldest_open": "Más antiguo sin terminar",
    "start.all_tenants": "Los {n} contribuyentes",
}
