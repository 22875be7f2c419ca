"""The XAdES-BES signature: its profile, what it survives, what breaks it."""

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signing_cast import NOW, RUC, ana, anas_key, as_signing_key, factura

from app.signing import BadSignature, sign, verify
from app.test_certificates import issue

NS = {"ds": "http://www.w3.org/2000/09/xmldsig#", "etsi": "http://uri.etsi.org/01903/v1.3.2#"}
SIGNED = sign(factura(), anas_key(), NOW)

# Texts an invoice may carry: no control characters, no halves of surrogate pairs.
SPEAKABLE = st.text(
    st.one_of(
        st.sampled_from("&<>\"'\r\n\t]ñÑ€𝄞漢字🧾\u00a0\u2028"),
        st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufffe\uffff"),
    )
)


def found(signed: bytes, path: str) -> etree._Element:
    (element,) = etree.fromstring(signed).xpath(path, namespaces=NS)
    return element


def test_what_is_signed_verifies():
    verify(SIGNED)


def test_the_signature_is_the_last_child_and_the_rest_is_the_canonical_document():
    assert SIGNED.startswith(b'<?xml version="1.0" encoding="UTF-8"?><factura id="comprobante"')
    assert SIGNED.endswith(b"</ds:Signature></factura>")
    bare = re.sub(rb"<ds:Signature .*</ds:Signature>", b"", SIGNED.partition(b"?>")[2])
    assert bare == etree.tostring(etree.fromstring(factura()), method="c14n")


def test_no_id_occurs_twice():
    ids = etree.fromstring(SIGNED).xpath("//@Id | //@id")
    assert len(ids) == len(set(ids)) == 9


def test_the_same_arguments_give_the_same_bytes_and_another_document_other_ids():
    assert sign(factura(), anas_key(), NOW) == SIGNED
    other = sign(factura("OTRA"), anas_key(), NOW)
    assert found(other, "//ds:Signature").get("Id") != found(SIGNED, "//ds:Signature").get("Id")


def test_sha256_is_a_switch_that_leaves_no_sha1_behind():
    signed = sign(factura(), anas_key(), NOW, "sha256")
    verify(signed)
    assert b"sha1" not in signed
    assert b"xmldsig-more#rsa-sha256" in signed


@settings(max_examples=60, deadline=None)
@given(SPEAKABLE)
def test_any_text_an_invoice_may_carry_verifies_and_comes_back_unchanged(name):
    signed = sign(factura(name), anas_key(), NOW)
    verify(signed)
    assert (found(signed, "//razonSocial").text or "") == name


def test_prefixes_declared_on_the_root_are_in_the_digests_scope():
    declared = (
        b'<factura xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:aa="urn:a" id="comprobante"'
    )
    signed = sign(factura().replace(b'<factura id="comprobante"', declared), anas_key(), NOW)
    verify(signed)
    assert b'xmlns:aa="urn:a"' in signed


def test_an_expired_certificate_verifies_at_the_time_it_signed():
    expired = issue(
        RUC, "ANA", key=ana().key, not_before=NOW - timedelta(9), not_after=NOW + timedelta(minutes=1)
    )
    verify(sign(factura(), as_signing_key(expired), NOW))


def test_a_signature_made_after_the_certificate_expired_is_bad():
    expired = issue(RUC, "ANA", key=ana().key, not_before=NOW - timedelta(9), not_after=NOW - timedelta(1))
    with pytest.raises(BadSignature, match="InvalidCertificate"):
        verify(sign(factura(), as_signing_key(expired), NOW))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SIGNED) - 1), st.binary(max_size=3))
def test_hostile_bytes_are_bad_signatures_and_nothing_else(position, junk):
    hostile = SIGNED[:position] + junk + SIGNED[position + len(junk) + 1 :]
    try:
        verify(hostile)
    except BadSignature as error:
        assert error.reason


def replaced(old: str, new: str) -> bytes:
    text = SIGNED.decode()
    assert re.search(old, text)
    return re.sub(old, new, text, count=1).encode()


@pytest.mark.parametrize(
    "signed",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hola", id="no XML"),
        pytest.param(factura(), id="unsigned"),
        pytest.param(replaced(r"<factura", "<!DOCTYPE factura><factura"), id="DOCTYPE"),
        pytest.param(replaced(r"(<ds:Signature .*</ds:Signature>)", r"\1\1"), id="two signatures"),
        pytest.param(replaced(r"<infoFactura>", '<infoFactura Id="comprobante">'), id="a second comprobante"),
        pytest.param(replaced(r'Target="#Signature', 'Target="#Otra'), id="another target"),
        pytest.param(replaced(r"<ds:X509Data>.*</ds:X509Data>", ""), id="no certificate"),
        pytest.param(replaced(r"<etsi:SigningTime>[^<]*", "<etsi:SigningTime>ayer"), id="no time"),
        pytest.param(replaced(r"(SigningTime>[^<]*)-05:00<", r"\1<"), id="time without zone"),
        pytest.param(replaced(r"<ds:Reference URI.*?</ds:Reference>", ""), id="KeyInfo not referenced"),
    ],
)
def test_what_is_not_wholly_signed_is_refused(signed):
    with pytest.raises(BadSignature):
        verify(signed)


def test_a_whole_signature_made_over_an_inner_element_does_not_cover_the_comprobante():
    inner = SIGNED.partition(b"?>")[2]
    wrapped = b'<factura id="comprobante"><importeTotal>999.00</importeTotal>' + inner + b"</factura>"
    with pytest.raises(BadSignature):
        verify(wrapped)


def test_a_key_value_of_another_key_is_refused_even_when_properly_signed():
    stranger = issue(RUC, "OTRO")
    key = anas_key()
    modulus = re.compile("<ds:Modulus>.*</ds:Modulus>")
    theirs = modulus.search(as_signing_key(stranger).key_info)[0]
    mixed = type(key)(**{**vars(key), "key_info": modulus.sub(theirs, key.key_info)})
    with pytest.raises(BadSignature, match="different public keys"):
        verify(sign(factura(), mixed, NOW))


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param(b"<factura", id="not XML"),
        pytest.param(b'<!DOCTYPE f><f id="comprobante"/>', id="DOCTYPE"),
        pytest.param(b"<factura/>", id="no id"),
        pytest.param(b'<factura><a id="comprobante"/></factura>', id="id below the root"),
        pytest.param(b'<factura id="comprobante"><a Id="x"/></factura>', id="a second id"),
        pytest.param(b'<factura id="comprobante" xml:lang="es"/>', id="an inherited attribute"),
        pytest.param(
            b'<f xmlns:a="urn:a&amp;b" id="comprobante"/>', id="a namespace no canonical form holds"
        ),
        pytest.param(
            b'<f id="comprobante"><d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"/></f>',
            id="signed already",
        ),
    ],
)
def test_what_cannot_be_signed_safely_is_not_signed(xml):
    with pytest.raises(ValueError):
        sign(xml, anas_key(), NOW)


def test_a_signing_time_without_zone_is_not_accepted():
    with pytest.raises(ValueError, match="time zone"):
        sign(factura(), anas_key(), datetime(2026, 11, 23))  # noqa: DTZ001
