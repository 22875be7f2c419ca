"""The simulator's sockets: a thread per connection, and a port that can be closed for a while."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import ThreadingHTTPServer
from socketserver import StreamRequestHandler, TCPServer
from typing import Final

from app.sri.simulator.wire import JSON, Malformed, Reply, Request, deliver, read_request

_POLL_S: Final = 0.05
_GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"

Respond = Callable[[Request], Reply]


class Door:
    """Listens on ``address`` from the start and answers every request with ``respond``.

    Raises ``OSError`` when the address cannot be had.
    """

    def __init__(self, address: tuple[str, int], respond: Respond) -> None:
        self._server = _Server(address, respond)
        self._lock = threading.Lock()
        self._shut_until = 0.0
        self._serve()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, the real one when 0 was asked for."""
        host, port = self._server.server_address[:2]
        return str(host), int(port)

    def refuse(self, seconds: float) -> None:
        """Close the port for ``seconds``: when this returns, new connections are refused and idle ones closed.

        A request that was read already is answered, then its connection ends too. Nobody else can take the port.
        """
        with self._lock:
            self._shut_until = max(self._shut_until, time.monotonic() + seconds)
            if self._server.shut:
                return
            self._server.unlisten()
        threading.Thread(target=self._reopen, name="simulator-reopen", daemon=True).start()

    def open(self) -> None:
        """End a refusal before its time."""
        with self._lock:
            self._shut_until = 0.0
            self._listen_again()

    def stop(self) -> None:
        """Close the port and cut every connection."""
        with self._lock:
            self._server.closing.set()
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()

    def _serve(self) -> None:
        threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="simulator-accept", daemon=True
        ).start()

    def _reopen(self) -> None:
        while (left := self._shut_until - time.monotonic()) > 0:
            if self._server.closing.wait(left):
                return
        with self._lock:
            if time.monotonic() >= self._shut_until:
                self._listen_again()

    def _listen_again(self) -> None:
        if self._server.shut and not self._server.closing.is_set():
            self._server.listen_again()
            self._serve()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], respond: Respond) -> None:
        self.respond = respond
        self.closing = threading.Event()
        self.shut = False
        self._busy: dict[socket.socket, bool] = {}  # every connection: is a request being answered?
        self._register = threading.Lock()
        super().__init__(address, _Connection)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # without asking a name server who we are

    def handle_error(self, request: object, client_address: object) -> None:
        if not self.closing.is_set():
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def unlisten(self) -> None:
        """Stop accepting; a socket that is bound and does not listen keeps the port and refuses all."""
        self.shutdown()
        self.socket.close()
        self.socket = socket.socket(self.address_family, self.socket_type)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        with self._register:
            self.shut = True
            for connection, busy in self._busy.items():
                _hang_up(connection, socket.SHUT_RD if busy else socket.SHUT_RDWR)

    def listen_again(self) -> None:
        self.shut = False
        self.server_activate()

    def hang_up(self) -> None:
        """Cut every connection, those of this moment included."""
        with self._register:
            self.shut = True
            for connection in self._busy:
                _hang_up(connection, socket.SHUT_RDWR)

    def mark(self, connection: socket.socket, *, busy: bool) -> bool:
        """Note what goes on at ``connection``; False when it may not go on because the port is shut."""
        with self._register:
            self._busy[connection] = busy
            return not self.shut

    def forget(self, connection: socket.socket) -> None:
        with self._register:
            self._busy.pop(connection, None)


class _Connection(StreamRequestHandler):
    server: _Server
    rbufsize = 65536  # a request in one read
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with suppress(OSError):  # the other side is gone
            # No time limit: it would cost a system call per read and write.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            while self.server.mark(self.connection, busy=False) and self._one():
                pass

    def finish(self) -> None:
        self.server.forget(self.connection)
        with suppress(OSError):
            super().finish()

    def _one(self) -> bool:
        try:
            request = read_request(self.rfile, lambda: self.connection.sendall(_GO_ON))
        except Malformed as refusal:
            self._send(Reply(refusal.status, b'{"error": "malformed request"}', JSON), keep_alive=False)
            return False
        if request is None or not self.server.mark(self.connection, busy=True):
            return False
        reply = self.server.respond(request)
        return self._send(reply, keep_alive=request.keep_alive and not self.server.shut)

    def _send(self, reply: Reply, *, keep_alive: bool) -> bool:
        return deliver(reply, self.connection, self.server.closing, keep_alive=keep_alive)


def _hang_up(connection: socket.socket, how: int) -> None:
    with suppress(OSError):
        connection.shutdown(how)
