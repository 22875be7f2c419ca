"""Hands one message to the installation's mail server; the only place that speaks SMTP."""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

from app.config import Settings


@dataclass(frozen=True)
class Taken:
    """The server has taken the message on itself."""

    said: str


@dataclass(frozen=True)
class Bounced:
    """The server will never take this message for this address; ``code`` and ``said`` are its own words."""

    code: int
    said: str


@dataclass(frozen=True)
class NotNow:
    """Not taken, or nobody knows (``maybe``); ``away`` says that it is the server's trouble, not the address's."""

    said: str
    code: int | None = None
    away: bool = True
    maybe: bool = False


Handed = Taken | Bounced | NotNow


class MailServer:
    """One mail server, a connection per message. Every limit is in seconds; no send outlives ``total_s``."""

    def __init__(self, url: str, *, connect_s: float, read_s: float, total_s: float) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._starttls = parse_qs(parts.query).get("starttls", ["0"])[0] not in ("0", "")
        self._host = parts.hostname or ""
        self._port = parts.port or (465 if self._tls else 587 if self._starttls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._connect_s, self._read_s, self._total_s = connect_s, read_s, total_s

    def send(self, message: bytes, *, sender: str, recipient: str) -> Handed:
        """Offer ``message`` (its line ends as it will travel) to ``recipient``.

        Once the server may have taken it, silence is ``NotNow(maybe=True)``: the same message, with the same
        Message-ID, goes out again.
        """
        return self._within_limits(lambda client: self._offer(client, message, sender, recipient))

    def probe(self) -> Handed:
        """Connect, secure and log in as for a message, and send none; ``Taken`` when that works."""
        return self._within_limits(lambda client: self._enter(client) or Taken("ready"))

    def _within_limits(self, talk: Callable[["_Client | _TlsClient"], Handed]) -> Handed:
        deadline = time.monotonic() + self._total_s
        client = self._client(deadline)
        watch = threading.Timer(self._total_s, _cut, (client,))
        watch.daemon = True
        watch.start()
        try:
            return talk(client)
        except (OSError, smtplib.SMTPException) as error:
            late = time.monotonic() >= deadline
            return NotNow(f"no terminó en {self._total_s:g} s") if late else _not_now(error)
        finally:
            watch.cancel()
            client.close()

    def _client(self, deadline: float) -> "_Client | _TlsClient":
        limits = (self._connect_s, self._read_s, deadline)
        return _TlsClient(*limits) if self._tls else _Client(*limits)

    def _enter(self, client: "_Client | _TlsClient") -> NotNow | None:
        """Up to where a message may be offered; what speaks against it."""
        code, said = client.greeted_by(self._host, self._port)
        if code != 220:
            return NotNow(_words(said), code)
        client.ehlo_or_helo_if_needed()
        if self._starttls:
            client.starttls(context=ssl.create_default_context())
            client.ehlo()
        if self._user:
            client.login(self._user, self._password)
        return None

    def _offer(self, client: "_Client | _TlsClient", message: bytes, sender: str, recipient: str) -> Handed:
        if trouble := self._enter(client):
            return trouble
        code, said = client.mail(sender)
        if code != 250:
            return NotNow(
                _words(said), code
            )  # what the server has against the sender is no fault of the address
        code, said = client.rcpt(recipient)
        if code not in (250, 251):
            return (
                Bounced(code, _words(said)) if code >= 500 else NotNow(_words(said), code, away=code == 421)
            )
        return _data(client, message)


def mail_server(settings: Settings) -> MailServer | None:
    """The server that ``settings`` name; None when mail waits."""
    url = settings.smtp_url.get_secret_value()
    if not url:
        return None
    return MailServer(
        url,
        connect_s=settings.mail_connect_timeout_s,
        read_s=settings.mail_read_timeout_s,
        total_s=settings.mail_total_timeout_s,
    )


# The name given in EHLO is looked up by default, which may take longer than any limit here.
_OWN_NAME = socket.gethostname() or "localhost"


class _Client(smtplib.SMTP):
    """Connects within a deadline, however many addresses its host has."""

    def __init__(self, connect_s: float, read_s: float, deadline: float) -> None:
        self._connect_s, self._deadline = connect_s, deadline
        super().__init__(local_hostname=_OWN_NAME, timeout=read_s)

    def greeted_by(self, host: str, port: int) -> tuple[int, bytes]:
        """Connect; what the server says first."""
        self._host = host  # what STARTTLS checks the certificate against
        return self.connect(host, port)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        reached = _reach(host, port, self._connect_s, self._deadline)
        reached.settimeout(timeout)
        return reached


class _TlsClient(smtplib.SMTP_SSL):
    """The same behind TLS from the first byte."""

    def __init__(self, connect_s: float, read_s: float, deadline: float) -> None:
        self._connect_s, self._deadline = connect_s, deadline
        super().__init__(local_hostname=_OWN_NAME, timeout=read_s, context=ssl.create_default_context())

    def greeted_by(self, host: str, port: int) -> tuple[int, bytes]:
        """Connect; what the server says first."""
        return self.connect(host, port)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        reached = _reach(host, port, self._connect_s, self._deadline)
        reached.settimeout(timeout)
        return self.context.wrap_socket(reached, server_hostname=host)


def _reach(host: str, port: int, connect_s: float, deadline: float) -> socket.socket:
    failure: OSError = TimeoutError("timed out")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        left = min(connect_s, deadline - time.monotonic())
        if left <= 0:
            break
        candidate = socket.socket(family, kind, protocol)
        candidate.settimeout(left)
        try:
            candidate.connect(address)
        except OSError as error:
            candidate.close()
            failure = error
        else:
            return candidate
    raise failure


def _data(client: smtplib.SMTP, message: bytes) -> Handed:
    code, said = client.docmd("data")
    if code != 354:
        return Bounced(code, _words(said)) if code >= 500 else NotNow(_words(said), code)
    quoted = re.sub(rb"(?m)^\.", b"..", message)
    try:
        client.send(quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, said = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return replace(_not_now(error), maybe=True)
    if code == 250:
        with suppress(OSError, smtplib.SMTPException):
            client.docmd("quit")
        return Taken(_words(said))
    return Bounced(code, _words(said)) if code >= 500 else NotNow(_words(said), code)


def _cut(client: smtplib.SMTP) -> None:
    if client.sock is not None:
        with suppress(OSError):
            client.sock.shutdown(socket.SHUT_RDWR)


def _not_now(error: Exception) -> NotNow:
    match error:
        case smtplib.SMTPResponseException():
            return NotNow(_words(error.smtp_error), int(error.smtp_code))
        case _ if isinstance(error, TimeoutError) or "timed out" in str(error):
            return NotNow("el servidor de correo no respondió a tiempo")
        case _:
            return NotNow(f"{type(error).__name__}: {error}"[:500])


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:500]
