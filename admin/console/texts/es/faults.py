"""Failures by cause, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.faults": "Fallas",
    "faults.lead": "Lo que no avanza, agrupado por causa; primero lo que detiene más dinero.",
    "faults.classes": "De quién depende",
    "faults.remedy": "Qué hacer:",
    "faults.blocked": "Dinero detenido:",
    "faults.tenants": "Contribuyentes",
    "faults.first": "El más antiguo",
    "faults.last": "El más reciente",
    "faults.sample": "Mensaje de ejemplo",
    "faults.see": "Ver los comprobantes",
    "faults.retry_all": "Reintentar todos ({n})",
    "faults.resend_all": "Reenviar todos ({n})",
    "faults.none": "Nada está detenido: no hay ninguna falla.",
    "faults.whole_stage": "Todo lo que está en esta etapa, lo más antiguo primero.",
    "faults.nothing_left": "Ya no queda nada aquí.",
    "faults.detail": "Detalle",
    "fault.bug": "Falla del sistema",
    "fault.credential": "Falta una credencial o un permiso",
    "fault.content": "Hay que corregir el contenido",
    "fault.decide": "Una persona debe decidir",
    "fault.waiting": "Se reintenta solo",
}
