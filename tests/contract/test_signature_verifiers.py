"""Our signatures before verifiers that are not ours, and a real signature before ours."""

from pathlib import Path

import pytest
from lxml import etree
from signing_cast import NOW, ana, anas_key, factura
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier
from xmlsec import xmlsec1_accepts

from app.signing import Digest, sign, verify

HARD_NAMES = ["ACME S.A.", "& < > \" ' ]]>", "a\rb\tc", "漢字 🧾 𝄞 ñ\u00a0é"]
DIGESTS: list[Digest] = ["sha1", "sha256"]


def judged(folder: Path, signed: bytes) -> bool:
    return xmlsec1_accepts(signed, ana().authority, folder, NOW)


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("name", HARD_NAMES)
def test_debians_xmlsec1_verifies_what_we_sign(tmp_path, name, digest):
    assert judged(tmp_path, sign(factura(name), anas_key(), NOW, digest))


def test_xmlsec1_refuses_a_changed_amount(tmp_path):
    signed = sign(factura(), anas_key(), NOW)
    assert not judged(tmp_path, signed.replace(b"112.00", b"113.00"))


@pytest.mark.parametrize("digest", DIGESTS)
def test_signxml_verifies_with_one_algorithm_allowed_and_the_certificate_given(digest):
    config = XAdESSignatureConfiguration(
        signature_methods=frozenset({SignatureMethod[f"RSA_{digest.upper()}"]}),
        digest_algorithms=frozenset({DigestAlgorithm[digest.upper()]}),
        verification_time=NOW,
    )
    signed = sign(factura(), anas_key(), NOW, digest)
    results = XAdESVerifier().verify(signed, x509_cert=ana().certificate, expect_config=config)
    tags = [etree.QName(result.signed_xml).localname for result in results]
    assert tags == ["SignedProperties", "KeyInfo", "factura"]
    with pytest.raises(InvalidDigest):
        tampered = signed.replace(b"112.00", b"113.00")
        XAdESVerifier().verify(tampered, x509_cert=ana().certificate, expect_config=config)


def test_a_real_signed_retention_verifies_and_a_changed_one_does_not(shared):
    real = (shared / "sri" / "samples" / "ret-v1.0.0-signed-02.xml").read_bytes()
    verify(real)
    with pytest.raises(ValueError):
        verify(real.replace(b"<valorRetenido>10.00", b"<valorRetenido>11.00"))
