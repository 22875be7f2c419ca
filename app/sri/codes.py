"""The SRI's message codes (ficha section 11): what each means, who must act, what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.errors import Text


class Stage(StrEnum):
    """Where the SRI raises a code."""

    RECEPTION = "R"  # DEVUELTA: the SRI keeps nothing
    AUTHORIZATION = "A"  # NO AUTORIZADO: the SRI keeps the document
    ISSUER = "E"  # the issuer is expected to check it himself
    WARNING = "W"  # authorized all the same
    QUERY = "Q"  # an answer about the question, not about the document


class Actor(StrEnum):
    """Who must act before anything can move."""

    NOBODY = "nobody"
    TAXPAYER = "taxpayer"  # before the SRI or the certificate's issuer
    WRITER = "writer"  # whoever wrote the document's content
    OPERATOR = "operator"  # whoever runs or makes this service


class Follow(StrEnum):
    """What happens to the document next."""

    POLL = "poll"  # the SRI holds it: ask for the verdict
    RESEND = "resend"  # the same bytes again, later
    CORRECT = "correct"  # back to draft, same key and number
    NEW_KEY = "new_key"  # back to draft, same number, new date and so a new key
    NEW_NUMBER = "new_number"  # ask for our own earlier keys first; then a person may take a new number
    HALT_TENANT = "halt_tenant"  # nothing more of this taxpayer is signed or sent
    HALT_ESTABLISHMENT = "halt_establishment"  # nothing more of this establishment is signed or sent
    PERSON = "person"  # a person must read it and decide
    SHOW = "show"  # a remark to show, nothing to do


@dataclass(frozen=True)
class MessageCode:
    """One row of the catalogue; ``text`` is the SRI's own wording, ``meaning`` and ``remedy`` are ours."""

    code: str
    text: str
    stages: frozenset[Stage]
    actor: Actor
    follow: Follow
    meaning: Text
    remedy: Text


# Three lines a code: code | the SRI's text | stages | actor | follow; meaning es | en; remedy es | en.
_TABLE = """
2 | RUC DEL EMISOR NO ACTIVO | A | taxpayer | halt_tenant
El RUC del emisor no está activo. | The issuer's RUC is not active.
Regularice el RUC en el SRI y levante la suspensión. | Put the RUC in order at the SRI, then lift the halt.
10 | ESTABLECIMIENTO CLAUSURADO | A | taxpayer | halt_establishment
El SRI clausuró este establecimiento. | The SRI has closed this establishment by sanction.
Resuelva la clausura en el SRI y levante la suspensión. | Settle it with the SRI, then lift the halt.
26 | TAMAÑO MÁXIMO SUPERADO | R | writer | correct
El comprobante pasa de 320 KB. | The document is larger than 320 KB.
Divídalo en varios comprobantes. | Split it into several documents.
27 | CLASE NO PERMITIDA | A | taxpayer | halt_tenant
La clase de contribuyente no puede emitir este comprobante. | This class of taxpayer may not issue it.
Consulte su clase de contribuyente en el SRI. | Review the taxpayer's class with the SRI.
28 | ACUERDO DE MEDIOS ELECTRÓNICOS NO ACEPTADO | R | taxpayer | person
Falta aceptar el acuerdo de medios electrónicos. | The agreement on electronic means was not accepted.
Acéptelo en SRI en línea y vuelva a enviar. | Accept it on the SRI's site, then send again.
34 | COMPROBANTE NO AUTORIZADO | E | taxpayer | person
El emisor no tiene permiso para este tipo de comprobante. | The issuer has no permit for this document type.
Solicite el permiso en SRI en línea. | Request the permit on the SRI's site.
35 | DOCUMENTO INVÁLIDO | R | writer | correct
El XML no cumple la estructura del esquema. | The XML does not follow the schema.
Corrija lo que indica el detalle; clave y número quedan. | Correct what the detail says; key and number stay.
36 | VERSIÓN ESQUEMA DESCONTINUADA | R | operator | person
La versión del esquema ya no se acepta. | This schema version is no longer accepted.
Actualice el sistema a una versión vigente. | Update the system to a current version.
37 | RUC SIN AUTORIZACIÓN DE EMISIÓN | A | taxpayer | halt_tenant
El RUC no tiene autorización de emisión en este ambiente. | The RUC may not issue in this environment.
Solicítela en SRI en línea para este ambiente. | Request it on the SRI's site for this environment.
39 | FIRMA INVALIDA | A | taxpayer | correct
El SRI no acepta la firma electrónica. | The SRI does not accept the electronic signature.
Revise el certificado según el detalle y firme lo mismo de nuevo. | Mend what the detail says of it; sign the same anew.
40 | ERROR EN EL CERTIFICADO | A | taxpayer | correct
El certificado de firma tiene un error. | The signing certificate has an error.
Cargue otro certificado y firme lo mismo de nuevo. | Load another certificate and sign the same anew.
42 | CERTIFICADO REVOCADO | E | taxpayer | correct
El certificado está revocado o caducado. | The certificate is revoked or expired.
Cargue un certificado vigente y firme lo mismo de nuevo. | Load a valid certificate and sign the same anew.
43 | CLAVE ACCESO REGISTRADA | R | nobody | poll
El SRI ya tiene esta clave de acceso. | The SRI already holds this access key.
Nada: se consulta la autorización. | Nothing: its authorization is asked for.
45 | SECUENCIAL REGISTRADO | R | writer | new_number
Otra clave de acceso ya usó este número. | Another access key already took this number.
Busque quién usó el número antes de tomar uno nuevo. | Find out who used the number before taking a new one.
46 | RUC NO EXISTE | A | writer | correct
Un RUC del comprobante no existe. | A RUC in the document does not exist.
Corrija el RUC; clave y número se mantienen. | Correct the RUC; key and number stay.
47 | TIPO DE COMPROBANTE NO EXISTE | R | operator | person
El SRI no conoce el tipo de comprobante. | The SRI does not know this document type.
Avise a quien mantiene el sistema. | Tell whoever maintains the system.
48 | ESQUEMA XSD NO EXISTE | R | operator | person
El SRI no tiene esquema para esta versión. | The SRI has no schema for this version.
Avise a quien mantiene el sistema. | Tell whoever maintains the system.
49 | ARGUMENTOS QUE ENVÍAN AL WS NULOS | R | operator | person
La llamada llegó sin contenido. | The call arrived without content.
Avise a quien mantiene el sistema. | Tell whoever maintains the system.
50 | ERROR INTERNO GENERAL | R | nobody | resend
El SRI tuvo un error propio. | The SRI had an error of its own.
Nada: se reenvía lo mismo más tarde. | Nothing: the same is sent again later.
52 | ERROR EN DIFERENCIAS | A/E | writer | correct
Los totales no cuadran con el detalle. | The totals do not match the lines.
Corrija los valores; clave y número se mantienen. | Correct the amounts; key and number stay.
56 | ESTABLECIMIENTO CERRADO | A | taxpayer | halt_establishment
El establecimiento está cerrado en el RUC. | The establishment is closed in the RUC.
Reabra el establecimiento o emita desde otro. | Reopen the establishment or issue from another.
57 | AUTORIZACIÓN SUSPENDIDA | A | taxpayer | halt_tenant
La autorización de emisión está suspendida. | The permit to issue is suspended.
Regularícela en el SRI y levante la suspensión. | Put it in order at the SRI, then lift the halt.
58 | ERROR EN LA ESTRUCTURA DE CLAVE DE ACCESO | A | operator | person
La clave de acceso no coincide con el comprobante. | The access key does not match the document.
Avise a quien mantiene el sistema. | Tell whoever maintains the system.
59 | IDENTIFICACIÓN NO EXISTE | W | nobody | show
La identificación del comprador no existe. | The buyer's identification does not exist.
El comprobante vale; revise el dato del cliente. | The document is valid; review the buyer's data.
60 | ESTE PROCESO FUE REALIZADO EN EL AMBIENTE DE PRUEBAS | W | nobody | show
Se procesó en el ambiente de pruebas. | It was processed in the test environment.
Nada: no tiene validez tributaria. | Nothing: it has no fiscal effect.
62 | IDENTIFICACIÓN INCORRECTA | W | nobody | show
La identificación del comprador es incorrecta. | The buyer's identification is wrong.
El comprobante vale; revise el dato del cliente. | The document is valid; review the buyer's data.
63 | RUC CLAUSURADO | A | taxpayer | halt_tenant
El RUC del emisor está clausurado. | The issuer's RUC is closed by sanction.
Resuelva la clausura en el SRI y levante la suspensión. | Settle it with the SRI, then lift the halt.
64 | CÓDIGO DOCUMENTO SUSTENTO | E | writer | correct
El código del documento de sustento no es válido. | The supporting document's code is not valid.
Corrija el documento de sustento. | Correct the supporting document.
65 | FECHA DE EMISIÓN EXTEMPORÁNEA | R | writer | new_key
La fecha de emisión es muy antigua o futura. | The issue date is too old or in the future.
Corrija la fecha: cambia la clave, el número se mantiene. | Correct the date: new key, same number.
67 | FECHA INVÁLIDA | R | operator | person
Una fecha no tiene un formato válido. | A date has no valid format.
Avise a quien mantiene el sistema. | Tell whoever maintains the system.
68 | DOCUMENTO SUSTENTO NO EXISTE COMO ELECTRÓNICO | W | nobody | show
El SRI no encuentra el documento de sustento. | The SRI does not find the supporting document.
El comprobante vale; revise el sustento. | The document is valid; review its support.
69 | IDENTIFICACIÓN DEL RECEPTOR | E | writer | correct
El RUC del comprador no existe. | The buyer's RUC does not exist.
Corrija la identificación del comprador. | Correct the buyer's identification.
70 | CLAVE DE ACCESO EN PROCESAMIENTO | R | nobody | poll
El SRI está procesando esta clave de acceso. | The SRI is processing this access key.
Nada: se consulta la autorización. | Nothing: its authorization is asked for.
80 | ERROR EN LA ESTRUCTURA DE CLAVE DE ACCESO | A/Q | operator | person
La clave consultada no tiene forma válida. | The key asked about is malformed.
Avise a quien mantiene el sistema. | Tell whoever maintains the system.
82 | FECHA INICIO DE TRANSPORTE | R | writer | correct
El transporte empieza antes de la fecha de la guía. | Transport starts before the waybill's date.
Corrija la fecha de inicio de transporte. | Correct the start of transport.
92 | MONTO DE DEVOLUCIÓN DEL IVA | R | writer | correct
El monto de devolución del IVA no es válido. | The amount of VAT refund is not valid.
Corrija el monto de devolución del IVA. | Correct the VAT refund.
99 | ERROR AL CONSULTAR DATOS | Q | nobody | show
El SRI no pudo responder la consulta. | The SRI could not answer the query.
Nada: no dice nada del comprobante. | Nothing: it says nothing about the document.
"""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _row(head: str, meaning: str, remedy: str) -> MessageCode:
    code, text, stages, actor, follow = _cells(head)
    return MessageCode(
        code,
        text,
        frozenset(Stage(stage) for stage in stages.split("/")),
        Actor(actor),
        Follow(follow),
        Text(*_cells(meaning)),
        Text(*_cells(remedy)),
    )


def _read_table() -> Mapping[str, MessageCode]:
    lines = _TABLE.strip().splitlines()
    rows = [_row(*triple) for triple in zip(lines[::3], lines[1::3], lines[2::3], strict=True)]
    return MappingProxyType({row.code: row for row in rows})


def _codes(*follows: Follow) -> frozenset[str]:
    return frozenset(code for code, row in CATALOGUE.items() if row.follow in follows)


CATALOGUE: Final = _read_table()
ALREADY_HELD: Final = _codes(Follow.POLL)
"""DEVUELTA with one of these means that the SRI has the document: ask for its verdict."""
RETRY: Final = _codes(Follow.RESEND)
"""DEVUELTA with one of these is the SRI's own trouble: the same bytes again."""
HALTS_TENANT: Final = _codes(Follow.HALT_TENANT)
HALTS_ESTABLISHMENT: Final = _codes(Follow.HALT_ESTABLISHMENT)
ABOUT_THE_QUESTION: Final = frozenset(code for code, row in CATALOGUE.items() if Stage.QUERY in row.stages)
"""Codes that may judge the query instead of the document."""
OF_THE_CERTIFICATE: Final = frozenset({"39", "40", "42"})
SIGNED_ANEW: Final = _codes(Follow.NEW_KEY) | frozenset(
    code for code, row in CATALOGUE.items() if row.actor is Actor.TAXPAYER
)
"""What refuses no content: the certificate, a permit or the day of the signature. The same, signed anew, may pass."""
HALTING: Final = HALTS_TENANT | HALTS_ESTABLISHMENT


def describe(code: str) -> MessageCode:
    """The catalogue's row; for a code outside it, a row that leaves the decision to a person."""
    return CATALOGUE.get(code) or MessageCode(
        code,
        "",
        frozenset(),
        Actor.OPERATOR,
        Follow.PERSON,
        Text(
            "El SRI usó un código que no está en su ficha técnica.", "The SRI used a code outside its manual."
        ),
        Text("Lea el mensaje del SRI y decida.", "Read the SRI's message and decide."),
    )
