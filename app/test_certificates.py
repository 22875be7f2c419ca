"""Self-made p12 files for the demo and the tests; the SRI accepts none of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

RucPlace = Literal["extension", "subject", "cedula", "nowhere"]

_SECURITY_DATA = "1.3.6.1.4.1.37746.3"
_LIFE = timedelta(days=730)


@dataclass(frozen=True)
class Issued:
    """A key with its certificate and the authority that signed it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    authority: x509.Certificate


def make_test_p12(
    ruc: str,
    holder: str,
    password: str,
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    usage: Literal["signature", "encryption"] = "signature",
    ruc_place: RucPlace = "extension",
) -> bytes:
    """A p12 of ``holder`` with a new RSA-2048 key, its certificate and the test authority's.

    Valid from a day before now for two years unless told; ``ruc`` (13 digits) is where ``ruc_place`` says:
    Security Data's extension, UANATACA's subject attribute, only as a cédula, or nowhere.
    """
    issued = issue(ruc, holder, not_before=not_before, not_after=not_after, usage=usage, ruc_place=ruc_place)
    return pkcs12.serialize_key_and_certificates(
        holder.encode(),
        issued.key,
        issued.certificate,
        [issued.authority],
        BestAvailableEncryption(password.encode()),
    )


def issue(
    ruc: str,
    holder: str,
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    usage: Literal["signature", "encryption"] = "signature",
    ruc_place: RucPlace = "extension",
    key: rsa.RSAPrivateKey | None = None,
    authority_name: x509.Name | None = None,
) -> Issued:
    """The same as parts; ``key`` saves making one, ``authority_name`` replaces the test authority's name."""
    key = key or _new_key()
    authority_key, authority = _authority(authority_name or _AUTHORITY_NAME)
    start = not_before or datetime.now(UTC) - timedelta(days=1)
    builder = (
        _builder(_subject(ruc, holder, ruc_place), authority.subject, start, not_after or start + _LIFE)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=usage == "signature"), critical=True)
    )
    if ruc_place == "extension":
        builder = builder.add_extension(_private(".11", ruc), critical=False)
    if ruc_place in ("extension", "cedula"):
        builder = builder.add_extension(_private(".1", ruc[:10]), critical=False)
    return Issued(key, builder.sign(authority_key, hashes.SHA256()), authority)


_AUTHORITY_NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "EC"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "AUTORIDAD DE CERTIFICACION DE PRUEBA"),
        x509.NameAttribute(NameOID.COMMON_NAME, "SUBCA DE PRUEBA SIN VALOR LEGAL"),
    ]
)


@cache
def _authority(name: x509.Name) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = _new_key()
    start = datetime(2015, 1, 1, tzinfo=UTC)
    builder = (
        _builder(name, name, start, datetime(2099, 1, 1, tzinfo=UTC))
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
    )
    return key, builder.sign(key, hashes.SHA256())


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _builder(
    subject: x509.Name, issuer: x509.Name, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _subject(ruc: str, holder: str, ruc_place: RucPlace) -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "EC"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DE PRUEBA"),
    ]
    if ruc_place == "subject":
        attributes.append(x509.NameAttribute(x509.ObjectIdentifier("2.5.4.97"), f"VATEC-{ruc}"))
    return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, holder[:64])])


def _private(end: str, value: str) -> x509.UnrecognizedExtension:
    encoded = value.encode()
    return x509.UnrecognizedExtension(
        x509.ObjectIdentifier(_SECURITY_DATA + end), bytes([0x0C, len(encoded)]) + encoded
    )


def _usage(*, signs: bool = False, authority: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=not signs and not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
