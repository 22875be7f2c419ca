"""What the SRI can be asked, and every answer it can give. Refusal is a value, silence is an exception."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol


class Environment(IntEnum):
    """Ambiente (ficha tabla 4): where a comprobante counts. Digit 24 of every access key."""

    PRUEBAS = 1
    PRODUCCION = 2


@dataclass(frozen=True)
class Message:
    """One ``mensaje`` of the SRI: ``code`` is its identificador ("43"), ``kind`` its tipo ("ERROR")."""

    code: str
    text: str
    detail: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Answer:
    """What every answer carries: the messages, and the HTTP body as it came (capped) for the record."""

    messages: tuple[Message, ...] = ()
    http_status: int = 200
    raw: bytes = b""


@dataclass(frozen=True)
class Received(Answer):
    """RECIBIDA, or DEVUELTA with 43 or 70: the SRI holds this access key, whatever word it used."""


@dataclass(frozen=True)
class Returned(Answer):
    """DEVUELTA: the document never entered the SRI."""


@dataclass(frozen=True)
class TryAgain(Answer):
    """DEVUELTA with 50, the SRI's own internal error: the same bytes may be sent again."""


@dataclass(frozen=True)
class UnknownWord(Answer):
    """An ``estado`` nobody has told us about. Never read as a refusal."""

    word: str = ""


@dataclass(frozen=True)
class Authorized(Answer):
    """AUTORIZADO. ``comprobante`` is the document as returned, UTF-8 bytes; empty when the SRI sent none."""

    number: str = ""
    at: datetime | None = None
    comprobante: bytes = b""


@dataclass(frozen=True)
class Rejected(Answer):
    """NO AUTORIZADO (also RECHAZADO, RECHAZADA, NAT). ``at`` is aware UTC, None when the SRI sent none."""

    at: datetime | None = None
    comprobante: bytes = b""


@dataclass(frozen=True)
class InProcess(Answer):
    """EN PROCESO, EN PROCESAMIENTO, PPR: received and not decided."""


@dataclass(frozen=True)
class NotFound(Answer):
    """numeroComprobantes 0: either unknown to the SRI, or received and not yet processed."""


Reception = Received | Returned | TryAgain | UnknownWord
Verdict = Authorized | Rejected | InProcess | NotFound | UnknownWord


class Sri(Protocol):
    """One ambiente of the SRI. Raises ``Unavailable`` when there is no usable answer; every answer is a value."""

    def submit(self, signed_xml: bytes) -> Reception:
        """Offer one signed comprobante (validarComprobante, ficha 7.1)."""
        ...

    def query(self, access_key: str) -> Verdict:
        """Ask what became of a 49-digit access key (autorizacionComprobante, ficha 7.2)."""
        ...

    def visit(self) -> None:
        """See whether both services show their contract (``?wsdl``); nothing is asked about any document."""
        ...
