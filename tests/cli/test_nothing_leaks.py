"""What must stay secret is found nowhere: a p12's password and private key, from the command line to the tables."""

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import Taxpayer, take_on
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from shell import autoriza
from sweep import files, queue, tables
from two_key_p12 import joined

from app import pkcs12 as reader
from app.config import Settings
from app.lifecycle import State
from app.services import Services
from app.test_certificates import Issued, issue

PASSWORD = "Clave.Muy-Secreta_Ñ-77310"


def p12_of(*issued: Issued) -> bytes:
    files = [
        pkcs12.serialize_key_and_certificates(
            b"llave", one.key, one.certificate, [one.authority], BestAvailableEncryption(PASSWORD.encode())
        )
        for one in issued
    ]
    return files[0] if len(files) == 1 else joined(*files, PASSWORD)


def private_parts(key: rsa.RSAPrivateKey) -> Iterator[bytes]:
    """Every form in which a piece of the key that is not public could turn up, and the password's."""
    numbers = key.private_numbers()
    for number in (numbers.p, numbers.q, numbers.d):
        raw = number.to_bytes((number.bit_length() + 7) // 8)[8:40]
        yield from (raw, raw.hex().encode(), str(number)[5:45].encode())
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        der = key.private_bytes(Encoding.DER, form, NoEncryption())
        start = len(der) - 600  # behind the public numbers, with which both forms begin
        yield from (base64.b64encode(der[start + shift :])[:64] for shift in range(3))
        yield key.private_bytes(Encoding.PEM, form, NoEncryption()).splitlines()[-6]
    yield from (PASSWORD.encode(), PASSWORD.encode("utf-16-be"), PASSWORD.encode("utf-16-le"))
    yield from (PASSWORD.encode().hex().encode(), base64.b64encode(PASSWORD.encode()))
    yield from (json.dumps(PASSWORD).strip('"').encode(), b"PRIVATE KEY-----")


def added(settings: Settings, p12: bytes, folder: Path, ruc: str, password: str = PASSWORD) -> bytes:
    """All that a person sees of adding it, right or wrong, at the most talkative log level."""
    file = folder / "firma.p12"
    file.write_bytes(p12)
    given = ["--ruc", ruc, "--p12", str(file), "--password-env", "SECRETO"]
    seen = b""
    for more in ([], ["--json"]):
        done = autoriza(settings, "certificate", "add", *given, *more, SECRETO=password, LOG_LEVEL="DEBUG")
        seen += f"{done.stdout}{done.stderr}".encode()
    return seen


@pytest.fixture
def ana(services: Services) -> Taxpayer:
    return take_on(services, "ANA RESERVADA S.A.")


def test_neither_password_nor_key_is_left_anywhere(services, settings, servers, ana: Taxpayer, tmp_path):
    signing = issue(ana.ruc, "ANA")
    decryption = issue(ana.ruc, "ANA", usage="encryption")
    seen = b"".join(
        [
            added(settings, p12_of(signing), tmp_path, ana.ruc),
            added(settings, p12_of(decryption, signing), tmp_path, ana.ruc),
            added(settings, p12_of(decryption), tmp_path, ana.ruc),
            added(settings, p12_of(signing)[:-40], tmp_path, ana.ruc),
            added(settings, p12_of(signing), tmp_path, "1790016919001"),
        ]
    )
    assert seen.count(b'"fingerprint"') == 2 and seen.count(b'"error"') == 3
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    for command in ("certificate list", f"document show {document.id}", f"document xml {document.id}"):
        seen += autoriza(settings, *command.split(), LOG_LEVEL="DEBUG").stdout.encode()
    kept = tables(services, servers.superuser_url) + queue(settings) + files(settings.autoriza_home)
    assert signing.certificate.public_bytes(Encoding.DER) in kept  # what is public is there: the search sees
    for part in (*private_parts(signing.key), *private_parts(decryption.key)):
        assert part not in seen
        assert part not in kept


def test_a_wrong_password_is_not_repeated_either(settings, services, servers, ana: Taxpayer, tmp_path):
    wrong = "Otra.Clave-Equivocada_99"
    seen = added(settings, p12_of(issue(ana.ruc, "ANA")), tmp_path, ana.ruc, wrong)
    assert "contraseña" in seen.decode()
    assert wrong.encode() not in seen + tables(services, servers.superuser_url)


def test_the_password_is_never_in_the_arguments_of_a_program(monkeypatch, ana: Taxpayer):
    commands = []
    run = subprocess.run

    def recorded(command, **options):
        commands.append(command)
        assert PASSWORD not in " ".join(command)
        return run(command, **options)

    monkeypatch.setattr(reader.subprocess, "run", recorded)
    both = p12_of(issue(ana.ruc, "ANA", usage="encryption"), issue(ana.ruc, "ANA"))
    assert len(reader.read_all(both, PASSWORD).keys) == 2
    assert commands


def test_the_command_line_takes_no_password_as_an_argument(settings):
    for group, command in (("certificate", "add"), ("user", "create")):
        shown = autoriza(settings, group, command, "--help").stdout
        assert "--password-env" in shown and "--password " not in shown


def test_the_search_would_find_them(ana: Taxpayer):
    """Each of the forms looked for is really in what would leak it."""
    key = issue(ana.ruc, "ANA").key
    leaks = b"".join(
        key.private_bytes(encoding, form, NoEncryption())
        for encoding in (Encoding.DER, Encoding.PEM)
        for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL)
    )
    found = [part for part in private_parts(key) if part in leaks]
    assert len(found) >= 6
