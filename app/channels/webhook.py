"""Notices as a signed POST: whoever knows the secret can prove that one came from here, and when.

``X-Autoriza-Signature: t=<unix seconds>,v1=<hex>``, where hex is HMAC-SHA256 of ``<t>.<body>`` under the secret.
"""

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.channels.message import Message, NotNow, fingerprint_of
from app.channels.places import NotAPlace, addresses_of
from app.errors import Misconfigured

CONNECT_S, READ_S = 4.0, 8.0
ANSWER_READ = 2_000


@dataclass(frozen=True)
class Webhook:
    """``webhook+https://host/path?secret=…``; the rest of the query is passed on. No redirect is followed."""

    address: str
    link_local: bool

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in ("webhook+https", "webhook+http") or not parts.hostname or not self._secret:
            raise Misconfigured("a webhook looks like webhook+https://host/path?secret=…")

    @property
    def fingerprint(self) -> str:
        """Stays the same as long as the address does."""
        return fingerprint_of(self.address)

    @property
    def name(self) -> str:
        """Its host; path and query may be secrets."""
        return f"webhook {urlsplit(self.address).hostname}"

    @property
    def _secret(self) -> str:
        return dict(parse_qsl(urlsplit(self.address).query)).get("secret", "")

    def send(self, message: Message) -> NotNow | None:
        """POST it; None for any answer of 200 to 299."""
        body = json.dumps(asdict(message), ensure_ascii=False, default=str).encode()
        try:
            status = self._post(body)
        except NotAPlace as why:
            return NotNow(str(why))
        except (OSError, http.client.HTTPException) as error:
            return NotNow(f"no responde: {type(error).__name__}")
        return None if 200 <= status < 300 else NotNow(f"respondió HTTP {status}")

    def _post(self, body: bytes) -> int:
        parts = urlsplit(self.address)
        secure = parts.scheme.endswith("https")
        port = parts.port or (443 if secure else 80)
        passed_on = [(key, value) for key, value in parse_qsl(parts.query) if key != "secret"]
        path = (parts.path or "/") + (f"?{urlencode(passed_on)}" if passed_on else "")
        host = str(parts.hostname)
        connection = _Pinned(host, port, addresses_of(host, port, link_local=self.link_local), secure=secure)
        try:
            connection.request("POST", path, body, self._headers(body))
            answer = connection.getresponse()
            answer.read(ANSWER_READ)
            return answer.status
        finally:
            connection.close()

    def _headers(self, body: bytes) -> dict[str, str]:
        at = str(int(time.time()))
        signature = hmac.new(self._secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "autoriza",
            "X-Autoriza-Signature": f"t={at},v1={signature}",
        }


class _Pinned(http.client.HTTPConnection):
    """Connects to the addresses that were looked at, and to no others."""

    def __init__(self, host: str, port: int, places: list[tuple[str, int]], *, secure: bool) -> None:
        super().__init__(host, port, timeout=READ_S)
        self._places, self._secure = places, secure

    def connect(self) -> None:
        """The first address that answers; behind TLS the certificate must be the host's."""
        failure: OSError = TimeoutError()
        for place in self._places[:3]:
            try:
                reached = socket.create_connection(place, timeout=CONNECT_S)
            except OSError as error:
                failure = error
                continue
            reached.settimeout(READ_S)
            self.sock = (
                ssl.create_default_context().wrap_socket(reached, server_hostname=self.host)
                if self._secure
                else reached
            )
            return
        raise failure
