"""A document type from its design: how its drafts are read, its XML is built, and a finished one is inspected."""

import marshal
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from lxml import etree

from app.documents.additional import is_provider, with_issuer
from app.documents.base import MOST_BYTES, DocumentType, Draft, Identity, Issuer
from app.documents.design import C, Design
from app.documents.drafting import draft
from app.documents.grammar import fill, read
from app.documents.inspecting import check_structure, flatten, inspect
from app.documents.tributary import info_of_type, info_tributaria
from app.documents.xml_source import parse, without_signature
from app.errors import Invalid, Problem, Text
from app.sri.gateway import Environment

_SIGNATURE_BYTES = 12_000
_SURELY_SMALL = 20_000  # bytes of content, each at most a few bytes of XML
_WORDIEST = Issuer(
    "0" * 13,
    "x" * 300,
    "x" * 300,
    Environment.PRUEBAS,
    "x" * 300,
    "x" * 300,
    True,
    gran_contribuyente="x" * 300,
    provider_ruc="0" * 13,
)
_SOME_DAY = Identity("0" * 49, date(2000, 1, 1), "001", "001", 1)
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def made(design: Design[C]) -> DocumentType:
    """What the rest of the service knows of the type."""
    return DocumentType(
        code=design.code,
        name=design.name,
        root=design.root,
        version=design.version,
        from_json=partial(_from_json, design),
        from_xml=partial(_from_xml, design),
        build_xml=partial(_build_xml, design),
        inspect=partial(inspect, design),
        ride=design.ride,
    )


def _from_json(design: Design[C], values: Mapping[str, Any], on: date) -> Draft:
    return _that_fits(design, draft(design, values, on, []))


def _from_xml(design: Design[C], raw: bytes, on: date) -> Draft:
    root = without_signature(parse(raw))
    problems = check_structure(design, root)
    latest = design.versions[max(design.versions)]
    values = flatten(design, read(root, design.versions.get(root.get("version", ""), latest)))
    if fields := values.get("infoAdicional"):
        # Whoever supplied the system it was made with has no part in the new document.
        values["infoAdicional"] = [field for field in fields if not is_provider(field["nombre"])]
    return _that_fits(design, draft(design, values, on, problems))


def _build_xml(design: Design[C], content: Mapping[str, Any], issuer: Issuer, identity: Identity) -> bytes:
    version = design.emitted(content)
    root = etree.Element(design.root, {"id": "comprobante", "version": version})
    parts = {
        **content,
        "infoTributaria": info_tributaria(design.code, issuer, identity),
        design.info: {**content, **info_of_type(issuer, identity)},
        "infoAdicional": with_issuer(content.get("infoAdicional", ()), issuer),
    }
    fill(root, design.versions[version], parts)
    return DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def _that_fits(design: Design[C], accepted: Draft) -> Draft:
    """``accepted``, unless its signed XML could exceed the SRI's size whatever issuer signs it."""
    if len(marshal.dumps(dict(accepted.content))) < _SURELY_SMALL:  # nothing else tells its size as quickly
        return accepted
    size = len(_build_xml(design, accepted.content, _WORDIEST, _SOME_DAY)) + _SIGNATURE_BYTES
    if size <= MOST_BYTES:
        return accepted
    rule = Text(
        f"el XML pesaría {size} bytes, el máximo es {MOST_BYTES}", f"its XML would exceed {MOST_BYTES} bytes"
    )
    raise Invalid((Problem(design.root, rule, Text("Divida el comprobante", "Split the document"), "26"),))
