"""HTTP/1.1 as far as the simulator speaks it: whole requests in; answers out, badly when that is wanted."""

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from io import BufferedIOBase
from typing import Final

XML: Final = "text/xml;charset=UTF-8"
HTML: Final = "text/html;charset=UTF-8"
JSON: Final = "application/json"

_LINE_CAP: Final = 8 * 1024
_LINES_CAP: Final = 100
_BODY_CAP: Final = 8 * 1024 * 1024
_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}


class Malformed(Exception):
    """Not a request to read any further; ``status`` is what to answer before the connection ends."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Manner(Enum):
    """How an answer goes out."""

    WHOLE = auto()
    NOTHING = auto()  # the connection is closed instead
    HALF = auto()  # half of the body, then the connection is closed
    DRIP = auto()  # byte by byte, the status line included


@dataclass(frozen=True, slots=True)
class Request:
    """One request with its body read."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    keep_alive: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``wait_s`` passes before it, ``pause_s`` after each byte of a drip."""

    status: int
    body: bytes
    content_type: str = XML
    manner: Manner = Manner.WHOLE
    wait_s: float = 0.0
    pause_s: float = 0.0


def read_request(stream: BufferedIOBase, go_on: Callable[[], object]) -> Request | None:
    """The next request of a connection, None when there is none; ``go_on`` is called for 100-continue.

    Raises ``Malformed``.
    """
    line = stream.readline(_LINE_CAP)
    if not line:
        return None
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Malformed(HTTPStatus.BAD_REQUEST)
    method, target, version = words
    headers = _headers(stream)
    if headers.get("expect", "").lower() == "100-continue":
        go_on()
    body = _body(stream, headers)
    if body is None:
        return None
    connection = headers.get("connection", "").lower()
    keep_alive = "close" not in connection if version == "HTTP/1.1" else "keep-alive" in connection
    path, _, query = target.partition("?")
    return Request(method, path, query, headers, body, keep_alive)


def deliver(reply: Reply, connection: socket.socket, closing: threading.Event, *, keep_alive: bool) -> bool:
    """Send ``reply`` in one piece unless its manner says otherwise; True when the connection may live on.

    Waits end at once when ``closing`` is set. Raises ``OSError`` when the other side is gone.
    """
    if reply.wait_s and closing.wait(reply.wait_s):
        return False
    if reply.manner is Manner.NOTHING:
        return False
    head = (
        f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, '')}\r\nContent-Type: {reply.content_type}\r\n"
        f"Content-Length: {len(reply.body)}\r\nConnection: {'keep-alive' if keep_alive else 'close'}\r\n\r\n"
    ).encode()
    if reply.manner is Manner.HALF:
        connection.sendall(head + reply.body[: len(reply.body) // 2])
        return False
    if reply.manner is Manner.DRIP:
        return _drip(head + reply.body, connection, closing, reply.pause_s) and keep_alive
    connection.sendall(head + reply.body)
    return keep_alive


def _drip(answer: bytes, connection: socket.socket, closing: threading.Event, pause_s: float) -> bool:
    for place in range(len(answer)):
        connection.sendall(answer[place : place + 1])
        if closing.wait(pause_s):
            return False
    return True


def _headers(stream: BufferedIOBase) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_LINES_CAP):
        line = stream.readline(_LINE_CAP).decode("latin-1")
        if line in ("\r\n", "\n"):
            return headers
        name, colon, value = line.partition(":")
        if not colon or not line.endswith("\n"):
            raise Malformed(HTTPStatus.BAD_REQUEST)
        headers[name.strip().lower()] = value.strip()
    raise Malformed(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)


def _body(stream: BufferedIOBase, headers: Mapping[str, str]) -> bytes | None:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _chunks(stream)
    return _exactly(stream, _length(headers.get("content-length", "0"), 10))


def _chunks(stream: BufferedIOBase) -> bytes | None:
    body = bytearray()
    while size := _length(stream.readline(_LINE_CAP).partition(b";")[0].decode("latin-1"), 16):
        if len(body) + size > _BODY_CAP:
            raise Malformed(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        chunk = _exactly(stream, size)
        if chunk is None:
            return None
        body += chunk
        stream.readline(_LINE_CAP)
    while stream.readline(_LINE_CAP).strip():  # trailers
        pass
    return bytes(body)


def _exactly(stream: BufferedIOBase, size: int) -> bytes | None:
    if size > _BODY_CAP:
        raise Malformed(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = stream.read(size) if size else b""
    return body if len(body) == size else None


def _length(text: str, base: int) -> int:
    try:
        length = int(text.strip(), base)
    except ValueError as error:
        raise Malformed(HTTPStatus.BAD_REQUEST) from error
    if length < 0:
        raise Malformed(HTTPStatus.BAD_REQUEST)
    return length
