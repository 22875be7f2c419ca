"""Whether a comprobante is what its certificate signed: signxml's judgement within the SRI's profile."""

from base64 import b64decode, b64encode
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
ETSI: Final = "http://uri.etsi.org/01903/v1.3.2#"

_NS = {"ds": DS, "etsi": ETSI}
_PROPERTIES = "ds:Object/etsi:QualifyingProperties/etsi:SignedProperties"
_ENVELOPED = f"{DS}enveloped-signature"
_TRANSFORMS = frozenset({_ENVELOPED, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"})
_every_id = etree.XPath("//@*[local-name()='id' or local-name()='Id' or local-name()='ID']")
# All that signxml and what lies below it are seen to raise on hostile bytes.
_REFUSALS = (
    SignXMLException,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    etree.LxmlError,
    ValueError,
    TypeError,
)


class BadSignature(ValueError):
    """The bytes are not what the certificate they carry has signed; ``reason`` says what is wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(xml: bytes, *, keep_comments: bool = True) -> etree._Element:
    """The root of ``xml``, nothing fetched or expanded.

    Raises ``ValueError`` for what is not XML or has a DOCTYPE.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=not keep_comments,
        remove_pis=not keep_comments,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("it has a DOCTYPE")
    return root


def ids(root: etree._Element) -> list[str]:
    """Every id in the document, whichever way its attribute is spelled."""
    found = _every_id(root)
    return [str(value) for value in found] if isinstance(found, list) else []


def verify(signed: bytes) -> None:
    """Return only when the signature is valid and covers the whole comprobante, KeyInfo and SignedProperties.

    Raises ``BadSignature`` otherwise. SHA-1 and SHA-256 pass. The certificate's dates are judged at signing
    time, so expired ones verify; issuer, purpose and revocation are the SRI's to judge, at authorization.
    """
    try:
        root = parse(signed)
        signature = _only(root, "ds:Signature")
        _require_coverage(root, signature)
        _require_bound_ids(signature)
        XAdESVerifier().verify(signed, x509_cert=_certificate(signature), expect_config=_profile(signature))
    except BadSignature:
        raise
    except _REFUSALS as error:
        raise BadSignature(f"{type(error).__name__}: {error}") from error


def _profile(signature: etree._Element) -> XAdESSignatureConfiguration:
    return XAdESSignatureConfiguration(
        location="./",
        expect_references=3,
        signature_methods=frozenset({SignatureMethod.RSA_SHA1, SignatureMethod.RSA_SHA256}),
        digest_algorithms=frozenset({DigestAlgorithm.SHA1, DigestAlgorithm.SHA256}),
        default_reference_c14n_method=CanonicalizationMethod.CANONICAL_XML_1_0,
        verification_time=_signing_time(signature),
    )


def _only(parent: etree._Element, path: str) -> etree._Element:
    found = parent.findall(path, _NS)
    if len(found) != 1:
        raise BadSignature(f"{len(found)} elements {path}, expected one")
    return found[0]


def _require_coverage(root: etree._Element, signature: etree._Element) -> None:
    """The three references point at root, KeyInfo and SignedProperties of this document and signature."""
    named = ids(root)
    if len(named) != len(set(named)):
        raise BadSignature("an id occurs twice")
    references = {r.get("URI"): r for r in signature.iterfind("ds:SignedInfo/ds:Reference", _NS)}
    properties = _only(signature, _PROPERTIES)
    wanted = {"#comprobante", f"#{_only(signature, 'ds:KeyInfo').get('Id')}", f"#{properties.get('Id')}"}
    if root.get("id") != "comprobante" or set(references) != wanted:
        raise BadSignature("the references do not cover comprobante, KeyInfo and SignedProperties")
    for uri, reference in references.items():
        used = {t.get("Algorithm") for t in reference.iterfind("ds:Transforms/ds:Transform", _NS)}
        if not used <= _TRANSFORMS or (_ENVELOPED in used) != (uri == "#comprobante"):
            raise BadSignature(f"transforms of {uri} are not the prescribed ones")


def _require_bound_ids(signature: etree._Element) -> None:
    """What no digest covers is held to one spelling: the target's id and the signature value's base64."""
    properties = _only(signature, "ds:Object/etsi:QualifyingProperties")
    if properties.get("Target") != f"#{signature.get('Id')}":
        raise BadSignature("QualifyingProperties belong to another signature")
    value = "".join((_only(signature, "ds:SignatureValue").text or "").split())
    if b64encode(b64decode(value)).decode() != value:
        raise BadSignature("SignatureValue is not base64")


def _certificate(signature: etree._Element) -> x509.Certificate:
    text = signature.findtext("ds:KeyInfo/ds:X509Data/ds:X509Certificate", None, _NS)
    if not text:
        raise BadSignature("no X509Certificate in KeyInfo")
    return x509.load_der_x509_certificate(b64decode(text))


def _signing_time(signature: etree._Element) -> datetime:
    properties = _only(signature, f"{_PROPERTIES}/etsi:SignedSignatureProperties")
    at = datetime.fromisoformat((_only(properties, "etsi:SigningTime").text or "").strip())
    if at.tzinfo is None:
        raise BadSignature("SigningTime has no time zone")
    return at
