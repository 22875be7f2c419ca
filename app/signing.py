"""XAdES-BES as the SRI wants it (ficha 6, anexo 14): unsigned bytes in, signed bytes out."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from app.ecuador import ECUADOR
from app.signature_check import DS, ETSI, BadSignature, ids, parse, verify
from app.signing_key import Digest, SigningKey, digest_of, signing_key

__all__ = ["BadSignature", "Digest", "SigningKey", "sign", "signing_key", "verify"]

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_W3C = "http://www.w3.org/2001/04"
_METHODS: Mapping[Digest, tuple[str, str, hashes.HashAlgorithm]] = {  # signature, digest, both for RSA
    "sha1": (f"{DS}rsa-sha1", f"{DS}sha1", hashes.SHA1()),  # nosec B303  # noqa: S303, the ficha prescribes it
    "sha256": (f"{_W3C}/xmldsig-more#rsa-sha256", f"{_W3C}/xmlenc#sha256", hashes.SHA256()),
}


def sign(xml: bytes, key: SigningKey, at: datetime, digest: Digest = "sha1") -> bytes:
    """The comprobante with its signature as last child; the same arguments give the same bytes.

    ``xml`` has a root with ``id="comprobante"`` and no other id; its comments and processing instructions are
    dropped. ``at`` is aware; it is written in Ecuador's time, whole seconds. Raises ``ValueError`` else.
    """
    root = _signable_root(xml)
    canonical: bytes = etree.tostring(root, method="c14n")
    if b" xmlns" in canonical:
        parse(canonical)  # libxml2 writes & in a namespace's name as it is, which is no XML any more
    # The root's own prefixes are in the signature's scope: inclusive C14N renders them at each digested apex.
    scope = _namespaces({**root.nsmap, "ds": DS, "etsi": ETSI})
    n = int.from_bytes(hashlib.sha256(canonical + key.certificate_der).digest()[:4])

    properties = _signed_properties(key, n, at, digest)
    key_info = f'<ds:KeyInfo Id="Certificate{n}">{key.key_info}</ds:KeyInfo>'
    signed = (_apex(properties, scope), _apex(key_info, scope), canonical)
    info = _signed_info(n, digest, *(digest_of(digest, element) for element in signed))
    value = key.private_key.sign(_apex(info, scope), padding.PKCS1v15(), _METHODS[digest][2])
    signature = (
        f'<ds:Signature xmlns:ds="{DS}" xmlns:etsi="{ETSI}" Id="Signature{n}">{info}'
        f'<ds:SignatureValue Id="SignatureValue{n}">{b64encode(value).decode()}</ds:SignatureValue>{key_info}'
        f'<ds:Object Id="Signature{n}-Object{n}"><etsi:QualifyingProperties Target="#Signature{n}">'
        f"{properties}</etsi:QualifyingProperties></ds:Object></ds:Signature>"
    )
    end = canonical.rindex(b"</")
    return _DECLARATION + canonical[:end] + signature.encode() + canonical[end:]


def _signable_root(xml: bytes) -> etree._Element:
    root = parse(xml, keep_comments=False)
    if root.get("id") != "comprobante" or ids(root) != ["comprobante"]:
        raise ValueError('a document to sign has one id, id="comprobante" on its root')
    if root.find(f"{{{DS}}}Signature") is not None:
        raise ValueError("the document is signed already")
    if any(str(name).startswith("{") for name in root.attrib):
        raise ValueError("the root of a document to sign has no prefixed attribute")
    return root


def _namespaces(scope: Mapping[str | None, str]) -> str:
    ordered = sorted((prefix or "", uri) for prefix, uri in scope.items())
    return "".join(f" xmlns{':' if prefix else ''}{prefix}={_quoted(uri)}" for prefix, uri in ordered)


def _quoted(uri: str) -> str:
    return '"' + escape(uri, {'"': "&quot;"}) + '"'


def _apex(element: str, scope: str) -> bytes:
    """The canonical bytes of an element in its context: what it inherits is declared on its own tag."""
    head, gap, tail = element.partition(" ")
    return f"{head}{scope}{gap}{tail}".encode()


def _signed_properties(key: SigningKey, n: int, at: datetime, digest: Digest) -> str:
    if at.tzinfo is None:
        raise ValueError("the signing time needs a time zone")
    return (
        f'<etsi:SignedProperties Id="Signature{n}-SignedProperties{n}"><etsi:SignedSignatureProperties>'
        f"<etsi:SigningTime>{at.astimezone(ECUADOR).isoformat(timespec='seconds')}</etsi:SigningTime>"
        "<etsi:SigningCertificate><etsi:Cert><etsi:CertDigest>"
        f"{_digest_element(digest, key.certificate_digests[digest])}</etsi:CertDigest>"
        f"<etsi:IssuerSerial><ds:X509IssuerName>{key.issuer}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{key.serial}</ds:X509SerialNumber></etsi:IssuerSerial></etsi:Cert>"
        "</etsi:SigningCertificate></etsi:SignedSignatureProperties><etsi:SignedDataObjectProperties>"
        f'<etsi:DataObjectFormat ObjectReference="#Reference-ID-{n}"><etsi:Description>contenido comprobante'
        "</etsi:Description><etsi:MimeType>text/xml</etsi:MimeType></etsi:DataObjectFormat>"
        "</etsi:SignedDataObjectProperties></etsi:SignedProperties>"
    )


def _signed_info(n: int, digest: Digest, properties: str, key_info: str, document: str) -> str:
    return (
        f'<ds:SignedInfo Id="Signature-SignedInfo{n}">{_method("Canonicalization", _C14N)}'
        f"{_method('Signature', _METHODS[digest][0])}"
        f'<ds:Reference Id="SignedPropertiesID{n}" Type="http://uri.etsi.org/01903#SignedProperties"'
        f' URI="#Signature{n}-SignedProperties{n}">{_digest_element(digest, properties)}</ds:Reference>'
        f'<ds:Reference URI="#Certificate{n}">{_digest_element(digest, key_info)}</ds:Reference>'
        f'<ds:Reference Id="Reference-ID-{n}" URI="#comprobante"><ds:Transforms>'
        f'<ds:Transform Algorithm="{DS}enveloped-signature"></ds:Transform></ds:Transforms>'
        f"{_digest_element(digest, document)}</ds:Reference></ds:SignedInfo>"
    )


def _method(kind: str, algorithm: str) -> str:
    return f'<ds:{kind}Method Algorithm="{algorithm}"></ds:{kind}Method>'


def _digest_element(digest: Digest, value: str) -> str:
    return f"{_method('Digest', _METHODS[digest][1])}<ds:DigestValue>{value}</ds:DigestValue>"
