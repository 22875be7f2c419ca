"""What an alert is about, for people: its subject is a key, of which only one alert of a kind stands."""

from typing import Final

from app.errors import Text

_WORDS: Final = {
    "draft": Text("borradores por firmar", "drafts to be signed"),
    "signed": Text("firmados por enviar", "signed documents to be sent"),
    "pending_authorization": Text("enviados que el SRI no decide", "documents the SRI has not decided on"),
    "ride": Text("autorizados sin RIDE", "authorized documents without a RIDE"),
    "pending": Text("comprobantes que esperan al SRI", "documents that wait for the SRI"),
    "signing": Text("la firma", "signing"),
    "storage": Text("el almacén de archivos", "the storage of files"),
    "smtp": Text("el servidor de correo", "the mail server"),
    "scheduler": Text("el programador", "the scheduler"),
    "disk": Text("el disco", "the disk"),
    "redis": Text("Redis", "Redis"),
    "clock": Text("el reloj", "the clock"),
}
_HALTS: Final = {
    "manual": Text("a mano", "by hand"),
    "restored": Text("por restaurar la base de datos", "since the database was restored"),
}
_SERVICES: Final = {"recepción": "reception", "autorización": "authorization"}


def in_words(kind: str, subject: str) -> Text:
    """What the alert ``kind`` about ``subject`` is about; a key, number or address as it is."""
    match kind:
        case "worker_silent":
            return Text(f"la cola «{subject}»", f"the queue '{subject}'")
        case "halted":
            return _halted(*subject.rsplit(" ", 1))
        case "circuit_open":
            service, _, place = subject.partition(" de ")
            return Text(subject, f"{_SERVICES.get(service, service)} in {place}")
    return _WORDS.get(subject, Text(subject, subject))


def _halted(code: str, where: str = "") -> Text:
    why = _HALTS.get(code, Text(code, code))
    if where == "tenant":
        return Text(f"todo el contribuyente ({why.es})", f"the whole taxpayer ({why.en})")
    return Text(f"establecimiento {where} ({why.es})", f"establishment {where} ({why.en})")
