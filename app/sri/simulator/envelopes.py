"""The simulator's side of SOAP: reads the two questions, writes answers shaped like the SRI's."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from app.ecuador import ECUADOR
from app.sri import wsdl
from app.sri.gateway import Message
from app.sri.simulator.script import Service

_OPERATIONS: Final = {
    Service.RECEPTION: ("validarComprobante", "xml", wsdl.RECEPTION_NAMESPACE),
    Service.AUTHORIZATION: (
        "autorizacionComprobante",
        "claveAccesoComprobante",
        wsdl.AUTHORIZATION_NAMESPACE,
    ),
}
_AMBIENTE: Final = {"1": "PRUEBAS", "2": "PRODUCCIÓN"}


class Unreadable(Exception):
    """The request is not the question its address expects; the text is the faultstring to answer."""


@dataclass(frozen=True)
class ReceptionAnswer:
    """What validarComprobante answers."""

    estado: str
    access_key: str = "N/A"
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Authorization:
    """One ``autorizacion``; ``at`` is aware, None leaves the date out; ``misplaced`` names the other ambiente."""

    estado: str
    access_key: str
    at: datetime | None = None
    comprobante: bytes = b""
    messages: tuple[Message, ...] = ()
    misplaced: bool = False


@dataclass(frozen=True)
class AuthorizationAnswer:
    """What autorizacionComprobante answers about ``access_key``."""

    access_key: str
    authorizations: tuple[Authorization, ...] = ()


def safe_parser() -> etree.XMLParser:
    """A parser that fetches nothing and expands nothing."""
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)


def read_question(service: Service, body: bytes) -> str:
    """The text of the one argument of ``service``: base64 XML, or an access key. Raises ``Unreadable``."""
    operation, argument, namespace = _OPERATIONS[service]
    try:
        root = etree.fromstring(body, safe_parser())
    except etree.XMLSyntaxError as error:
        raise Unreadable("Error reading XMLStreamReader.") from error
    wrapper = root.find(f"{{*}}Body/{{{namespace}}}{operation}")
    if wrapper is None:
        raise Unreadable("Unexpected wrapper element found.")
    return wrapper.findtext(f"{{*}}{argument}") or ""


def decode_document(text: str) -> bytes:
    """The bytes of a base64Binary. Raises ``Unreadable``."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("Unmarshalling Error") from error


def write_reception(answer: ReceptionAnswer) -> bytes:
    """The envelope of a reception."""
    document = (
        f"<comprobantes><comprobante><claveAcceso>{escape(answer.access_key)}</claveAcceso>"
        f"{_messages(answer.messages)}</comprobante></comprobantes>"
        if answer.messages
        else "<comprobantes/>"
    )
    inner = f"<estado>{escape(answer.estado)}</estado>{document}"
    return _envelope(
        Service.RECEPTION, f"<RespuestaRecepcionComprobante>{inner}</RespuestaRecepcionComprobante>"
    )


def write_authorization(answer: AuthorizationAnswer) -> bytes:
    """The envelope of an authorization."""
    items = "".join(_authorization(item) for item in answer.authorizations)
    inner = (
        f"<claveAccesoConsultada>{escape(answer.access_key)}</claveAccesoConsultada>"
        f"<numeroComprobantes>{len(answer.authorizations)}</numeroComprobantes>"
        f"<autorizaciones>{items}</autorizaciones>"
    )
    return _envelope(
        Service.AUTHORIZATION, f"<RespuestaAutorizacionComprobante>{inner}</RespuestaAutorizacionComprobante>"
    )


def write_fault(text: str) -> bytes:
    """The envelope of a SOAP Fault."""
    return _soap(
        f"<soap:Fault><faultcode>soap:Client</faultcode><faultstring>{escape(text)}</faultstring></soap:Fault>"
    )


def contract(service: Service, address: str) -> bytes:
    """The WSDL of one service, with the address it was asked at."""
    path = wsdl.RECEPTION if service is Service.RECEPTION else wsdl.AUTHORIZATION
    root = etree.parse(str(path), safe_parser()).getroot()
    for node in root.iter("{http://schemas.xmlsoap.org/wsdl/soap/}address"):
        node.set("location", address)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _authorization(item: Authorization) -> str:
    number = (
        f"<numeroAutorizacion>{item.access_key}</numeroAutorizacion>" if item.estado == "AUTORIZADO" else ""
    )
    at = (
        f"<fechaAutorizacion>{item.at.astimezone(ECUADOR).isoformat(timespec='milliseconds')}</fechaAutorizacion>"
        if item.at
        else ""
    )
    text = item.comprobante.decode("utf-8", "replace").replace("]]>", "]]]]><![CDATA[>")
    in_production = (item.access_key[23:24] == "2") is not item.misplaced
    ambiente = _AMBIENTE["2" if in_production else "1"]
    return (
        f"<autorizacion><estado>{escape(item.estado)}</estado>{number}{at}<ambiente>{ambiente}</ambiente>"
        f"<comprobante><![CDATA[{text}]]></comprobante>{_messages(item.messages)}</autorizacion>"
    )


def _messages(messages: Sequence[Message]) -> str:
    if not messages:
        return "<mensajes/>"
    return f"<mensajes>{''.join(map(_message, messages))}</mensajes>"


def _message(message: Message) -> str:
    detail = (
        f"<informacionAdicional>{escape(message.detail)}</informacionAdicional>" if message.detail else ""
    )
    return (
        f"<mensaje><identificador>{escape(message.code)}</identificador><mensaje>{escape(message.text)}</mensaje>"
        f"{detail}<tipo>{escape(message.kind)}</tipo></mensaje>"
    )


def _envelope(service: Service, inner: str) -> bytes:
    operation, _, namespace = _OPERATIONS[service]
    return _soap(f'<ns2:{operation}Response xmlns:ns2="{namespace}">{inner}</ns2:{operation}Response>')


def _soap(inner: str) -> bytes:
    opening = '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    return f"{opening}{inner}</soap:Body></soap:Envelope>".encode()
