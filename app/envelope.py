"""The ``<autorizacion>`` envelope: a comprobante together with the SRI's yes, the file that counts as the invoice."""

from datetime import datetime
from xml.sax.saxutils import escape

from app.ecuador import ECUADOR

_AMBIENTES = {1: "PRUEBAS", 2: "PRODUCCIÓN"}


def envelope(comprobante: bytes, *, number: str, authorized_at: datetime | None, environment: int) -> bytes:
    """The authorization of ``comprobante`` in the SRI's own form, UTF-8; what it authorized is inside unchanged.

    The date is left out when the SRI gave none. The same arguments give the same bytes.
    """
    at = authorized_at.astimezone(ECUADOR).isoformat() if authorized_at else ""
    date = f"<fechaAutorizacion>{at}</fechaAutorizacion>\n" if at else ""
    inside = _text(comprobante).replace("]]>", "]]]]><![CDATA[>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<autorizacion>\n<estado>AUTORIZADO</estado>\n'
        f"<numeroAutorizacion>{escape(number)}</numeroAutorizacion>\n{date}"
        f"<ambiente>{_AMBIENTES[environment]}</ambiente>\n"
        f"<comprobante><![CDATA[{inside}]]></comprobante>\n<mensajes/>\n</autorizacion>\n"
    ).encode()


def _text(comprobante: bytes) -> str:
    try:
        return comprobante.decode("utf-8").lstrip("\ufeff")
    except UnicodeDecodeError:
        return comprobante.decode("latin-1")
