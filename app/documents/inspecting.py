"""A strict reading of a finished comprobante: its identity, what its XSD and what the SRI refuse."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lxml import etree

from app import access_key
from app.documents.base import Inspection
from app.documents.dates import day, no_such_day
from app.documents.design import C, Design
from app.documents.grammar import STRUCTURE, check, read
from app.documents.intake import load
from app.documents.tributary import GIVEN_IN_INFO
from app.documents.xml_source import parse, without_signature
from app.errors import Invalid, Problem, Text

KEY = "58"
_IDENTITY = ("codDoc", "claveAcceso", "ruc", "ambiente", "tipoEmision", "estab", "ptoEmi", "secuencial")


def inspect(design: Design[C], raw: bytes) -> Inspection:
    """Identity and verdict of a comprobante, signed or not; the signature itself is not judged here.

    ``structure`` equals the official XSD's verdict for every version the design has. ``business`` is looked at
    only when the structure holds, and its sums only when every block is within our arithmetic.
    """
    try:
        root = without_signature(parse(raw))
    except Invalid as refusal:
        return Inspection("", "", "", "", "", None, structure=refusal.problems)
    structure = tuple(check_structure(design, root))
    found = {tag: (root.findtext(f"infoTributaria/{tag}") or "").strip() for tag in _IDENTITY}
    issued = day(root.findtext(f"{design.info}/fechaEmision"))
    return Inspection(
        doc_type=found["codDoc"],
        access_key=found["claveAcceso"],
        ruc=found["ruc"],
        environment=found["ambiente"],
        number=f"{found['estab']}-{found['ptoEmi']}-{found['secuencial']}",
        issue_date=issued,
        structure=structure,
        business=() if structure else tuple(_business(design, root, found, issued)),
    )


def check_structure(design: Design[C], root: etree._Element) -> list[Problem]:
    """What the XSD of the version it claims would refuse, ds:Signature aside."""
    if root.tag != design.root:
        name = etree.QName(root).localname
        rule = Text(f"la raíz es <{name}>, no <{design.root}>", f"the root is <{name}>, not <{design.root}>")
        fix = Text(f"Envíe <{design.root}>", f"Send <{design.root}>")
        return [Problem(name, rule, fix, STRUCTURE)]
    grammar = design.versions.get(root.get("version", ""))
    if grammar is None:
        rule = Text("versión desconocida", "unknown version")
        known = ", ".join(design.versions)
        return [Problem(f"{design.root}.version", rule, Text(f"Use {known}", f"Use {known}"), STRUCTURE)]
    return list(check(root, grammar))


def flatten(design: Design[C], nested: Mapping[str, Any]) -> dict[str, Any]:
    """Our flat JSON from a document's nested values, less the facts of issuer and numbering."""
    tributary = nested.get("infoTributaria", {})
    flat = {name: tributary[name] for name in ("codDoc", "estab", "ptoEmi") if name in tributary}
    flat |= {name: value for name, value in nested.get(design.info, {}).items() if name not in GIVEN_IN_INFO}
    return flat | {tag: block for tag, block in nested.items() if tag not in ("infoTributaria", design.info)}


def _business(
    design: Design[C], root: etree._Element, found: Mapping[str, str], issued: date | None
) -> list[Problem]:
    if issued is None:
        return [no_such_day(f"{design.info}.fechaEmision")]
    problems = _key_problems(design, found, issued)
    values = flatten(design, read(root, design.versions[root.get("version", "")]))
    if not design.beyond_sums.isdisjoint(values):
        return problems
    content = load(design.model, values, design.sections).content
    if getattr(content, design.lines, None):
        whole = design.complete(content, problems)
        problems += [problem for rule in design.sri_rules for problem in rule(whole, issued)]
    return problems


def _key_problems(design: Design[C], found: Mapping[str, str], issued: date) -> list[Problem]:
    key = found["claveAcceso"]
    parts = {
        f"{design.info}.fechaEmision": (f"{issued:%d%m%Y}", key[:8]),
        "infoTributaria.codDoc": (found["codDoc"], key[8:10]),
        "infoTributaria.ruc": (found["ruc"], key[10:23]),
        "infoTributaria.ambiente": (found["ambiente"], key[23]),
        "infoTributaria.estab": (found["estab"], key[24:27]),
        "infoTributaria.ptoEmi": (found["ptoEmi"], key[27:30]),
        "infoTributaria.secuencial": (found["secuencial"], key[30:39]),
        "infoTributaria.tipoEmision": (found["tipoEmision"], key[47]),
    }
    fix = Text("Vuelva a formar la clave de acceso", "Make the access key anew")
    problems = [
        Problem(field, Text(f"dice {said} y la clave {keyed}", f"says {said} and the key {keyed}"), fix, KEY)
        for field, (said, keyed) in parts.items()
        if said != keyed
    ]
    if not access_key.is_valid(key):
        rule = Text("el dígito verificador no corresponde", "the check digit is wrong")
        problems.append(Problem("infoTributaria.claveAcceso", rule, fix, KEY))
    if found["codDoc"] != design.code:
        rule = Text(f"<{design.root}> lleva {design.code}", f"<{design.root}> carries {design.code}")
        problems.append(Problem("infoTributaria.codDoc", rule, fix, KEY))
    return problems
