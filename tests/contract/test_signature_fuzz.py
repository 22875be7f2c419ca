"""Five hundred documents as hard as XML allows all verify, before us and before others; a changed byte never does."""

import random
import re
from pathlib import Path

import pytest
from fuzzed_documents import fuzzed
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from npm_verifiers import NAMES, npm_verdicts
from signing_cast import NOW, ana, anas_key, factura
from xmlsec import xmlsec1_accepts

from app.signature_check import DS
from app.signing import BadSignature, Digest, sign, verify

# Both npm verifiers read XML by xmldom, which takes these for line ends in XML 1.0 too and loses them.
LINE_ENDS_OF_XML_1_1 = re.compile("[\x85\u2028]")
DOCUMENTS, SHOWN_TO_OTHERS = 500, 25
SIGNED = sign(factura(), anas_key(), NOW)
# What no reference of XAdES-BES covers: the declaration, and the names of two elements that nobody refers to.
UNSIGNED = re.compile(rb'^<\?xml .*?\?>|<ds:SignatureValue Id="([^"]*)"|<ds:Object Id="([^"]*)"')

pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")


def digest_for(seed: int) -> Digest:
    return "sha256" if seed % 2 else "sha1"


def signed(seed: int) -> bytes:
    return sign(fuzzed(seed), anas_key(), NOW, digest_for(seed))


def test_five_hundred_fuzzed_documents_verify_and_keep_their_content():
    for seed in range(DOCUMENTS):
        result = signed(seed)
        verify(result)
        kept = re.sub(rb"<ds:Signature .*</ds:Signature>", b"", result.partition(b"?>")[2])
        given = etree.fromstring(fuzzed(seed), etree.XMLParser(remove_pis=True))
        assert kept == etree.tostring(given, method="c14n", with_comments=False)


def test_a_sample_of_them_verifies_by_xmlsec1(tmp_path: Path):
    seeds = random.Random(1).sample(range(DOCUMENTS), SHOWN_TO_OTHERS)
    assert [seed for seed in seeds if not xmlsec1_accepts(signed(seed), ana().authority, tmp_path, NOW)] == []


def test_a_sample_of_them_verifies_by_both_npm_verifiers(tmp_path: Path):
    read_alike = [seed for seed in range(DOCUMENTS) if not LINE_ENDS_OF_XML_1_1.search(fuzzed(seed).decode())]
    seeds = random.Random(2).sample(read_alike, SHOWN_TO_OTHERS)
    verdicts = npm_verdicts([signed(seed) for seed in seeds], tmp_path)
    refused = {seed: told for seed, told in zip(seeds, verdicts, strict=True) if not all(told.values())}
    assert refused == {}
    assert all(set(told) == set(NAMES) for told in verdicts)


def unsigned_places() -> set[int]:
    return {
        place for match in UNSIGNED.finditer(SIGNED) for place in range(*match.span(match.lastindex or 0))
    }


def test_one_changed_byte_at_any_place_never_verifies():
    free = unsigned_places()
    survivors = []
    for place in range(len(SIGNED)):
        other = b"A" if SIGNED[place : place + 1] != b"A" else b"B"
        try:
            verify(SIGNED[:place] + other + SIGNED[place + 1 :])
        except BadSignature:
            continue
        survivors.append(place)
    assert set(survivors) <= free
    assert len(free) < len(SIGNED) / 40


def meaning(document: bytes) -> bytes:
    """The root in canonical form: what two spellings of one document share."""
    root = etree.fromstring(document)
    for name in ("SignatureValue", "Object"):
        for element in root.iterfind(f".//{{{DS}}}{name}"):
            element.attrib.pop("Id", None)
    return etree.tostring(root, method="c14n", with_comments=True)


@settings(max_examples=1_000, deadline=None)
@given(st.integers(0, len(SIGNED) - 1), st.integers(0, 255))
@example(SIGNED.index(b" xmlns:ds"), ord("\t"))
def test_whatever_byte_it_becomes_it_verifies_only_where_it_says_the_same(place, byte):
    changed = SIGNED[:place] + bytes([byte]) + SIGNED[place + 1 :]
    try:
        verify(changed)
    except BadSignature:
        return
    assert meaning(changed) == meaning(SIGNED)
