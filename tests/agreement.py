"""Our verdict on a document's structure against the official schema's: mutations to try, and what differs."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from lxml import etree
from official import schema

from app.documents.design import Design
from app.documents.inspecting import check_structure
from app.documents.registry import TYPES

DESIGNS: dict[str, Design] = {kind.root: import_module(f"app.documents.{kind.name}").DESIGN for kind in TYPES}
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TABLE = Path(__file__).parents[1] / "docs" / "xsd-differences.md"


@dataclass
class Tally:
    """What was compared, and the differences by kind."""

    compared: int = 0
    passed: int = 0
    differences: dict[str, list[str]] = field(default_factory=dict)

    def judge(self, folder: Path, root: etree._Element, kind: str, what: str, version: str = "") -> None:
        """Compare both verdicts on ``root`` under the schema of ``version``, by default the one it claims."""
        official = schema(folder, root.tag, version or root.get("version")).validate(root)
        ours = check_structure(DESIGNS[root.tag], root)
        self.compared += 1
        self.passed += official
        if official == bool(ours):
            sentences = [problem.sentence() for problem in ours]
            self.differences.setdefault(kind, []).append(f"{what}: XSD {official}, ours {sentences}")


def listed() -> dict[str, str]:
    """Reason by kind, from the table in docs/xsd-differences.md that people read."""
    rows = re.findall(r"^\| `([^`]+)` \|[^|]*\|[^|]*\|([^|]*)\|$", TABLE.read_text("utf-8"), re.MULTILINE)
    return {kind: reason.strip() for kind, reason in rows}


def mutations(root: etree._Element) -> Iterator[tuple[str, str, etree._Element]]:
    """Every mutation of ``root`` once per distinct place: its kind, where it was done, and the mutant."""
    seen = set()
    for element in root.iter():
        path = root.getroottree().getpath(element)
        place = re.sub(r"\[[0-9]+\]", "", path)
        if element is root or place in seen:
            continue
        seen.add(place)
        for kind, spoil in STRUCTURAL.items():
            yield kind, path, _spoilt(root, path, spoil)
        if not len(element):
            for kind, text in _texts(element.text or "").items():
                yield (
                    kind,
                    path,
                    _spoilt(root, path, lambda leaf, text=text: setattr(leaf, "text", text or None)),
                )
        for name in element.attrib:
            for kind, text in _texts(element.get(name)).items():
                yield kind, f"{path}/@{name}", _spoilt(root, path, lambda e, n=name, t=text: e.set(n, t))
            yield "drop", f"{path}/@{name}", _spoilt(root, path, lambda e, n=name: e.attrib.pop(n))
    for version in ("", "3.0.0", "1.1"):
        yield "version", f"version={version}", _spoilt(root, ".", lambda e, v=version: e.set("version", v))


def _spoilt(root: etree._Element, path: str, spoil) -> etree._Element:
    mutant = copy.deepcopy(root)
    spoil(mutant.getroottree().xpath(path)[0] if path != "." else mutant)
    return mutant


def _texts(text: str) -> dict[str, str]:
    """``text`` lengthened, shortened, emptied, padded, broken over two lines, with a bad digit, as a tarifa …"""
    return {
        "lengthen": text + "x" * 301,
        "longer number": text + "1" * 19,
        "shorten": text[:-1],
        "empty": "",
        "blank": "  ",
        "pad": f" {text} ",
        "line break": f"{text[:1]}\n{text[1:]}",
        "carriage return": f"{text[:1]}\r{text[1:]}",
        "line separator": f"{text[:1]}\u2028{text[1:]}",
        "control character": f"{text[:1]}\x85{text[1:]}",
        "bad digit": re.sub("[0-9]", "O", text, count=1) if re.search("[0-9]", text) else text + "0",
        "foreign digit": re.sub("[0-9]", "٣", text, count=1),
        "minus": f"-{text}",
        "exponent": f"{text}e1",
        "five digits": "123.45",
        "three decimals": "1.234",
        "zeros after": f"{text}00" if "." in text else f"{text}.00",
    }


def _swap(element: etree._Element) -> None:
    following = element.getnext()
    if following is not None:
        following.addnext(element)


def _to_the_end(element: etree._Element) -> None:
    element.getparent().append(element)


STRUCTURAL = {
    "drop": lambda element: element.getparent().remove(element),
    "repeat": lambda element: element.addnext(copy.deepcopy(element)),
    "repeat often": lambda element: [element.addnext(copy.deepcopy(element)) for _ in range(15)],
    "reorder": _swap,
    "move to the end": _to_the_end,
    "rename": lambda element: setattr(element, "tag", "otro"),
    "namespace": lambda element: setattr(element, "tag", f"{{urn:x}}{element.tag}"),
    "hollow": lambda element: [element.remove(child) for child in list(element)],
    "attribute": lambda element: element.set("otro", "1"),
    "schema hint": lambda element: element.set(f"{{{XSI}}}schemaLocation", "a b"),
    "xsi:nil": lambda element: element.set(f"{{{XSI}}}nil", "true"),
    "xsi:type": lambda element: element.set(f"{{{XSI}}}type", "moneda"),
    "child": lambda element: etree.SubElement(element, "otro"),
    "loose text": lambda element: setattr(element, "tail", "texto"),
    "no-break space": lambda element: setattr(element, "tail", "\u00a0"),
}
