"""A private key with all that a signature repeats of its certificate, computed once."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app import der

Digest = Literal["sha1", "sha256"]


@dataclass(frozen=True)
class SigningKey:
    """What signing needs of one certificate; nothing in it depends on a document."""

    private_key: rsa.RSAPrivateKey
    certificate_der: bytes
    certificate_digests: Mapping[Digest, str]  # base64
    issuer: str  # RFC 2253, escaped for XML
    serial: int
    key_info: str  # canonical children of ds:KeyInfo


def signing_key(private_key_der: bytes, certificate_der: bytes) -> SigningKey:
    """A key ready to sign, from PKCS#8 and X.509 DER that ``certificates.open_p12`` accepted before.

    OpenSSL's check of the RSA numbers (37 ms) is skipped: acceptance made it. Raises ``ValueError`` for bytes
    that are no RSA key or no certificate.
    """
    private_key = serialization.load_der_private_key(
        private_key_der, None, unsafe_skip_rsa_key_validation=True
    )
    certificate = x509.load_der_x509_certificate(certificate_der)
    if not isinstance(private_key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    return SigningKey(
        private_key=private_key,
        certificate_der=certificate_der,
        certificate_digests={
            "sha1": digest_of("sha1", certificate_der),
            "sha256": digest_of("sha256", certificate_der),
        },
        issuer=escape(der.rfc2253(certificate.issuer), {"\r": "&#xD;"}),
        serial=certificate.serial_number,
        key_info=_key_info(certificate_der, private_key.public_key().public_numbers()),
    )


def digest_of(name: Digest, content: bytes) -> str:
    """The digest of ``content`` in base64, as XML signatures carry it."""
    return b64encode(hashlib.new(name, content).digest()).decode()


def _key_info(certificate_der: bytes, public: rsa.RSAPublicNumbers) -> str:
    modulus, exponent = (
        b64encode(v.to_bytes((v.bit_length() + 7) // 8)).decode() for v in (public.n, public.e)
    )
    return (
        f"<ds:X509Data><ds:X509Certificate>{b64encode(certificate_der).decode()}</ds:X509Certificate></ds:X509Data>"
        f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>{exponent}</ds:Exponent>"
        "</ds:RSAKeyValue></ds:KeyValue>"
    )
