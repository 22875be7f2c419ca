"""The door to the mail server: TLS that is checked, a login, limits, and nothing sent where it must not be."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from post_office import PostOffice, free_port

from app.mail.server import MailServer, NotNow, Taken

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")
MESSAGE = b"Subject: x\r\n\r\n.hidden dot\r\n"


@dataclass
class Secured:
    """A mail server that wants TLS and a login."""

    office: PostOffice
    port: int
    authority: Path


@pytest.fixture(params=["starttls", "tls"])
def secured(request, tmp_path) -> Iterator[tuple[str, Secured]]:
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    office, port = PostOffice(), free_port()
    options = {"hostname": "127.0.0.1", "port": port, "auth_required": True, "authenticator": let_in}
    if request.param == "tls":
        # its own check of TLS looks for STARTTLS only
        server = Controller(office, ssl_context=context, auth_require_tls=False, **options)
        url = "smtps://ana:cl%40ve@127.0.0.1:{}"
        # it looks whether it answers, without trusting its own certificate
        server._trigger_server = lambda: socket.create_connection(("127.0.0.1", port)).close()
    else:
        server = Controller(office, tls_context=context, require_starttls=True, **options)
        url = "smtp://ana:cl%40ve@127.0.0.1:{}/?starttls=1"
    server.start()
    yield url.format(port), Secured(office, port, certificate)
    server.stop(no_assert=True)


def let_in(server, session, envelope, mechanism, data) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ana", b"cl@ve")
    return AuthResult(success=known, handled=False)


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private


def server(url: str) -> MailServer:
    return MailServer(url, connect_s=1, read_s=2, total_s=4)


def send(url: str):
    return server(url).send(MESSAGE, sender="f@i.ec", recipient="a@x.ec")


def test_a_trusted_server_takes_the_message_after_a_login(secured, monkeypatch):
    url, where = secured
    monkeypatch.setenv("SSL_CERT_FILE", str(where.authority))
    assert isinstance(server(url).probe(), Taken)
    assert isinstance(send(url), Taken)
    [letter] = where.office.taken
    assert letter.content == MESSAGE


def test_a_server_that_cannot_prove_itself_gets_neither_password_nor_message(secured):
    url, where = secured
    answer = send(url)
    assert isinstance(answer, NotNow)
    assert "CERTIFICATE_VERIFY_FAILED" in answer.said
    assert "cl@ve" not in answer.said
    assert where.office.taken == []


def test_a_wrong_password_is_the_installations_trouble_and_is_never_told(secured, monkeypatch):
    url, where = secured
    monkeypatch.setenv("SSL_CERT_FILE", str(where.authority))
    answer = send(url.replace("cl%40ve", "wr0ng"))
    assert isinstance(answer, NotNow)
    assert (answer.code, answer.away) == (535, True), answer.said
    assert "wr0ng" not in answer.said


def test_nobody_at_the_address_is_told_at_once():
    answer = send(f"smtp://127.0.0.1:{free_port()}")
    assert isinstance(answer, NotNow)
    assert "refused" in answer.said.lower()
