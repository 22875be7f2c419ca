"""A comprobante's structure as data: order, presence, repetition and facets, judged as an XSD would."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from app.documents.facets import XML_SPACE, Facet
from app.errors import Problem, Text

STRUCTURE = "35"
MISSING = Text("falta", "is missing")
_HINTS = frozenset(
    f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}"
    for name in ("schemaLocation", "noNamespaceSchemaLocation")
)


@dataclass(frozen=True)
class Leaf:
    """An element that holds one value."""

    facet: Facet


@dataclass(frozen=True)
class Attribute:
    """One attribute; ``facet`` None accepts any value."""

    name: str
    facet: Facet | None
    required: bool = True


@dataclass(frozen=True)
class Tagged:
    """An element whose facts are attributes, and text too when ``text`` gives that text a name."""

    attributes: tuple[Attribute, ...]
    text: tuple[str, Facet] | None = None


@dataclass(frozen=True)
class Several:
    """An element that holds the same child ``least`` times or more."""

    tag: str
    each: "Shape"
    most: int | None = None
    least: int = 1


@dataclass(frozen=True)
class Group:
    """An element that holds children in a fixed order, each at most once."""

    parts: "tuple[Part, ...]"
    attributes: tuple[Attribute, ...] = ()

    @cached_property
    def places(self) -> "dict[str, tuple[int, Part]]":
        """Where in the order each tag stands."""
        return {part.tag: (place, part) for place, part in enumerate(self.parts)}


Shape = Leaf | Tagged | Several | Group


@dataclass(frozen=True)
class Part:
    """One child of a group."""

    tag: str
    shape: Shape
    required: bool = True


def check(element: etree._Element, shape: Shape, path: str = "") -> Iterator[Problem]:
    """All about ``element`` that the XSD would refuse; ``path`` is the SRI's name for where it stands."""
    match shape:
        case Leaf(facet):
            yield from _check_attributes(element, (), path)
            yield from _check_leaf(element, facet, path)
        case Tagged(attributes, text):
            yield from _check_attributes(element, attributes, path)
            yield from _check_tagged(element, text, path)
        case Several():
            yield from _check_attributes(element, (), path)
            yield from _check_several(element, shape, path)
        case Group(_, attributes):
            yield from _check_attributes(element, attributes, path)
            yield from _check_group(element, shape, path)


def read(element: etree._Element, shape: Shape) -> Any:
    """The values of ``element``: dict, list or trimmed text; what the shape does not know is left out."""
    match shape:
        case Leaf():
            return (element.text or "").strip(XML_SPACE)
        case Tagged(attributes, text):
            values = {a.name: (element.get(a.name) or "").strip(XML_SPACE) for a in attributes}
            return values | ({text[0]: (element.text or "").strip(XML_SPACE)} if text else {})
        case Several(tag, each):
            return [read(child, each) for child in element if child.tag == tag]
        case Group():
            known = shape.places
            return {
                child.tag: read(child, known[child.tag][1].shape) for child in element if child.tag in known
            }


def write(parent: etree._Element, tag: str, shape: Shape, value: Any) -> None:
    """Append ``tag`` with ``value`` (as ``read`` returns); empty parts and unknown keys are left out."""
    element = etree.SubElement(parent, tag)
    match shape:
        case Leaf():
            element.text = value
        case Tagged(attributes, text):
            for attribute in attributes:
                element.set(attribute.name, value[attribute.name])
            element.text = value[text[0]] if text else None
        case Several(child, each):
            for item in value:
                write(element, child, each, item)
        case Group():
            fill(element, shape, value)


def fill(element: etree._Element, group: Group, value: Any) -> None:
    """Append the parts of ``group`` that ``value`` has, in the group's order."""
    for part in group.parts:
        if content := value.get(part.tag):
            write(element, part.tag, part.shape, content)


def _check_leaf(element: etree._Element, facet: Facet, path: str) -> Iterator[Problem]:
    if len(element):
        yield Problem(path, Text("debe contener solo texto", "must hold text only"), facet.fix, STRUCTURE)
    elif broken := facet.rule(element.text or ""):
        yield Problem(path, broken, facet.fix, STRUCTURE)


def _check_tagged(element: etree._Element, text: tuple[str, Facet] | None, path: str) -> Iterator[Problem]:
    if text:
        yield from _check_leaf(element, text[1], f"{path}.{text[0]}")
    elif len(element) or element.text:
        rule = Text("no admite contenido", "admits no content")
        yield Problem(path, rule, Text("Use solo sus atributos", "Use its attributes only"), STRUCTURE)


def _check_attributes(
    element: etree._Element, attributes: tuple[Attribute, ...], path: str
) -> Iterator[Problem]:
    present = element.attrib
    if not present and not attributes:
        return
    for name in set(present) - {attribute.name for attribute in attributes} - _HINTS:
        yield _unexpected(f"{path}.{etree.QName(name).localname}")
    for attribute in attributes:
        where, value = f"{path}.{attribute.name}", present.get(attribute.name)
        if value is None:
            if attribute.required:
                yield missing(where)
        elif attribute.facet and (broken := attribute.facet.rule(value)):
            yield Problem(where, broken, attribute.facet.fix, STRUCTURE)


def _check_several(element: etree._Element, shape: Several, path: str) -> Iterator[Problem]:
    yield from _check_loose_text(element, path)
    for place, child in enumerate(element, 1):
        if child.tag == shape.tag:
            yield from check(child, shape.each, f"{path}[{place}]")
        else:
            yield _unexpected(f"{path}.{etree.QName(child).localname}")
    count = len(element)
    if count < shape.least:
        yield empty(path)
    if shape.most is not None and count > shape.most:
        rule = Text(f"hay {count} y se admiten {shape.most}", f"there are {count}; {shape.most} are allowed")
        yield Problem(path, rule, Text("Quite los que sobran", "Remove the excess ones"), STRUCTURE)


def _check_group(element: etree._Element, group: Group, path: str) -> Iterator[Problem]:
    yield from _check_loose_text(element, path)
    last, seen = -1, set()
    for child in element:
        known = group.places.get(child.tag)
        if known is None:
            yield _unexpected(_under(path, etree.QName(child).localname))
            continue
        place, part = known
        where = _under(path, part.tag)
        if part.tag in seen:
            yield _misplaced(where, Text("está repetido", "is repeated"))
        elif place < last:
            yield _misplaced(where, Text("está fuera de orden", "is out of order"))
        last = max(last, place)
        seen.add(part.tag)
        yield from check(child, part.shape, where)
    for part in group.parts:
        if part.required and part.tag not in seen:
            yield missing(_under(path, part.tag))


def _check_loose_text(element: etree._Element, path: str) -> Iterator[Problem]:
    pieces = [element.text, *(child.tail for child in element)]
    if any(piece and piece.strip(XML_SPACE) for piece in pieces):
        rule = Text("contiene texto fuera de sus elementos", "contains text outside its elements")
        yield Problem(path, rule, Text("Quite ese texto", "Remove that text"), STRUCTURE)


def _under(path: str, tag: str) -> str:
    return f"{path}.{tag}" if path else tag


def missing(field: str) -> Problem:
    """A value that must be there and is not."""
    return Problem(field, MISSING, Text("Agréguelo", "Add it"), STRUCTURE)


def empty(field: str) -> Problem:
    """A list that must have elements and has none."""
    rule = Text("no tiene elementos", "has no elements")
    return Problem(field, rule, Text("Agregue al menos uno", "Add at least one"), STRUCTURE)


def _unexpected(field: str) -> Problem:
    rule = Text("no existe en este lugar", "does not exist in this place")
    return Problem(field, rule, Text("Quítelo o corrija su nombre", "Remove it or mend its name"), STRUCTURE)


def _misplaced(field: str, rule: Text) -> Problem:
    fix = Text("Respete el orden de la ficha técnica", "Keep the order of the ficha técnica")
    return Problem(field, rule, fix, STRUCTURE)
