"""The way in between forwards, falls silent, cuts and lies as it is told."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from faults.proxy import Proxy


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    """A server that says back whatever it hears, and remembers it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                return
            with one, contextlib.suppress(OSError):
                while said := one.recv(1024):
                    one.sendall(said)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[:2]
    listener.close()


@pytest.fixture
def proxy(echo: tuple[str, int]) -> Iterator[Proxy]:
    with Proxy(("127.0.0.1", 0), echo) as between:
        yield between


def ask(proxy: Proxy, said: bytes, patience_s: float = 2) -> bytes:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=patience_s) as client:
        client.sendall(said)
        return client.recv(1024)


def test_everything_passes(proxy: Proxy):
    assert ask(proxy, b"hello") == b"hello"


def test_a_stalled_way_takes_connections_and_says_nothing_until_it_is_healed(proxy: Proxy):
    proxy.stall()
    with pytest.raises(TimeoutError):
        ask(proxy, b"hello", 0.3)
    proxy.heal()
    assert ask(proxy, b"hello") == b"hello"


def test_a_cut_ends_what_is_open_and_nothing_else(proxy: Proxy):
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=2) as client:
        client.sendall(b"one")
        assert client.recv(1024) == b"one"
        proxy.cut()
        assert client.recv(1024) == b""
    assert ask(proxy, b"two") == b"two"


def test_what_was_said_last_is_heard_and_its_answer_lost(proxy: Proxy):
    proxy.cut_after(b"COMMIT", times=1)
    assert ask(proxy, b"BEGIN") == b"BEGIN"
    assert ask(proxy, b"COMMIT") == b""
    assert ask(proxy, b"COMMIT") == b"COMMIT"


def test_it_answers_in_the_others_stead(proxy: Proxy):
    proxy.answer_with(b"not me", times=1)
    assert [ask(proxy, b"who"), ask(proxy, b"who")] == [b"not me", b"who"]
