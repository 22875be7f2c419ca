"""Element by element, our grammar asks for what the official schema asks for: order, presence, number, facets."""

import re
from collections.abc import Iterator

import pytest
from agreement import DESIGNS
from lxml import etree

from app.documents.facets import Amount, Code, Facet, Words
from app.documents.grammar import Attribute, Group, Leaf, Part, Several, Shape, Tagged

XSD = "{http://www.w3.org/2001/XMLSchema}"
FILES = {"factura": "factura_V{}.xsd", "notaCredito": "NotaCredito_V{}.xsd"}
CASES = [(root, version) for root, design in DESIGNS.items() for version in design.versions]


class Schema:
    """One schema file, its named types and elements at hand."""

    def __init__(self, path):
        self.top = etree.parse(path).getroot()
        self.types = {child.get("name"): child for child in self.top if child.tag != f"{XSD}element"}
        self.elements = {child.get("name"): child for child in self.top.findall(f"{XSD}element")}

    def type_of(self, declared):
        """The type of an element or attribute: named, inline or built in."""
        inline = declared.find(f"{XSD}complexType"), declared.find(f"{XSD}simpleType")
        return next((found for found in inline if found is not None), self.types.get(declared.get("type")))

    def resolve(self, element):
        return self.elements[element.get("ref")] if element.get("ref") else element


def differences(schema: Schema, declared, shape: Shape, path: str) -> Iterator[str]:
    kind = schema.type_of(declared)
    match shape:
        case Leaf(facet):
            yield from facet_differences(schema, kind, facet, path)
        case Group(parts, attributes):
            yield from attribute_differences(schema, kind, attributes, path)
            yield from group_differences(schema, kind, parts, path)
        case Several(tag, each, most, least):
            (child,) = kind.iterfind(f"{XSD}sequence/{XSD}element")
            found = child.get("name"), child.get("minOccurs", "1"), child.get("maxOccurs", "1")
            if found != (tag, str(least), str(most) if most else "unbounded"):
                yield f"{path}: {found}"
            yield from differences(schema, child, each, f"{path}/{tag}")
        case Tagged(attributes, text):
            yield from attribute_differences(schema, kind, attributes, path)
            if text:
                base = schema.types[kind.find(f".//{XSD}extension").get("base")]
                yield from facet_differences(schema, base, text[1], path)


def group_differences(schema: Schema, kind, parts: tuple[Part, ...], path: str) -> Iterator[str]:
    children = [
        child for child in kind.iterfind(f"{XSD}sequence/{XSD}element") if child.get("ref") != "ds:Signature"
    ]
    theirs = [(schema.resolve(child).get("name"), child.get("minOccurs", "1") == "1") for child in children]
    if theirs != [(part.tag, part.required) for part in parts]:
        yield f"{path}: {theirs}"
        return
    for child, part in zip(children, parts, strict=True):
        if child.get("maxOccurs", "1") != "1":
            yield f"{path}/{part.tag}: more than once"
        yield from differences(schema, schema.resolve(child), part.shape, f"{path}/{part.tag}")


def attribute_differences(schema: Schema, kind, ours: tuple[Attribute, ...], path: str) -> Iterator[str]:
    theirs = {each.get("name"): each for each in kind.iterfind(f".//{XSD}attribute")} if ours else {}
    theirs = {name: each for name, each in theirs.items() if not _nested(each, kind)}
    if {(name, each.get("use") == "required") for name, each in theirs.items()} != {
        (each.name, each.required) for each in ours
    }:
        yield f"{path}: attributes {list(theirs)}"
        return
    for each in ours:
        if each.facet:
            yield from facet_differences(
                schema, schema.type_of(theirs[each.name]), each.facet, f"{path}/@{each.name}"
            )


def _nested(attribute, kind) -> bool:
    """True when the attribute belongs to an element further down."""
    return any(
        parent.tag == f"{XSD}element"
        for parent in attribute.iterancestors()
        if kind in parent.iterancestors()
    )


def facet_differences(schema: Schema, kind, facet: Facet, path: str) -> Iterator[str]:
    rules = kind.find(f"{XSD}restriction")
    said = {etree.QName(rule).localname: rule.get("value") for rule in rules if isinstance(rule.tag, str)}
    patterns = [rule.get("value") for rule in rules.iterfind(f"{XSD}pattern")]
    match facet:
        case Words(longest, shortest, one_line):
            expected = {"minLength": str(shortest), "maxLength": str(longest)}
            expected |= {"pattern": r"[^\n]*"} if one_line else {}
            if said != expected:
                yield f"{path}: {said}, ours {expected}"
        case Amount(digits, places, below_zero):
            expected = {"totalDigits": str(digits), "fractionDigits": str(places)}
            expected |= {} if below_zero else {"minInclusive": "0"}
            if said != expected:
                yield f"{path}: {said}, ours {expected}"
        case Code():
            yield from code_differences(facet, said, patterns, rules, path)


def code_differences(facet: Code, said, patterns, rules, path) -> Iterator[str]:
    """A code's language is that of its patterns or words, within its lengths: tried on what might tell them apart."""
    words = [rule.get("value") for rule in rules.iterfind(f"{XSD}enumeration")]
    theirs = re.compile("|".join(f"(?:{pattern})" for pattern in patterns or map(re.escape, words)))
    least, most = int(said.get("minLength", 0)), int(said.get("maxLength", 10**6))
    for text in tries(words):
        official = bool(theirs.fullmatch(text)) and least <= len(text) <= most
        if official == bool(facet.rule(text)):
            yield f"{path}: {text!r} official {official}"


def tries(words: list[str]) -> Iterator[str]:
    yield from words
    yield from (digit * length for digit in "0159" for length in range(52))
    yield from (f"{number:0{width}d}" for width in (1, 2, 3) for number in range(100))
    yield from (
        "SI",
        "NO",
        "si",
        "EXPORTADOR",
        "FOB",
        "fob",
        "A" * 10,
        "A" * 11,
        "a" * 13,
        "a" * 14,
        "ab",
        "abc",
        "a-b",
    )
    yield from ("001-001-000000001", "001-001-00000001", "01-001-000000001", "0010010000000001")
    yield from (
        f"{d}/{m}/{y}"
        for d in ("00", "01", "29", "31", "32", "1")
        for m in ("00", "12", "13", "1")
        for y in ("1999", "2000", "2099", "26")
    )
    yield from ("1790012345001", "1790012345002", "0000000000001", "179001234500")
    yield from (
        "CONTRIBUYENTE RÉGIMEN RIMPE",
        "CONTRIBUYENTE NEGOCIO POPULAR - RÉGIMEN RIMPE",
        "CONTRIBUYENTE REGIMEN RIMPE",
    )


@pytest.mark.parametrize(("root", "version"), CASES)
def test_the_grammar_says_what_the_schema_says(shared, root, version):
    schema = Schema(shared / "sri" / "xsd" / FILES[root].format(version))
    assert list(differences(schema, schema.elements[root], DESIGNS[root].versions[version], root)) == []


@pytest.mark.parametrize(
    ("root", "version"), [("factura", "1.1.0"), ("factura", "2.1.0"), ("notaCredito", "1.1.0")]
)
def test_the_copies_nearer_to_the_download_differ_in_one_legend_only(shared, root, version):
    schema = Schema(shared / "sri" / "xsd" / "official" / FILES[root].format(version))
    found = list(differences(schema, schema.elements[root], DESIGNS[root].versions[version], root))
    popular = "CONTRIBUYENTE NEGOCIO POPULAR - RÉGIMEN RIMPE"
    assert found == [f"{root}/infoTributaria/contribuyenteRimpe: {popular!r} official False"]
