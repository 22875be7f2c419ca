"""Where a document stands and in which ambiente it is: the names people read."""

from typing import Final

from app.errors import Text
from app.lifecycle import State

STATES: Final[dict[str, Text]] = {
    State.DRAFT: Text("Borrador", "Draft"),
    State.SIGNED: Text("Firmado", "Signed"),
    State.PENDING_AUTHORIZATION: Text("Por autorizar", "Pending authorization"),
    State.RETURNED: Text("Devuelto", "Returned"),
    State.REJECTED: Text("No autorizado", "Not authorized"),
    State.AUTHORIZED: Text("Autorizado", "Authorized"),
}
AMBIENTES: Final[dict[int, str]] = {1: "PRUEBAS", 2: "PRODUCCIÓN"}
