"""Our signatures before verifiers that are not ours, and a real signature before ours."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from npm_verifiers import NAMES, npm_verdicts
from signing_cast import NOW, ana, anas_key, factura
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier
from xmlsec import xmlsec1_accepts

from app.signing import BadSignature, Digest, sign, verify

HARD_NAMES = ["ACME S.A.", "& < > \" ' ]]>", "a\rb\tc", "漢字 🧾 𝄞 ñ\u00a0é"]
DIGESTS: list[Digest] = ["sha1", "sha256"]


def by_signxml(signed: bytes, _: Path) -> bool:
    try:
        verify(signed)
    except BadSignature:
        return False
    return True


def by_xmlsec1(signed: bytes, folder: Path) -> bool:
    return xmlsec1_accepts(signed, ana().authority, folder, NOW)


def by_npm(name: str) -> Callable[[bytes, Path], bool]:
    return lambda signed, folder: npm_verdicts([signed], folder)[0][name]


VERIFIERS = {"signxml": by_signxml, "xmlsec1": by_xmlsec1, **{name: by_npm(name) for name in NAMES}}


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("judge", VERIFIERS.values(), ids=VERIFIERS)
def test_every_verifier_accepts_what_we_sign_and_refuses_a_changed_amount(tmp_path, judge, digest):
    signed = sign(factura(), anas_key(), NOW, digest)
    assert judge(signed, tmp_path)
    assert not judge(signed.replace(b"112.00", b"113.00"), tmp_path)


@pytest.mark.parametrize("name", HARD_NAMES)
@pytest.mark.parametrize("judge", VERIFIERS.values(), ids=VERIFIERS)
def test_every_verifier_reads_hard_names_as_we_do(tmp_path, judge, name):
    assert judge(sign(factura(name), anas_key(), NOW), tmp_path)


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
