"""Signed invoices, and the simulator asked by hand: what the tests of the SRI's two ends share."""

import base64
import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from documents_cast import ISSUER, ON, invoice
from lxml import etree
from signing_cast import NOW, START, ana, as_signing_key

from app import access_key, signing
from app.documents.base import Identity
from app.documents.factura import build_xml, from_json
from app.signing import SigningKey
from app.sri import wsdl
from app.sri.gateway import Environment
from app.sri.soap import SoapSri
from app.test_certificates import issue

RECEPTION = (wsdl.RECEPTION_PATH, wsdl.RECEPTION_NAMESPACE, "validarComprobante", "xml")
AUTHORIZATION = (
    wsdl.AUTHORIZATION_PATH,
    wsdl.AUTHORIZATION_NAMESPACE,
    "autorizacionComprobante",
    "claveAccesoComprobante",
)


class Clock:
    """A clock that tests wind."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Signed:
    """One invoice ready to be sent."""

    access_key: str
    xml: bytes

    def differently(self) -> "Signed":
        """The same invoice under the same key in other bytes, as validly signed."""
        unsigned = self.xml[: self.xml.index(b"<ds:Signature")] + b"</factura>"
        changed = unsigned.replace("María Núñez".encode(), "María Núñez Paz".encode())
        return replace(self, xml=signing.sign(changed, key_of(self.access_key[10:23]), NOW))


@cache
def key_of(ruc: str) -> SigningKey:
    """The signing key of a taxpayer; the key pair is Ana's, to save making one."""
    return as_signing_key(issue(ruc, f"TITULAR DE {ruc}", not_before=START, key=ana().key))


def signed(
    number: int = 7,
    *,
    ruc: str = ISSUER.ruc,
    on: date = ON,
    code: int = 12345678,
    environment: Environment = Environment.PRUEBAS,
    spoilt: Callable[[bytes], bytes] = lambda xml: xml,
    by: SigningKey | None = None,
    **changes: Any,
) -> Signed:
    """An invoice number 001-002-``number`` signed by its issuer, or ``by`` another key.

    ``spoilt`` has a go at its XML before it is signed.
    """
    issuer = replace(ISSUER, ruc=ruc, environment=environment)
    draft = from_json(invoice(**changes), on)
    key = access_key.build(on, "01", ruc, environment, "001", "002", number, code)
    xml = build_xml(draft.content, issuer, Identity(key, on, "001", "002", number))
    return Signed(key, signing.sign(spoilt(xml), by or key_of(ruc), NOW))


def envelope(service: tuple[str, str, str, str], content: str) -> bytes:
    _, namespace, operation, argument = service
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header/><e:Body>'
        f'<n:{operation} xmlns:n="{namespace}"><{argument}>{content}</{argument}></n:{operation}>'
        "</e:Body></e:Envelope>"
    ).encode()


def http_call(url: str, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, body, {"Content-Type": "text/xml"} if body else {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def offer(url: str, document: bytes) -> etree._Element:
    """The envelope that answers validarComprobante."""
    body = envelope(RECEPTION, base64.b64encode(document).decode())
    return etree.fromstring(http_call(url, "POST", RECEPTION[0], body)[1])


def ask(url: str, key: str) -> etree._Element:
    """The envelope that answers autorizacionComprobante."""
    return etree.fromstring(http_call(url, "POST", AUTHORIZATION[0], envelope(AUTHORIZATION, key))[1])


def said(answer: etree._Element) -> str:
    """Every estado and code of an answer in order, "DEVUELTA 35"; "0" when it holds no verdict."""
    found = (node.text for node in answer.iter("estado", "identificador"))
    return " ".join(text for text in found if text) or answer.findtext(".//numeroComprobantes") or ""


def offered(url: str, document: bytes) -> str:
    return said(offer(url, document))


def asked(url: str, key: str) -> str:
    return said(ask(url, key))


def client(url: str, *, connect_s: float = 1.0, read_s: float = 5.0, total_s: float = 5.0) -> SoapSri:
    """Our own client, bound to ``url``."""
    return SoapSri(
        url, connect_timeout_s=connect_s, read_timeout_s=read_s, total_timeout_s=total_s, pool_size=16
    )


@dataclass(frozen=True)
class Page:
    """One HTTP answer, as it is."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@contextmanager
def canned(page: Page, *, only: str = "") -> Iterator[str]:
    """The address of a server that answers with ``page`` at addresses that begin with ``only``, else with 404."""

    class Canned(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            self.send_response(page.status if self.path.startswith(only) else 404)
            for name, value in (("Content-Length", str(len(page.body))), *page.headers):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # the client had read enough
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Canned)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
