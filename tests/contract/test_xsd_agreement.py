"""Our verdict equals the official schema's on every sample, every mutation of one, and every value of a full one."""

from pathlib import Path
from typing import Any

import pytest
from agreement import DESIGNS, Tally, listed, mutations
from lxml import etree
from official import samples, schema

from app.documents.inspecting import check_structure
from app.documents.registry import TYPES
from app.documents.xml_source import parse
from app.errors import Invalid

GOLDEN = Path(__file__).parents[1] / "golden"
VERSIONS = [(root, version) for root, design in DESIGNS.items() for version in design.versions]
SPOILT = [
    "x",
    "1" * 15,
    "1" * 14,
    "12345678901234567890",
    "1.1234567",
    " 7 ",
    "0.0",
    "+1",
    ".5",
    "1.",
    "00",
    "-0",
]
SPOILT += [
    "SI",
    "04",
    "99",
    "31/12/2025",
    "32/12/2025",
    "300.00",
    "100.25",
    "99999",
    "0" * 30 + "1",
    "x" * 301,
]


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    return listed()


def folder_of(root: str) -> Path:
    (kind,) = (kind for kind in TYPES if kind.root == root)
    return GOLDEN / f"{kind.code}-{kind.name}"


def everything(root: str, version: str) -> etree._Element:
    """The golden document with every block, less those that ``version`` does not have."""
    document = etree.parse(folder_of(root) / "everything.xml").getroot()
    document.set("version", version)
    for block in [block for block in document if block.tag not in DESIGNS[root].versions[version].places]:
        document.remove(block)
    if version.endswith(".0.0"):  # two decimals only
        for tag in ("precioUnitario", "precioSinSubsidio"):
            for leaf in document.iter(tag):
                leaf.text = "30.33"
    return document


def unlisted(tally: Tally, known: dict[str, str]) -> dict[str, list[Any]]:
    """Differences of kinds that nobody wrote down, some of each."""
    assert tally.compared, "nothing was compared"
    return {kind: found[:3] for kind, found in tally.differences.items() if kind not in known}


@pytest.mark.parametrize(("root", "version"), VERSIONS)
def test_every_sample_as_any_version(shared, known, root, version):
    tally = Tally()
    for name, document in samples(shared, root):
        document.set("version", version)
        tally.judge(shared, document, "sample", name)
    assert unlisted(tally, known) == {}


@pytest.mark.parametrize("root", DESIGNS)
def test_every_mutation_of_every_sample(shared, known, record_property, root):
    tally = Tally()
    for name, document in samples(shared, root):
        version = document.get("version")
        for kind, place, mutant in mutations(document):
            tally.judge(shared, mutant, kind, f"{name} {place}", version)
    record_property("mutations", tally.compared)
    assert unlisted(tally, known) == {}
    assert tally.compared > 1_000
    assert 0 < tally.passed < tally.compared


@pytest.mark.parametrize(("root", "version"), VERSIONS)
def test_every_spoilt_value_of_a_document_with_every_block(shared, known, root, version):
    document = everything(root, version)
    assert schema(shared, root, version).validate(document)
    tally = Tally()
    for leaf in [element for element in document.iter() if not len(element)]:
        for text in SPOILT:
            before, leaf.text = leaf.text, text
            tally.judge(shared, document, "value", f"{leaf.tag}={text[:20]!r}")
            leaf.text = before
    assert unlisted(tally, known) == {}


@pytest.mark.parametrize("root", DESIGNS)
def test_every_mutation_of_a_document_with_every_block(shared, known, root):
    document = etree.parse(folder_of(root) / "everything.xml").getroot()
    tally, version = Tally(), document.get("version")
    for kind, place, mutant in mutations(document):
        tally.judge(shared, mutant, kind, place, version)
    assert unlisted(tally, known) == {}


@pytest.mark.parametrize("root", DESIGNS)
@pytest.mark.parametrize("spoilt", ["&#7;", "\x07", "&#0;", "&nada;", "\ufffe", "&#x1F;"])
def test_what_is_no_xml_character_is_refused_before_any_schema(root, spoilt):
    xml = (
        (folder_of(root) / "everything.xml")
        .read_text("utf-8")
        .replace("</razonSocial>", f"{spoilt}</razonSocial>")
    )
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(xml.encode())
    with pytest.raises(Invalid):
        parse(xml.encode())


def test_every_listed_difference_is_one_and_has_its_reason(shared, known):
    document = etree.parse(GOLDEN / "01-factura" / "everything.xml").getroot()
    found = set()
    for kind, place, mutant in mutations(document):
        tally = Tally()
        tally.judge(shared, mutant, kind, place, document.get("version"))
        found |= set(tally.differences)
    doctype = b"<!DOCTYPE factura>" + etree.tostring(document)
    assert schema(shared, "factura", "2.1.0").validate(etree.fromstring(doctype))
    with pytest.raises(Invalid):
        parse(doctype)
    assert found | {"DOCTYPE"} == set(known)
    assert all(known.values())
    assert check_structure(DESIGNS["factura"], document) == []
