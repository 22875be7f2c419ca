"""p12 files of every kind authorities issue and people upload, and what each must come to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    pkcs12,
)
from signing_cast import NOW, PASSWORD, RUC, START, ana, exported
from two_key_p12 import joined

from app.test_certificates import Issued, issue

OTHER_RUC, NATURAL, OTHER_NATURAL = "0992397535001", "1713175071001", "1710034065001"
SECURITY_DATA, BCE = "1.3.6.1.4.1.37746.3", "1.3.6.1.4.1.37947.3"
UANATACA, ANF, ANF_OLDER = "1.3.6.1.4.1.47286.102.3", "1.3.6.1.4.1.18332.3", "1.3.6.1.4.1.37442.3"
UTF8, PRINTABLE, IA5, BMP = 0x0C, 0x13, 0x16, 0x1E
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class P12:
    """A file, the password and taxpayer it is handed in with, and what it must come to.

    ``refused`` is the code of the refusal; else it is accepted, telling ``tells`` as its RUC and warning with a
    sentence that has ``warns`` in it.
    """

    name: str
    make: Callable[[Path], bytes]
    refused: str = ""
    tells: str | None = RUC
    warns: str = ""
    ruc: str = RUC
    password: str = PASSWORD
    needs_openssl: bool = False


def packed(issued: Issued, password: str = PASSWORD, *, chain: Iterable[x509.Certificate] = ()) -> bytes:
    """The usual file: the key, its certificate and the authority's."""
    cipher = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    certificates = [*chain] or [issued.authority]
    return pkcs12.serialize_key_and_certificates(
        b"llave", issued.key, issued.certificate, certificates, cipher
    )


def reissued(**how: Any) -> Issued:
    """Ana's key under another certificate."""
    return issue(**{"ruc": RUC, "holder": "ANA", "key": ana().key, "not_before": START, **how})


def der_string(tag: int, text: str) -> bytes:
    """A DER string of one of the kinds authorities use."""
    encoded = text.encode("utf-16-be" if tag == BMP else "utf-8")
    return bytes([tag, len(encoded)]) + encoded


def certified(
    *,
    key: Any = None,
    extensions: Iterable[tuple[str, bytes]] = (),
    subject: Iterable[tuple[x509.ObjectIdentifier, str]] = (),
    usage: bool = True,
    authority: bool = False,
) -> Issued:
    """A certificate with exactly these private extensions and subject attributes, signed with Ana's key."""
    key = key or ana().key
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "TITULAR"),
            *(x509.NameAttribute(oid, value) for oid, value in subject),
        ]
    )
    builder = x509.CertificateBuilder(
        ana().authority.subject, name, key.public_key(), 7, START, NOW + 13 * MONTH
    )
    builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
    if usage:
        marks = x509.KeyUsage(True, True, False, False, False, authority, authority, False, False)
        builder = builder.add_extension(marks, critical=True)
    for oid, value in extensions:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), False)
    return Issued(key, builder.sign(ana().key, hashes.SHA256()), ana().authority)


@cache
def _decryption() -> Issued:
    """The second pair of a Banco Central file."""
    return issue(RUC, "ANA", not_before=START, usage="encryption")


@cache
def _expired() -> Issued:
    return issue(RUC, "ANA", not_before=START, not_after=NOW - timedelta(days=1))


def _by_openssl(*options: str) -> Callable[[Path], bytes]:
    return lambda folder: exported(folder, ana(), *options)


def _usual(**how: Any) -> Callable[[Path], bytes]:
    return lambda _: packed(reissued(**how))


def _with(*extensions: tuple[str, bytes], subject: Iterable[tuple[x509.ObjectIdentifier, str]] = ()) -> Any:
    return lambda _: packed(certified(extensions=extensions, subject=subject))


def _without_key(_: Path) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        None, None, ana().certificate, [], BestAvailableEncryption(PASSWORD.encode())
    )


def _of_another_key(_: Path) -> bytes:
    """The certificate does not belong to the key beside it; made from two files, as no library writes it."""
    stranger = pkcs12.serialize_key_and_certificates(
        b"x", _decryption().key, None, None, BestAvailableEncryption(PASSWORD.encode())
    )
    return joined(stranger, _without_key(_), PASSWORD)


ROOT_CA = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "AC RAÍZ DE PRUEBA")])
CIPHERS = (
    P12("RC2-40 certificates and a 3DES key", _by_openssl("-legacy"), needs_openssl=True),
    P12("3DES for both", _by_openssl("-legacy", "-descert"), needs_openssl=True),
    P12(
        "AES-256 with SHA-256",
        _by_openssl("-keypbe", "AES-256-CBC", "-certpbe", "AES-256-CBC", "-macalg", "sha256"),
        needs_openssl=True,
    ),
    P12("AES-128 with SHA-1", _by_openssl("-keypbe", "AES-128-CBC", "-macalg", "sha1"), needs_openssl=True),
    P12(
        "nothing encrypted under a checksum",
        _by_openssl("-keypbe", "NONE", "-certpbe", "NONE"),
        needs_openssl=True,
    ),
)
SEVERAL = (
    P12(
        "a whole chain of authorities",
        lambda _: packed(ana(), chain=[reissued(authority_name=ROOT_CA).authority, ana().authority]),
    ),
    P12("signing and decryption key", lambda _: joined(packed(ana()), packed(_decryption()), PASSWORD)),
    P12(
        "decryption and signing key",
        lambda _: joined(packed(_decryption()), packed(ana()), PASSWORD),
        needs_openssl=True,
    ),
    P12("renewed and old certificate", lambda _: joined(packed(ana()), packed(_expired()), PASSWORD)),
    P12(
        "old and renewed certificate",
        lambda _: joined(packed(_expired()), packed(ana()), PASSWORD),
        needs_openssl=True,
    ),
)
DATES = (
    P12("expired", _usual(not_after=NOW - timedelta(days=2)), refused="certificate_expired"),
    P12("not valid yet", _usual(not_before=NOW + MONTH), warns="vale recién desde el 2026-12-23"),
    P12(
        "ends within 30 days", _usual(not_after=NOW + MONTH - timedelta(days=1)), warns="caduca el 2026-12-22"
    ),
)
PASSWORDS = (
    P12(
        "wrong password",
        lambda _: packed(ana()),
        refused="certificate_password",
        password="otra",
        needs_openssl=True,
    ),
    P12(
        "wrong password, RC2",
        _by_openssl("-legacy"),
        refused="certificate_password",
        password="x",
        needs_openssl=True,
    ),
    P12(
        "password left empty",
        lambda _: packed(ana()),
        refused="certificate_password",
        password="",
        needs_openssl=True,
    ),
    P12("empty password", lambda _: packed(ana(), ""), password=""),
    P12("a password of 60 signs", lambda _: packed(ana(), "ñ€𝄞 " * 15), password="ñ€𝄞 " * 15),
)
GARBAGE = (
    P12("no byte", lambda _: b"", refused="certificate_unreadable"),
    P12("a text", lambda _: b"no es un p12", refused="certificate_unreadable"),
    P12("DER that is no p12", lambda _: b"\x30\x82\xff\xff" + b"\0" * 40, refused="certificate_unreadable"),
    P12("half a file", lambda _: packed(ana())[:900], refused="certificate_unreadable"),
    P12(
        "a Java keystore",
        lambda _: bytes.fromhex("feedfeed00000002") + b"\0" * 50,
        refused="certificate_unreadable",
    ),
    P12(
        "the certificate alone, DER",
        lambda _: ana().certificate.public_bytes(Encoding.DER),
        refused="certificate_unreadable",
    ),
    P12(
        "the certificate alone, PEM",
        lambda _: ana().certificate.public_bytes(Encoding.PEM),
        refused="certificate_unreadable",
    ),
)
KEYS = (
    P12("encryption only", _usual(usage="encryption"), refused="certificate_not_for_signing"),
    P12("no usage marked", lambda _: packed(certified(usage=False)), refused="certificate_not_for_signing"),
    P12(
        "the authority's own",
        lambda _: packed(certified(authority=True)),
        refused="certificate_not_for_signing",
    ),
    P12("no private key", _without_key, refused="certificate_without_key"),
    P12("another certificate's key", _of_another_key, refused="certificate_without_key", needs_openssl=True),
    P12(
        "an elliptic curve",
        lambda _: packed(certified(key=ec.generate_private_key(ec.SECP256R1()))),
        refused="certificate_not_rsa",
    ),
    P12(
        "RSA of 1024 bits",
        lambda _: packed(certified(key=rsa.generate_private_key(65537, 1024))),
        refused="certificate_weak_key",
    ),
)


def _told_by(issuer: str, tells: Callable[[str], Any]) -> tuple[P12, P12]:
    """A certificate in which ``issuer`` tells the RUC: the taxpayer's own, and another's."""
    return (
        P12(f"RUC told by {issuer}", tells(RUC)),
        P12(f"another's RUC told by {issuer}", tells(OTHER_RUC), refused="certificate_of_another_ruc"),
    )


def _silent(name: str, make: Any) -> P12:
    """Accepted, but the person is asked to make sure whose it is."""
    return P12(name, make, tells=None, warns="no existe el RUC")


IDENTIFIER, SERIAL = x509.ObjectIdentifier("2.5.4.97"), x509.NameOID.SERIAL_NUMBER
CEDULA = der_string(UTF8, NATURAL[:10])
NATURAL_PERSON = {"ruc": NATURAL, "tells": NATURAL}
HOLDERS = (
    *_told_by("Security Data", lambda ruc: _with((SECURITY_DATA + ".11", der_string(UTF8, ruc)))),
    *_told_by("Banco Central", lambda ruc: _with((BCE + ".11", der_string(PRINTABLE, ruc)))),
    *_told_by("UANATACA's extension", lambda ruc: _with((UANATACA + ".11", der_string(UTF8, ruc)))),
    *_told_by("UANATACA, a company", lambda ruc: _with(subject=[(IDENTIFIER, f"VATEC-{ruc}")])),
    *_told_by("ANF", lambda ruc: _with((ANF + ".11", der_string(IA5, ruc)))),
    *_told_by("ANF, another arc", lambda ruc: _with((ANF_OLDER + ".11", der_string(BMP, ruc)))),
    P12("UANATACA, a natural person", _with(subject=[(IDENTIFIER, f"TINEC-{NATURAL}")]), **NATURAL_PERSON),
    P12("a RUC beside a cédula", _with((BCE + ".1", CEDULA), (BCE + ".11", der_string(UTF8, RUC)))),
    P12("cédula alone", _with((BCE + ".1", CEDULA)), **NATURAL_PERSON),
    P12("cédula alone, UANATACA", _with(subject=[(SERIAL, f"IDCEC-{NATURAL[:10]}")]), **NATURAL_PERSON),
    P12(
        "cédula of another",
        _with((SECURITY_DATA + ".1", CEDULA)),
        ruc=OTHER_NATURAL,
        refused="certificate_of_another_ruc",
    ),
    _silent("a representative's cédula, a company's file", _with((SECURITY_DATA + ".1", CEDULA))),
    _silent("no RUC and no cédula", _with()),
    _silent("a RUC that is no string", _with((BCE + ".11", b"\x02\x01\x05"))),
    _silent("an OID that only ends alike", _with(("1.3.6.1.4.1.37947.13.11", der_string(UTF8, OTHER_RUC)))),
    _silent("a serial number that is not the RUC", _with(subject=[(SERIAL, OTHER_RUC)])),
)

FILES = (*CIPHERS, *SEVERAL, *DATES, *PASSWORDS, *GARBAGE, *KEYS, *HOLDERS)
