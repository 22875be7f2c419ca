"""A way in between two programs that can be stalled, cut, or made to lie."""

import contextlib
import os
import select
import socket
import threading
from pathlib import Path
from types import TracebackType

Address = tuple[str, int] | Path
_CHUNK = 65536


class Proxy:
    """Listens at ``at`` and forwards every connection to ``to``; an address is a host and port or a unix socket.

    ``stall`` keeps connections open and silent (half-open), ``cut`` resets them all, ``cut_after`` resets the
    connections whose client says certain bytes, once these were forwarded, ``answer_with`` replies in its stead.
    """

    def __init__(self, at: Address, to: Address) -> None:
        self._to = to
        self._listener = _listening(at)
        self._flowing = threading.Event()
        self._flowing.set()
        self._over = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._trap: tuple[bytes, int] = (b"", 0)
        self._lie: tuple[bytes, int] = (b"", 0)
        self.struck = 0  # connections that were trapped or lied to
        threading.Thread(target=self._accept, daemon=True, name="proxy").start()

    @property
    def port(self) -> int:
        """Where it listens, when that is a TCP port."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._flowing.set()
        self._listener.close()
        self.cut()

    def stall(self) -> None:
        """Nothing passes any more, nothing is closed, and new connections are taken and left without a word."""
        self._flowing.clear()

    def cut(self) -> None:
        """Reset every connection of this moment."""
        with self._lock:
            doomed = list(self._open)
        for one in doomed:
            _reset(one)

    def cut_after(self, said: bytes, times: int) -> None:
        """Reset the next ``times`` connections whose client says ``said``; the other side has heard it by then."""
        with self._lock:
            self._trap = said, times

    def answer_with(self, reply: bytes, times: int) -> None:
        """Give the next ``times`` requests this reply and close; the other side never hears of them."""
        with self._lock:
            self._lie = reply, times

    def heal(self) -> None:
        """Let everything pass again."""
        with self._lock:
            self._trap = self._lie = (b"", 0)
        self._flowing.set()

    def _accept(self) -> None:
        while not self._over:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True, name="proxied").start()

    def _serve(self, client: socket.socket) -> None:
        self._flowing.wait()
        try:
            server = _connected(self._to)
        except OSError:
            client.close()
            return None
        pair = {client: server, server: client}
        with self._lock:
            self._open |= set(pair)
        with contextlib.suppress(OSError, ValueError):
            while not self._over:
                for source in select.select(list(pair), [], [], 1)[0]:
                    self._flowing.wait()
                    if not self._pass_on(source, pair[source], from_client=source is client):
                        return self._close(pair)
        return self._close(pair)

    def _pass_on(self, source: socket.socket, target: socket.socket, *, from_client: bool) -> bool:
        chunk = source.recv(_CHUNK)
        if not chunk:
            return False
        if from_client and (reply := self._lied()):
            source.sendall(reply)
            return False
        target.sendall(chunk)
        if from_client and self._trapped(chunk):
            select.select([target], [], [], 1)  # until the other side has acted and answered
            _reset(source)
            return False
        return True

    def _lied(self) -> bytes:
        with self._lock:
            reply, times = self._lie
            self._lie = reply, max(0, times - 1)
            self.struck += bool(times)
        return reply if times else b""

    def _trapped(self, chunk: bytes) -> bool:
        with self._lock:
            said, times = self._trap
            if not times or said not in chunk:
                return False
            self._trap = said, times - 1
            self.struck += 1
        return True

    def _close(self, pair: dict[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._open -= set(pair)
        for one in pair:
            one.close()


def _listening(at: Address) -> socket.socket:
    if not isinstance(at, Path):
        return socket.create_server(at, backlog=256)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.fspath(at))
    listener.listen(256)
    return listener


def _connected(to: Address) -> socket.socket:
    if not isinstance(to, Path):
        return socket.create_connection(to, timeout=5)
    server = socket.socket(socket.AF_UNIX)
    server.connect(os.fspath(to))
    return server


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
