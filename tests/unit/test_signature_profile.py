"""The profile of what we sign, mark by mark, as the SRI's own samples carry it (rules section 4, ficha 6, anexo 14)."""

import hashlib
import re
from base64 import b64decode, b64encode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signing_cast import NOW, RUC, ana, anas_key, as_signing_key, factura

from app import der
from app.signature_check import DS, ETSI
from app.signing import Digest, sign, verify
from app.test_certificates import issue

NS = {"ds": DS, "etsi": ETSI}
SIGNED = sign(factura(), anas_key(), NOW)
W3C = "http://www.w3.org/"
C14N = f"{W3C}TR/2001/REC-xml-c14n-20010315"
ALGORITHMS: dict[Digest, tuple[str, str]] = {
    "sha1": (f"{DS}rsa-sha1", f"{DS}sha1"),
    "sha256": (f"{W3C}2001/04/xmldsig-more#rsa-sha256", f"{W3C}2001/04/xmlenc#sha256"),
}


def every(path: str, signed: bytes = SIGNED) -> list[etree._Element]:
    found = etree.fromstring(signed).xpath(path, namespaces=NS)
    assert isinstance(found, list)
    return found


def one(path: str, signed: bytes = SIGNED) -> etree._Element:
    (element,) = every(path, signed)
    return element


def test_references_come_in_the_order_authorized_documents_have():
    uris = [reference.get("URI") for reference in every("//ds:Reference")]
    assert re.fullmatch(r"#Signature\d+-SignedProperties\d+ #Certificate\d+ #comprobante", " ".join(uris))
    kinds = [reference.get("Type") for reference in every("//ds:Reference")]
    assert kinds == ["http://uri.etsi.org/01903#SignedProperties", None, None]


def test_only_the_comprobante_reference_has_a_transform_and_it_is_the_enveloped_one():
    transform = one("//ds:Transform")
    assert transform.get("Algorithm") == f"{DS}enveloped-signature"
    assert transform.getparent().getparent().get("URI") == "#comprobante"


@pytest.mark.parametrize("digest", ALGORITHMS)
def test_algorithms_are_those_of_the_ficha_or_of_the_switch_and_no_others(digest: Digest):
    signed = sign(factura(), anas_key(), NOW, digest)
    verify(signed)
    method, summed = ALGORITHMS[digest]
    assert one("//ds:CanonicalizationMethod", signed).get("Algorithm") == C14N
    assert one("//ds:SignatureMethod", signed).get("Algorithm") == method
    assert [e.get("Algorithm") for e in every("//ds:DigestMethod", signed)] == [summed] * 4


def test_the_signing_time_is_ecuadors_in_whole_seconds_never_in_the_future():
    assert one("//etsi:SigningTime").text == "2026-11-23T10:30:12-05:00"


def test_the_data_object_format_points_at_the_comprobante_reference():
    data_object_format = one("//etsi:DataObjectFormat")
    reference = one("//ds:Reference[@URI='#comprobante']")
    assert data_object_format.get("ObjectReference") == f"#{reference.get('Id')}"
    assert [child.text for child in data_object_format] == ["contenido comprobante", "text/xml"]


@pytest.mark.parametrize("digest", ALGORITHMS)
def test_the_certificate_is_named_the_first_way_by_digest_issuer_and_serial(digest: Digest):
    signed = sign(factura(), anas_key(), NOW, digest)
    assert not every("//etsi:SigningCertificateV2", signed)
    named = one("//etsi:SigningCertificate/etsi:Cert", signed)
    summed = hashlib.new(digest, ana().certificate.public_bytes(Encoding.DER)).digest()
    assert named.findtext("etsi:CertDigest/ds:DigestValue", None, NS) == b64encode(summed).decode()
    serial = named.findtext("etsi:IssuerSerial/ds:X509SerialNumber", None, NS)
    assert serial == str(ana().certificate.serial_number)
    issuer = named.findtext("etsi:IssuerSerial/ds:X509IssuerName", None, NS)
    assert issuer == "CN=SUBCA DE PRUEBA SIN VALOR LEGAL,O=AUTORIDAD DE CERTIFICACION DE PRUEBA,C=EC"


def test_the_key_info_carries_the_leaf_certificate_alone_and_a_key_value_that_is_its_key():
    key_info = one("//ds:KeyInfo")
    assert [etree.QName(child).localname for child in key_info] == ["X509Data", "KeyValue"]
    der_bytes = b64decode(one("//ds:X509Data/ds:X509Certificate").text)
    assert der_bytes == ana().certificate.public_bytes(Encoding.DER)
    public = ana().certificate.public_key().public_numbers()
    told = [int.from_bytes(b64decode(e.text)) for e in every("//ds:RSAKeyValue/*")]
    assert told == [public.n, public.e]


def test_both_prefixes_are_declared_on_the_signature_and_not_on_the_root():
    root = etree.fromstring(SIGNED)
    assert root.nsmap == {}
    assert root.find(f"{{{DS}}}Signature").nsmap == {"ds": DS, "etsi": ETSI}


def test_it_is_a_bes_without_policy_or_timestamp():
    names = {etree.QName(element).localname for element in every("//etsi:*")}
    assert not {name for name in names if "Policy" in name or "TimeStamp" in name or "Unsigned" in name}


UANATACA = x509.ObjectIdentifier("2.5.4.97")
ISSUERS = {
    "UANATACA's VATES and signs to escape": (
        [
            (NameOID.COUNTRY_NAME, "ES"),
            (NameOID.ORGANIZATION_NAME, "UANATACA & HIJOS, S.A."),
            (NameOID.COMMON_NAME, "UANATACA CA2"),
            (UANATACA, "VATES-A66721499"),
        ],
        "2.5.4.97=#0c0f56415445532d413636373231343939,CN=UANATACA CA2,O=UANATACA & HIJOS\\, S.A.,C=ES",
    ),
    "a serial number and a mail address": (
        [
            (NameOID.COMMON_NAME, "CA"),
            (NameOID.SERIAL_NUMBER, "0992"),
            (NameOID.EMAIL_ADDRESS, "a@b.ec"),
        ],
        "1.2.840.113549.1.9.1=#1606" + b"a@b.ec".hex() + ",2.5.4.5=#1304" + b"0992".hex() + ",CN=CA",
    ),
    "names RFC 2253 has a word for": (
        [
            (NameOID.COUNTRY_NAME, "EC"),
            (NameOID.STATE_OR_PROVINCE_NAME, "Pichincha"),
            (NameOID.LOCALITY_NAME, "Quito"),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, 'ECI "BCE" <1>'),
        ],
        'OU=ECI \\"BCE\\" \\<1\\>,L=Quito,ST=Pichincha,C=EC',
    ),
}


@pytest.mark.parametrize(("attributes", "written"), ISSUERS.values(), ids=ISSUERS)
def test_the_issuer_is_written_last_attribute_first_with_hex_for_what_has_no_short_name(attributes, written):
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    assert der.rfc2253(name) == written
    signed = sign(
        factura(), as_signing_key(issue(RUC, "ANA", key=ana().key, authority_name=name, not_before=NOW)), NOW
    )
    verify(signed)
    assert one("//ds:X509IssuerName", signed).text == written
