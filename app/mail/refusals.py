"""Why a buyer's mail server refused a message, in words, from the status it gave (RFC 3463)."""

import re
from typing import Final

from app.errors import Text

_STATUS: Final = re.compile(r"\b[45]\.(\d{1,3})\.(\d{1,3})\b")
_BY_STATUS: Final = {
    "1.1": Text("esa dirección no existe", "there is no such address"),
    "1.2": Text("no existe el dominio de esa dirección", "the address's domain does not exist"),
    "1.3": Text("esa dirección está mal escrita", "the address is written wrongly"),
    "1.6": Text("el buzón se mudó a otra dirección", "the mailbox has moved to another address"),
    "1.10": Text("ese dominio no recibe correo", "that domain takes no mail"),
    "2.1": Text("el buzón está desactivado", "the mailbox is disabled"),
    "2.2": Text("el buzón está lleno", "the mailbox is full"),
    "2.3": Text("el mensaje es demasiado grande para ese buzón", "the message is too large for that mailbox"),
    "3.4": Text("el mensaje es demasiado grande", "the message is too large"),
    "4.1": Text("el servidor del comprador no respondió", "the buyer's server did not answer"),
    "4.4": Text("no se encuentra el servidor del comprador", "the buyer's server is not found"),
    "4.7": Text("no se pudo entregar a tiempo", "it could not be delivered in time"),
}
_BY_CLASS: Final = {
    "1": Text("algo falla con esa dirección", "something is wrong with that address"),
    "2": Text("el buzón no recibe mensajes", "the mailbox takes no messages"),
    "4": Text("no se llega al servidor del comprador", "the buyer's server cannot be reached"),
    "7": Text(
        "el servidor del comprador no admite este mensaje por sus reglas",
        "the buyer's server does not allow this message by its rules",
    ),
}
_UNTOLD: Final = Text("el servidor del comprador no lo aceptó", "the buyer's server did not accept it")


def meaning(said: str | None) -> Text:
    """What the server's words say, as far as they carry a status that is known."""
    found = _STATUS.search(said or "")
    if found is None:
        return _UNTOLD
    return _BY_STATUS.get(f"{found[1]}.{found[2]}") or _BY_CLASS.get(found[1], _UNTOLD)
