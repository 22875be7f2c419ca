"""What was handed in together: the list of batches and the page of one."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.batches": "Lotes",
    "batch.one": "Lote",
    "batch.title": "Lote «{called}»",
    "batch.documents": "Comprobantes",
    "batch.size": "comprobantes: {n}; archivos: {files}",
    "batch.search": "Buscar entre ellos",
    "batch.see": "Ver su lote",
    "batch.see_all": "Ver los lotes",
    "batch.by": "lo entregó {by},",
    "batch.is_moving": "En camino",
    "batch.is_over": "Terminado",
    "batch.over": "Todo terminó: nada espera.",
    "batch.over_with": "Nada se mueve ya; {n} esperan a una persona.",
    "batch.so_far": "{moving} en camino; {failed} esperan a una persona.",
    "batch.sri_away": "El SRI no responde desde {since} (servicio de {service}): lo que falta sigue solo en cuanto "
    "responda.",
    "batch.left": "A este paso, quedan unos {span}.",
    "batch.ended": "terminó. Autorizados: {authorized}; necesitaban a una persona: {waiting} "
    "(rechazados por el SRI: {refused}).",
    "batch.failed": "Esperan a una persona ({n})",
    "batch.retry": "Reintentarlos ({n})",
    "batch.hold": "Retener los que faltan ({n})",
    "batch.hold.what": "Los que aún no se enviaron esperan desde ahora a una persona. Lo que ya va en camino al SRI "
    "no se corta.",
    "batch.let_go": "Dejar seguir los retenidos ({n})",
    "batch.let_go.what": "Los que una persona retuvo siguen su camino.",
    "act.hold": "Retener para revisarlo",
    "act.done.hold": "Retenido: espera a una persona; reintentarlo lo deja seguir.",
    "action.held_back": "Retener para revisión",
    "bulk.action.hold": "Retener para revisión",
    "bulk.because.sent_already": "ya se envió, o pudo llegar al SRI",
    "bulk.because.waits_already": "ya espera a una persona",
    "summary.batches": "lotes terminados",
    "action.batch_finished": "Terminó un lote",
    "import.called": "Nombre del lote",
    "import.called_hint": "Opcional, cuando son varios archivos; vacío es el nombre del primero.",
}
