"""What a cause of trouble means, whose business it is, and what to do about it, in words.

A cause is the code on a row and its message without what only one occurrence says; the database names it (``cause``).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.errors import Text
from app.sri import codes


class Fault(StrEnum):
    """Whose business a trouble is; the order is that of urgency for a person."""

    BUG = "bug"  # of this service or its installation: whoever runs it
    CREDENTIAL = "credential"  # a certificate or a permit of the taxpayer
    CONTENT = "content"  # what was handed in is wrong: correct it
    DECIDE = "decide"  # a person must look and decide
    WAITING = "waiting"  # it is tried again by itself


@dataclass(frozen=True)
class Cause:
    """One cause explained. ``said`` is the message itself, with … and # for what differs."""

    code: str
    said: str
    fault: Fault
    meaning: Text
    remedy: Text


# Three lines a code: code | fault while it is tried again | fault once a person is needed; meaning; remedy.
_TABLE = """
pending | waiting | decide
El SRI todavía no decide. | The SRI has not decided yet.
Nada: se pregunta otra vez. | Nothing: it is asked again.
timeout | waiting | decide
El SRI no respondió a tiempo. | The SRI did not answer in time.
Nada: se pregunta otra vez. | Nothing: it is asked again.
deadline | waiting | decide
El SRI tardó más que el límite de una llamada. | The SRI took longer than a call may take.
Nada: se pregunta otra vez. | Nothing: it is asked again.
connect_timeout | waiting | decide
No se pudo conectar con el SRI a tiempo. | No connection to the SRI in time.
Nada: se intenta otra vez. Si dura, revise la red. | Nothing: it is tried again. If it lasts, look at the network.
refused | waiting | decide
El SRI no acepta conexiones. | The SRI accepts no connections.
Nada: se intenta otra vez. | Nothing: it is tried again.
reset | waiting | decide
La conexión con el SRI se cortó. | The connection to the SRI was cut.
Nada: primero se pregunta y después se reenvía. | Nothing: it is asked first, then sent again.
dns | waiting | bug
No se encontró la dirección del SRI. | The SRI's address was not found.
Revise el DNS y la dirección configurada del SRI. | Look at the DNS and the configured address of the SRI.
tls | waiting | bug
No se pudo establecer una conexión segura con el SRI. | No secure connection to the SRI.
Revise el reloj y las autoridades de certificación. | Look at the clock and the certificate authorities.
http | waiting | decide
El SRI respondió con un error del servidor. | The SRI answered with a server error.
Nada: se intenta otra vez. | Nothing: it is tried again.
fault | waiting | decide
El servicio del SRI respondió con una falla. | The SRI's service answered with a fault.
Nada: se intenta otra vez. | Nothing: it is tried again.
empty | waiting | decide
El SRI respondió sin contenido. | The SRI answered with nothing.
Nada: se intenta otra vez. | Nothing: it is tried again.
not_xml | waiting | decide
La respuesta del SRI no se puede leer. | The SRI's answer cannot be read.
Nada: se intenta otra vez. | Nothing: it is tried again.
not_soap | waiting | decide
La respuesta del SRI no es la de este servicio. | The answer is not of this service.
Nada: se intenta otra vez. Suele ser mantenimiento. | Nothing: it is tried again. Mostly it is maintenance.
dtd | waiting | bug
La respuesta del SRI trae algo no permitido. | The SRI's answer carries something forbidden.
Guarde la respuesta y avise a quien mantiene el sistema. | Keep the answer and tell whoever maintains the system.
too_large | waiting | bug
La respuesta del SRI es demasiado grande. | The SRI's answer is too large.
Guarde la respuesta y avise a quien mantiene el sistema. | Keep the answer and tell whoever maintains the system.
no_estado | waiting | decide
El SRI respondió sin decir un estado. | The SRI answered without a state.
Nada: se intenta otra vez. | Nothing: it is tried again.
no_verdict | waiting | decide
El SRI respondió sin decir una decisión. | The SRI answered without a verdict.
Nada: se pregunta otra vez. | Nothing: it is asked again.
wrong_key | waiting | decide
El SRI respondió sobre otro comprobante. | The SRI answered about another document.
Nada: se pregunta otra vez. | Nothing: it is asked again.
wrong_environment | bug | bug
La dirección configurada es la del otro ambiente. | The configured address is that of the other ambiente.
Corrija SRI_PRUEBAS_URL o SRI_PRODUCCION_URL. | Mend SRI_PRUEBAS_URL or SRI_PRODUCCION_URL.
NotFound | waiting | decide
El SRI todavía no conoce el comprobante. | The SRI does not know the document yet.
Nada: se pregunta otra vez y, si hace falta, se reenvía. | Nothing: it is asked again and, if need be, sent again.
TryAgain | waiting | decide
El SRI tuvo un error propio al recibirlo. | The SRI had an error of its own receiving it.
Nada: se reenvía lo mismo más tarde. | Nothing: the same is sent again later.
Rejected | waiting | decide
El SRI repite el rechazo de una versión anterior. | The SRI repeats its refusal of an earlier version.
Nada: se pregunta otra vez por la última. | Nothing: it is asked again about the last one.
unknown_word | waiting | decide
El SRI respondió con una palabra desconocida. | The SRI answered with an unknown word.
Lea la respuesta; el comprobante sigue pendiente. | Read the answer; the document stays pending.
undecided | decide | decide
El SRI no decidió dentro del plazo. | The SRI did not decide in time.
Búsquelo en el portal del SRI y reintente. | Look it up on the SRI's site, then retry.
no_certificate | credential | credential
El contribuyente no tiene certificado de firma. | The taxpayer has no signing certificate.
Cargue su certificado: los borradores siguen solos. | Load the certificate: drafts go on by themselves.
certificate_not_valid | credential | credential
El certificado de firma no está vigente. | The signing certificate is not valid now.
Cargue uno vigente: los borradores siguen solos. | Load a valid one: drafts go on by themselves.
sequence_exhausted | content | content
El punto de emisión no tiene más secuenciales. | The emission point has no number left.
Corrija el contenido con otro punto de emisión. | Correct the content with another emission point.
maybe_issued | decide | decide
Puede que la misma venta ya esté emitida. | The same sale may be issued already.
Compárelos; si es otra venta, reintente. | Compare them; if it is another sale, retry.
key_of_another_sale | bug | bug
El SRI tiene otra venta con esta clave de acceso. | The SRI has another sale under this access key.
Ejecute autoriza reconcile: la base olvidó números. | Run autoriza reconcile: the database forgot numbers.
held_back | decide | decide
Una persona lo retuvo para revisarlo. | A person held it back for review.
Revíselo; reintentarlo lo deja seguir. | Review it; a retry lets it go on.
failed | bug | bug
Un error del sistema detuvo este paso. | A fault of this system stopped this step.
Avise a quien mantiene el sistema; luego reintente. | Tell whoever maintains the system; then retry.
crashed | bug | bug
El proceso cayó varias veces trabajando en él. | The process died several times working on it.
Avise a quien mantiene el sistema; luego reintente. | Tell whoever maintains the system; then retry.
no_access_key | bug | bug
El comprobante no tiene clave de acceso. | The document has no access key.
Avise a quien mantiene el sistema. | Tell whoever maintains the system.
storage_away | waiting | bug
El almacén de archivos no guarda los RIDE. | The storage takes no RIDE.
Revise STORAGE_URL, permisos y espacio; sigue solo. | Look at STORAGE_URL, rights and space; it goes on by itself.
mail_later | waiting | content
El servidor de correo pidió volver más tarde. | The mail server asked to come again later.
Nada: se vuelve a enviar. | Nothing: it is sent again.
mail_maybe | waiting | content
No se sabe si el correo llegó a salir. | It is not known whether the mail left.
Nada: se reenvía con el mismo identificador. | Nothing: it is sent again under the same id.
mail_undelivered | content | content
El correo no salió dentro del plazo. | The mail did not leave in time.
Revise la dirección y reenvíe. | Look at the address and send again.
"""

_NOT_IN_THE_TABLE = (
    Text("El último intento no terminó.", "The last attempt did not end."),
    Text(
        "Lea el detalle; si dura, avise a quien mantiene el sistema.",
        "See the detail; if it lasts, report it.",
    ),
)
_TRIED_AGAIN = Text("Nada: se intenta otra vez.", "Nothing: it is tried again.")
_BY_ACTOR = {
    codes.Actor.NOBODY: Fault.WAITING,
    codes.Actor.WRITER: Fault.CONTENT,
    codes.Actor.TAXPAYER: Fault.CREDENTIAL,
    codes.Actor.OPERATOR: Fault.BUG,
}


@dataclass(frozen=True)
class _Row:
    meanwhile: Fault
    at_last: Fault
    meaning: Text
    remedy: Text


def _read_table() -> dict[str, _Row]:
    lines, rows = _TABLE.strip().splitlines(), {}
    for head, meaning, remedy in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        code, meanwhile, at_last = (cell.strip() for cell in head.split("|"))
        rows[code] = _Row(
            Fault(meanwhile),
            Fault(at_last),
            Text(*(cell.strip() for cell in meaning.split("|"))),
            Text(*(cell.strip() for cell in remedy.split("|"))),
        )
    return rows


OWN: Final = _read_table()
"""Codes of our own and of silences of the SRI; its message codes are in ``app.sri.codes``."""


def explain(cause: str, *, person: bool) -> Cause:
    """``cause`` as the database names it, in words; ``person`` says whether somebody is waited for."""
    code, _, said = cause.partition(" ")
    if row := OWN.get(code):
        return Cause(code, said, row.at_last if person else row.meanwhile, row.meaning, row.remedy)
    if not code.isdigit():
        fault = Fault.BUG if person else Fault.WAITING
        return Cause(code, said, fault, *_NOT_IN_THE_TABLE)
    known = codes.describe(code)
    fault = _fault_of(known, person)
    return Cause(code, said, fault, known.meaning, _TRIED_AGAIN if fault is Fault.WAITING else known.remedy)


def of_silence(silence: str) -> Cause:
    """What a silence of the SRI means, given as ``Unavailable`` says itself: its kind, then words for engineers."""
    return explain(silence.partition(":")[0], person=False)


def _fault_of(known: codes.MessageCode, person: bool) -> Fault:
    if not person:
        return Fault.WAITING
    if known.code not in codes.CATALOGUE:
        return Fault.DECIDE
    fault = _BY_ACTOR[known.actor]
    return Fault.DECIDE if fault is Fault.WAITING else fault
