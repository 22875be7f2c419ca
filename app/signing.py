"""XAdES-BES as the SRI wants it (ficha 6 and anexo 14): unsigned bytes in, signed bytes out, never changed after."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from app import der
from app.signature_check import DS, ETSI, BadSignature, ids, parse, verify

__all__ = ["BadSignature", "Digest", "SigningKey", "sign", "signing_key", "verify"]

Digest = Literal["sha1", "sha256"]

_GUAYAQUIL = timezone(timedelta(hours=-5))
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_ENVELOPED = f"{DS}enveloped-signature"
_W3C = "http://www.w3.org/2001/04"
_METHODS: Mapping[Digest, tuple[str, str, hashes.HashAlgorithm]] = {  # signature, digest, both for RSA
    "sha1": (f"{DS}rsa-sha1", f"{DS}sha1", hashes.SHA1()),  # noqa: S303, the ficha prescribes it
    "sha256": (f"{_W3C}/xmldsig-more#rsa-sha256", f"{_W3C}/xmlenc#sha256", hashes.SHA256()),
}


@dataclass(frozen=True)
class SigningKey:
    """A private key with everything of its certificate that a signature repeats, computed once."""

    private_key: rsa.RSAPrivateKey
    certificate_der: bytes
    certificate_digests: Mapping[Digest, str]  # base64
    issuer: str  # RFC 2253, escaped for XML
    serial: int
    key_info: str  # canonical children of ds:KeyInfo


def signing_key(private_key_der: bytes, certificate_der: bytes) -> SigningKey:
    """A key ready to sign, from PKCS#8 and X.509 DER that ``certificates.open_p12`` accepted before.

    OpenSSL's check of the RSA numbers (37 ms) is skipped: it was made at acceptance. Raises ``ValueError`` for
    bytes that are no RSA key or no certificate.
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
            "sha1": _digest("sha1", certificate_der),
            "sha256": _digest("sha256", certificate_der),
        },
        issuer=escape(der.rfc2253(certificate.issuer), {"\r": "&#xD;"}),
        serial=certificate.serial_number,
        key_info=_key_info(certificate_der, private_key.public_key().public_numbers()),
    )


def sign(xml: bytes, key: SigningKey, at: datetime, digest: Digest = "sha1") -> bytes:
    """The comprobante with its signature as last child; the same arguments give the same bytes.

    ``xml`` has a root with ``id="comprobante"`` and no other id; comments and processing instructions are dropped.
    ``at`` is aware; it is written in Ecuador's time, whole seconds. Raises ``ValueError`` for any other input.
    """
    root = _signable_root(xml)
    canonical: bytes = etree.tostring(root, method="c14n")
    # A document's own prefixes are in scope of the signature too, so inclusive C14N renders them at each digested apex.
    scope = _namespaces({**root.nsmap, "ds": DS, "etsi": ETSI})
    document_digest = _digest(digest, canonical)
    n = int.from_bytes(hashlib.sha256(canonical + key.certificate_der).digest()[:4])

    properties = _signed_properties(key, n, at, digest)
    key_info = f'<ds:KeyInfo Id="Certificate{n}">{key.key_info}</ds:KeyInfo>'
    digests = [_digest(digest, _apex(element, scope)) for element in (properties, key_info)]
    info = _signed_info(n, digest, *digests, document_digest)
    value = key.private_key.sign(_apex(info, scope), padding.PKCS1v15(), _METHODS[digest][2])
    signature = (
        f'<ds:Signature xmlns:ds="{DS}" xmlns:etsi="{ETSI}" Id="Signature{n}">{info}'
        f'<ds:SignatureValue Id="SignatureValue{n}">{b64encode(value).decode()}</ds:SignatureValue>{key_info}'
        f'<ds:Object Id="Signature{n}-Object{n}"><etsi:QualifyingProperties Target="#Signature{n}">{properties}'
        "</etsi:QualifyingProperties></ds:Object></ds:Signature>"
    )
    end = canonical.rindex(b"</")
    return _DECLARATION + canonical[:end] + signature.encode() + canonical[end:]


def _signable_root(xml: bytes) -> etree._Element:
    root = parse(xml, keep_comments=False)
    if root.get("id") != "comprobante" or ids(root) != ["comprobante"]:
        raise ValueError('a document to sign has one id, id="comprobante" on its root')
    if any(name.startswith("{") for name in root.attrib):
        raise ValueError("the root of a document to sign has no prefixed attribute")
    return root


def _namespaces(scope: Mapping[str | None, str]) -> str:
    ordered = sorted((prefix or "", uri) for prefix, uri in scope.items())
    return "".join(f' xmlns{":" if p else ""}{p}="{escape(uri, {chr(34): "&quot;"})}"' for p, uri in ordered)


def _apex(element: str, scope: str) -> bytes:
    """The canonical bytes of an element in its context: what it inherits is declared on its own tag."""
    head, gap, tail = element.partition(" ")
    return f"{head}{scope}{gap}{tail}".encode()


def _digest(name: Digest, content: bytes) -> str:
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


def _signed_properties(key: SigningKey, n: int, at: datetime, digest: Digest) -> str:
    if at.tzinfo is None:
        raise ValueError("the signing time needs a time zone")
    return (
        f'<etsi:SignedProperties Id="Signature{n}-SignedProperties{n}"><etsi:SignedSignatureProperties>'
        f"<etsi:SigningTime>{at.astimezone(_GUAYAQUIL).isoformat(timespec='seconds')}</etsi:SigningTime>"
        f"<etsi:SigningCertificate><etsi:Cert><etsi:CertDigest>{_digest_of(digest, key.certificate_digests[digest])}"
        f"</etsi:CertDigest><etsi:IssuerSerial><ds:X509IssuerName>{key.issuer}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{key.serial}</ds:X509SerialNumber></etsi:IssuerSerial></etsi:Cert>"
        "</etsi:SigningCertificate></etsi:SignedSignatureProperties><etsi:SignedDataObjectProperties>"
        f'<etsi:DataObjectFormat ObjectReference="#Reference-ID-{n}"><etsi:Description>contenido comprobante'
        "</etsi:Description><etsi:MimeType>text/xml</etsi:MimeType></etsi:DataObjectFormat>"
        "</etsi:SignedDataObjectProperties></etsi:SignedProperties>"
    )


def _signed_info(n: int, digest: Digest, properties: str, key_info: str, document: str) -> str:
    return (
        f'<ds:SignedInfo Id="Signature-SignedInfo{n}"><ds:CanonicalizationMethod Algorithm="{_C14N}">'
        f'</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="{_METHODS[digest][0]}"></ds:SignatureMethod>'
        f'<ds:Reference Id="SignedPropertiesID{n}" Type="http://uri.etsi.org/01903#SignedProperties"'
        f' URI="#Signature{n}-SignedProperties{n}">{_digest_of(digest, properties)}</ds:Reference>'
        f'<ds:Reference URI="#Certificate{n}">{_digest_of(digest, key_info)}</ds:Reference>'
        f'<ds:Reference Id="Reference-ID-{n}" URI="#comprobante"><ds:Transforms><ds:Transform Algorithm="{_ENVELOPED}">'
        f"</ds:Transform></ds:Transforms>{_digest_of(digest, document)}</ds:Reference></ds:SignedInfo>"
    )


def _digest_of(digest: Digest, value: str) -> str:
    return f'<ds:DigestMethod Algorithm="{_METHODS[digest][1]}"></ds:DigestMethod><ds:DigestValue>{value}</ds:DigestValue>'
