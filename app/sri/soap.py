"""The SRI over SOAP: the only door to its sockets. Every odd answer leaves here as ``Unavailable``."""

import io
import math
import socket
import ssl
import time
from contextvars import ContextVar
from http.client import HTTPException, HTTPResponse
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import certifi
import urllib3
import zeep
from lxml import etree
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from zeep import exceptions as zeep_exceptions
from zeep.loader import parse_xml

from app.errors import Misconfigured, Unavailable
from app.sri import wsdl
from app.sri.answers import RAW_CAP, Reply, read_reception, read_verdict
from app.sri.gateway import Reception, Verdict

SIZE_CAP: Final = 4 * 1024 * 1024
"""Bytes of an answer; a comprobante has at most 320 KB, so a larger answer is not one."""

LOWER_ERRORS: Final = (
    urllib3.exceptions.HTTPError,
    zeep_exceptions.Error,
    etree.LxmlError,
    HTTPException,
    OSError,
)
"""All that the libraries below may raise; each becomes ``Unavailable``."""

_CHUNK: Final = 65536
_WSDL: Final = "{http://schemas.xmlsoap.org/wsdl/}definitions"
_HEADERS: Final = {"User-Agent": "autoriza", "Accept-Encoding": "gzip, deflate"}
_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)
# zeep declares itself typed and is not.
_make_client: Any = zeep.Client
_parse_safely: Any = parse_xml
_BaseTransport: Any = zeep.Transport


class SoapSri:
    """One ambiente of the SRI; thread safe, one pool of connections, never sends anything twice by itself.

    ``base_url`` is scheme and host (``https://celcer.sri.gob.ec``). Limits in seconds: to connect (an address
    of the host), between two bytes, and for a call as a whole. Proxies and credentials of the environment are
    ignored. Raises ``Misconfigured`` when ``base_url`` is no web address.
    """

    def __init__(
        self,
        base_url: str,
        *,
        connect_timeout_s: float,
        read_timeout_s: float,
        total_timeout_s: float,
        pool_size: int,
    ) -> None:
        if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname:
            raise Misconfigured(f"SRI address {base_url!r}: expected http(s)://host")
        base = base_url.rstrip("/")
        limits = (connect_timeout_s, read_timeout_s, total_timeout_s)
        self._connections = _connections(pool_size)
        transport = _Transport(self._connections, *limits)
        self._reception = _Service(
            wsdl.RECEPTION, "validarComprobante", base + wsdl.RECEPTION_PATH, transport
        )
        self._authorization = _Service(
            wsdl.AUTHORIZATION, "autorizacionComprobante", base + wsdl.AUTHORIZATION_PATH, transport
        )

    def submit(self, signed_xml: bytes) -> Reception:
        """Offer one signed comprobante, its bytes unchanged (validarComprobante, ficha 7.1)."""
        return read_reception(self._reception.call(xml=signed_xml), signed_xml)

    def query(self, access_key: str) -> Verdict:
        """Ask what became of a 49-digit access key (autorizacionComprobante, ficha 7.2)."""
        return read_verdict(self._authorization.call(claveAccesoComprobante=access_key), access_key)

    def visit(self) -> None:
        """See whether both services show their contract; nothing is asked about any document."""
        for service in (self._reception, self._authorization):
            service.visit()

    def close(self) -> None:
        """Give the pooled connections back."""
        self._connections.clear()


class _Service:
    """One operation at one address: zeep writes the envelope, posts it, and recognises a fault."""

    def __init__(self, contract: object, operation: str, url: str, transport: "_Transport") -> None:
        # Strict and by the contract would refuse a reordered answer, lax would read it as empty: zeep hands
        # over the envelope instead, and app.sri.answers reads it.
        self._settings = zeep.Settings(strict=True, forbid_dtd=True, xml_huge_tree=False, raw_response=True)
        self._client = _make_client(str(contract), transport=transport, settings=self._settings)
        name, self._binding = next(iter(self._client.wsdl.bindings.items()))
        self._operation = self._binding.get(operation)
        self._ask = self._client.create_service(name, url)[operation]
        self._transport, self._contract_url = transport, f"{url}?wsdl"

    def visit(self) -> None:
        """Raises ``Unavailable`` unless a WSDL is what its address shows."""
        try:
            status, body = self._transport.look(self._contract_url)
        except LOWER_ERRORS as error:
            raise _without_answer(error) from error
        if status != 200:
            raise _unusable("http", f"{self._contract_url}: HTTP status {status}", status, body)
        try:
            root = _parse_safely(body, self._transport, settings=self._settings)
        except LOWER_ERRORS as error:
            raise _unusable("not_xml", f"{self._contract_url}: no WSDL ({error})", status, body) from error
        if root.tag != _WSDL:
            raise _unusable("not_soap", f"{self._contract_url}: no WSDL ({root.tag})", status, body)

    def call(self, **arguments: object) -> Reply:
        """Raises ``Unavailable`` for anything that is not a SOAP envelope without a fault."""
        try:
            response = self._ask(**arguments)
        except LOWER_ERRORS as error:
            raise _without_answer(error) from error
        status, body = response.status_code, response.content
        if status not in (200, 500):
            raise _unusable("http", f"HTTP status {status}", status, body)
        if not body.strip():
            raise _unusable("empty", f"HTTP status {status} without a body", status, body)
        return Reply(self._parse(status, body), status, body)

    def _parse(self, status: int, body: bytes) -> etree._Element:
        try:
            root = _parse_safely(body, self._transport, settings=self._settings)
            if any(etree.QName(node).localname == "Fault" for node in root.iterfind("*/*")):
                self._binding.process_error(root, self._operation)
        except zeep_exceptions.Fault as fault:
            raise _unusable("fault", f"{fault.code}: {fault.message}", status, body) from fault
        except (zeep_exceptions.DTDForbidden, zeep_exceptions.EntitiesForbidden) as error:
            raise _unusable("dtd", "the answer declares a DOCTYPE", status, body) from error
        except LOWER_ERRORS as error:
            raise _unusable("not_xml" if status == 200 else "http", str(error), status, body) from error
        if status != 200:
            raise _unusable("http", f"HTTP status {status} without a fault", status, body)
        return root


class _Answer(NamedTuple):
    """What zeep hands through, raw."""

    status_code: int
    content: bytes


class _Transport(_BaseTransport):
    """zeep's transport, limited in time between bytes, time in all and size; no redirect, no second try, no cookie.

    Straight on urllib3: what requests does around it costs more than the call itself.
    """

    def __init__(self, pools: urllib3.PoolManager, connect_s: float, read_s: float, total_s: float) -> None:
        super().__init__()
        self._pools = pools
        self._limits = urllib3.Timeout(connect=min(connect_s, total_s), read=min(read_s, total_s))
        self._total_s = total_s

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> _Answer:
        """The answer with its body read; raises ``Unavailable`` for one that is late, cut or too large."""
        return self._exchange("POST", address, message, headers)

    def look(self, address: str) -> _Answer:
        """The same of what ``address`` shows."""
        return self._exchange("GET", address, None, {})

    def _exchange(self, method: str, address: str, body: bytes | None, headers: dict[str, str]) -> _Answer:
        _deadline.set(time.monotonic() + self._total_s)
        response = self._pools.urlopen(
            method,
            address,
            body=body,
            headers=_HEADERS | headers,
            timeout=self._limits,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        return _Answer(response.status, _read(response))


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    body = bytearray()
    try:
        while chunk := response.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > SIZE_CAP:
                response.close()
                raise _unusable("too_large", f"more than {SIZE_CAP} bytes", response.status, bytes(body))
    except (urllib3.exceptions.HTTPError, OSError) as error:
        response.close()
        raise _without_answer(error, response.status, bytes(body)) from error
    response.release_conn()
    return bytes(body)


class _Timed(io.RawIOBase):
    """Reads of one answer, none of which outlives the call's deadline however slowly bytes drip in."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._sock = raw, sock
        self._deadline, self._between = _deadline.get(), sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        self._sock.settimeout(left if self._between is None else min(left, self._between))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock))


class _Http(HTTPConnection):
    response_class = _TimedResponse


class _Https(HTTPSConnection):
    response_class = _TimedResponse


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


def _connections(pool_size: int) -> urllib3.PoolManager:
    pools = urllib3.PoolManager(num_pools=2, maxsize=pool_size, ca_certs=certifi.where())
    pools.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
    return pools


def _unusable(kind: str, detail: str, status: int | None, body: bytes) -> Unavailable:
    return Unavailable(kind, detail, http_status=status, raw=body[:RAW_CAP])


def _without_answer(error: BaseException, status: int | None = None, body: bytes = b"") -> Unavailable:
    """Class what a library raised; ``sent`` is False only when no connection came about."""
    kind, sent = _cause(error)
    return Unavailable(kind, str(error), sent=sent, http_status=status, raw=body[:RAW_CAP])


def _cause(error: BaseException) -> tuple[str, bool]:
    late = time.monotonic() >= _deadline.get()
    for cause in _chain(error):
        match cause:
            case urllib3.exceptions.NameResolutionError():
                return "dns", False
            case urllib3.exceptions.NewConnectionError():
                return "refused", False
            case urllib3.exceptions.ConnectTimeoutError():
                return "connect_timeout", False
            case ssl.SSLCertVerificationError():
                return "tls", False
            case ssl.SSLError():
                return "tls", True
            case TimeoutError() | urllib3.exceptions.ReadTimeoutError():
                return "deadline" if late else "timeout", True
    return "reset", True


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        wrapped = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        error = wrapped if isinstance(wrapped, BaseException) else error.__cause__ or error.__context__
    return found
