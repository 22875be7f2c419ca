"""What people call the schedules: the console, alerts and notices say the same."""

from collections.abc import Mapping
from typing import Final

from app.errors import Language, Text

NAMES: Final[Mapping[str, Text]] = {
    "sign_drafts": Text("Firmar borradores", "Sign drafts"),
    "submit_signed": Text("Enviar al SRI", "Send to the SRI"),
    "check_pending_authorizations": Text("Consultar autorizaciones", "Ask for authorizations"),
    "generate_rides": Text("Generar RIDE", "Make RIDEs"),
    "deliver_documents": Text("Enviar a los compradores", "Send to buyers"),
    "end_pauses": Text("Terminar pausas", "End pauses"),
    "reconcile_rides": Text("Revisar archivos de RIDE", "Check RIDE files"),
    "keep_house": Text("Limpieza", "Keep house"),
    "check_invariants": Text("Revisar la integridad", "Check the invariants"),
    "watch_certificates": Text("Vigilar certificados", "Watch certificates"),
    "roll_up": Text("Sumar contadores", "Add up counters"),
    "continue_bulk": Text("Seguir operaciones masivas", "Go on with bulk operations"),
    "evaluate_alerts": Text("Evaluar alertas", "Evaluate alerts"),
}


def called(schedule: str) -> Text:
    """The schedule by its name for people; by its own, when it has none."""
    return NAMES.get(schedule, Text(schedule, schedule))


def texts(language: Language) -> dict[str, str]:
    """Each name in ``language``, by the key under which the console's texts have it."""
    return {f"schedule.{schedule}": name.read_in(language) for schedule, name in NAMES.items()}
