"""A strict reading of a finished factura: its identity, what its XSD and what the SRI refuse."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from lxml import etree

from app import access_key
from app.documents import factura_rules
from app.documents.base import Inspection
from app.documents.factura_grammar import VERSIONS
from app.documents.factura_model import SECTIONS, Factura, blocks_not_yet
from app.documents.factura_totals import work_out
from app.documents.grammar import STRUCTURE, check, read
from app.documents.intake import load
from app.documents.xml_source import parse, without_signature
from app.errors import Invalid, Problem, Text

KEY = "58"
BAD_DATE = "67"
_TAKEN_FROM_INFO_FACTURA = frozenset(Factura.model_fields)


def inspect(raw: bytes) -> Inspection:
    """Identity and verdict of a factura, signed or not; the signature itself is not judged here.

    ``structure`` equals the official XSD's verdict for versions 1.0.0, 1.1.0, 2.0.0 and 2.1.0. ``business``
    is looked at only when the structure holds, and its sums only when every block is within our arithmetic.
    """
    try:
        root = without_signature(parse(raw))
    except Invalid as refusal:
        return Inspection("", "", "", "", "", None, structure=refusal.problems)
    structure = tuple(check_structure(root))
    found = {tag: (root.findtext(f"infoTributaria/{tag}") or "").strip() for tag in _IDENTITY}
    issued = _day(root.findtext("infoFactura/fechaEmision"))
    return Inspection(
        doc_type=found["codDoc"],
        access_key=found["claveAcceso"],
        ruc=found["ruc"],
        environment=found["ambiente"],
        number=f"{found['estab']}-{found['ptoEmi']}-{found['secuencial']}",
        issue_date=issued,
        structure=structure,
        business=() if structure else tuple(_business(root, found, issued)),
    )


def check_structure(root: etree._Element) -> list[Problem]:
    """What the XSD of the version it claims would refuse, ds:Signature aside."""
    if root.tag != "factura":
        name = etree.QName(root).localname
        rule = Text(f"la raíz es <{name}>, no <factura>", f"the root is <{name}>, not <factura>")
        return [Problem(name, rule, Text("Envíe una factura", "Send a factura"), STRUCTURE)]
    grammar = VERSIONS.get(root.get("version", ""))
    if grammar is None:
        rule = Text("versión desconocida", "unknown version")
        fix = Text(f"Use {', '.join(VERSIONS)}", f"Use {', '.join(VERSIONS)}")
        return [Problem("factura.version", rule, fix, STRUCTURE)]
    return list(check(root, grammar))


def flatten(nested: Mapping[str, Any]) -> dict[str, Any]:
    """Our flat JSON from a factura's nested values, less the issuer's facts and blocks not supported."""
    issuer = nested.get("infoTributaria", {})
    flat = {name: issuer[name] for name in ("codDoc", "estab", "ptoEmi") if name in issuer}
    info = nested.get("infoFactura", {})
    flat |= {name: value for name, value in info.items() if name in _TAKEN_FROM_INFO_FACTURA}
    if "detalles" in nested:
        lines = nested["detalles"]
        flat["detalles"] = [{k: v for k, v in line.items() if k != "precioSinSubsidio"} for line in lines]
    if "infoAdicional" in nested:
        flat["infoAdicional"] = nested["infoAdicional"]
    return flat


_IDENTITY = ("codDoc", "claveAcceso", "ruc", "ambiente", "tipoEmision", "estab", "ptoEmi", "secuencial")


def _business(root: etree._Element, found: Mapping[str, str], issued: date | None) -> list[Problem]:
    if issued is None:
        rule = Text("la fecha no existe", "the date does not exist")
        fix = Text("Escriba una fecha del calendario", "Write a date of the calendar")
        return [Problem("infoFactura.fechaEmision", rule, fix, BAD_DATE)]
    problems = _key_problems(found, issued)
    nested = read(root, VERSIONS[root.get("version", "")])
    if any(blocks_not_yet(nested)):
        return problems
    factura, _ = load(Factura, flatten(nested), SECTIONS)
    if factura.detalles:
        totals = work_out(factura, problems)
        problems += factura_rules.rates(factura, totals, issued)
    return problems


def _key_problems(found: Mapping[str, str], issued: date) -> list[Problem]:
    key = found["claveAcceso"]
    parts = {
        "infoFactura.fechaEmision": (f"{issued:%d%m%Y}", key[:8]),
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
    if found["codDoc"] != "01":
        rule = Text("una factura lleva 01", "a factura carries 01")
        problems.append(Problem("infoTributaria.codDoc", rule, fix, KEY))
    return problems


def _day(text: str | None) -> date | None:
    try:
        return datetime.strptime((text or "").strip(), "%d/%m/%Y").date()  # noqa: DTZ007
    except ValueError:
        return None
