"""Every kind of alert: how grave it is and its name for people. A new rule is a row here and its check."""

from dataclasses import dataclass
from typing import Literal

from app.errors import Text

Severity = Literal["info", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")


@dataclass(frozen=True)
class Kind:
    """``critical``: invoices do not go out, or something was lost or forged; ``warning``: somebody has to act, if
    only for a single buyer; ``info``: nobody has to.

    An ``event`` is over as it happens: it is told of once, and its end never.
    """

    severity: Severity
    title: Text
    event: bool = False


def _kind(severity: Severity, es: str, en: str) -> Kind:
    return Kind(severity, Text(es, en))


KINDS: dict[str, Kind] = {
    # raised by the steps, when they meet it
    "unknown_sri_word": _kind("critical", "Palabra desconocida del SRI", "Unknown word from the SRI"),
    "unknown_sri_code": _kind("warning", "Código desconocido del SRI", "Unknown code from the SRI"),
    "other_bytes_authorized": _kind(
        "critical", "El SRI autorizó otro comprobante", "The SRI authorized other bytes"
    ),
    "earlier_version_authorized": _kind(
        "critical", "El SRI autorizó una versión anterior", "The SRI authorized an earlier version"
    ),
    "number_of_another_document": _kind(
        "critical", "El número es de otro comprobante", "The number is another document's"
    ),
    "key_of_another_sale": _kind("critical", "La clave es de otra venta", "The access key is another sale's"),
    "reconcile": _kind(
        "critical", "El SRI tiene un comprobante ilegible", "The SRI holds a document that cannot be read"
    ),
    "undecided": _kind("warning", "El SRI no decidió", "The SRI did not decide"),
    "halted": _kind("critical", "Emisión suspendida", "Issuing is halted"),
    "paused": _kind("warning", "Algo está en pausa", "Something is paused"),
    "no_certificate": _kind("critical", "Sin certificado de firma", "No signing certificate"),
    "certificate_not_valid": _kind("critical", "Certificado no vigente", "Certificate not valid"),
    "certificate_ends": _kind("warning", "El certificado está por caducar", "The certificate ends soon"),
    "no_access_key": _kind("critical", "Comprobante sin clave de acceso", "Document without an access key"),
    "storage_away": _kind("critical", "El almacén no guarda archivos", "The storage takes no files"),
    "ride_altered": _kind("critical", "Archivo RIDE alterado", "A RIDE file was altered"),
    "mail_away": _kind("warning", "Servidor de correo sin respuesta", "The mail server does not answer"),
    "mail_refused": _kind("warning", "Correo rechazado", "Mail refused"),
    "mail_undelivered": _kind("warning", "Correo no entregado", "Mail not delivered"),
    "invariant_violated": _kind("critical", "Algo no cuadra en los registros", "The records do not add up"),
    # found by the rules that look every minute
    "job_fails": _kind("warning", "Un trabajo falla seguido", "A job fails again and again"),
    "run_too_long": _kind("warning", "Una ejecución no termina", "A run does not end"),
    "too_many_pending": _kind("warning", "Demasiados comprobantes en espera", "Too many documents wait"),
    "waits_too_long": _kind("warning", "Un comprobante espera demasiado", "A document has waited too long"),
    "new_failure_group": _kind(
        "warning", "Una falla nueva espera a una persona", "A new failure needs a person"
    ),
    "tick_missed": _kind("warning", "Un programa no corrió", "A schedule did not run"),
    "worker_silent": _kind("critical", "Nadie atiende una cola", "Nobody serves a queue"),
    "scheduler_silent": _kind("critical", "El programador no responde", "The scheduler is silent"),
    "circuit_open": _kind("warning", "El SRI no responde", "The SRI does not answer"),
    "sequence_gap": _kind("critical", "La numeración no cuadra", "The numbering does not add up"),
    "disk_full": _kind("critical", "Queda poco disco", "The disk is nearly full"),
    "redis_trouble": _kind("critical", "Redis con problemas", "Redis is in trouble"),
    "clock_skew": _kind("critical", "Relojes distintos", "Clocks disagree"),
    "notice_undelivered": _kind("critical", "Un aviso no sale", "A notice does not get out"),
    # what happened, good or bad: graver when somebody has to act
    "batch_finished": Kind("info", Text("Terminó un lote", "A batch is over"), event=True),
}


def severity_of(kind: str) -> Severity:
    """How grave ``kind`` is; a kind that an older or newer release knows is a warning."""
    known = KINDS.get(kind)
    return known.severity if known else "warning"
