"""What a p12 file holds, read by cryptography and, where that falls short, by the openssl command."""

import re
import shutil
import subprocess
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

from app.p12_effort import MOST_ROUNDS, rounds

_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
_PASSWORD_VARIABLE = "P12_PASSWORD"  # nosec B105  # noqa: S105, the name of a variable
_WRONG_PASSWORD = b"mac verify"
_TIMEOUT_S = 20


class NotPkcs12(Exception):
    """The bytes are no p12 file, or a damaged one."""


class WrongPassword(Exception):
    """The password does not match the file's checksum: this much is certain."""


class Locked(Exception):
    """The password is wrong or the file's cipher is not available here: which of the two cannot be told."""


@dataclass(frozen=True)
class Contents:
    """Keys, their numbers checked by OpenSSL, and certificates in the order of the file."""

    keys: tuple[PrivateKeyTypes, ...]
    certificates: tuple[x509.Certificate, ...]


def read(raw: bytes, password: str) -> Contents:
    """The first key of the file and all certificates; cryptography never shows a second key.

    Raises ``NotPkcs12``, ``WrongPassword`` or ``Locked``.
    """
    if (asked := rounds(raw)) > MOST_ROUNDS:
        raise NotPkcs12(f"it asks for {asked} rounds, at most {MOST_ROUNDS} are made")
    try:
        found = pkcs12.load_pkcs12(raw, password.encode())
    except UnsupportedAlgorithm:
        return read_all(raw, password)
    except ValueError as error:
        # A missing cipher and a wrong password have the same text; only the openssl command tells them apart.
        if "password" in str(error).lower():
            return read_all(raw, password)
        raise NotPkcs12(str(error)) from error
    certificates = [found.cert, *found.additional_certs]
    return Contents(
        keys=(found.key,) if found.key else (),
        certificates=tuple(c.certificate for c in certificates if c is not None),
    )


def read_all(raw: bytes, password: str) -> Contents:
    """Every key and certificate of the file, by the openssl command; the password travels in its environment.

    Raises ``WrongPassword``, or ``Locked`` when the command is missing or cannot open the file either.
    """
    output = _openssl(raw, password)
    keys: list[PrivateKeyTypes] = []
    certificates: list[x509.Certificate] = []
    try:
        for block in _PEM.finditer(output):
            if block[1].endswith(b"PRIVATE KEY"):
                keys.append(load_pem_private_key(block[0], None))
            elif block[1] == b"CERTIFICATE":
                certificates.append(x509.load_pem_x509_certificate(block[0]))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotPkcs12(str(error)) from error
    return Contents(tuple(keys), tuple(certificates))


def _openssl(raw: bytes, password: str) -> bytes:
    program = shutil.which("openssl")
    if program is None:
        raise Locked("the openssl command is not installed")
    for legacy in (["-legacy"], []):  # OpenSSL 3 needs the word for RC2 and 3DES, older ones do not know it
        command = [program, "pkcs12", *legacy, "-nodes", "-passin", f"env:{_PASSWORD_VARIABLE}"]
        try:
            done = subprocess.run(
                command,
                input=raw,
                env={_PASSWORD_VARIABLE: password},
                capture_output=True,
                timeout=_TIMEOUT_S,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise Locked("the openssl command could not be asked") from error
        if done.returncode == 0:
            return done.stdout
        if _WRONG_PASSWORD in done.stderr.lower():
            raise WrongPassword
    raise Locked("neither cryptography nor the openssl command opens it")
