"""The factura (01): from JSON or XML to a draft, and from a draft to the XML that is signed."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from lxml import etree

from app.documents.base import MOST_BYTES, DocumentType, Draft, Identity, Issuer
from app.documents.factura_draft import CODE, block_not_yet, draft
from app.documents.factura_grammar import VERSIONS
from app.documents.factura_inspection import check_structure, flatten, inspect
from app.documents.factura_model import blocks_not_yet
from app.documents.grammar import fill, read
from app.documents.xml_source import parse, without_signature
from app.errors import Invalid, Problem, Text
from app.sri.gateway import Environment

VERSION = "1.1.0"
_SIGNATURE_BYTES = 12_000
_SURELY_SMALL = 20_000  # characters of content, each at most a few bytes of XML
_WORDIEST = Issuer("0" * 13, "x" * 300, "x" * 300, Environment.PRUEBAS, "x" * 300, "x" * 300, True)
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def from_json(values: Mapping[str, Any], on: date) -> Draft:
    """A draft from SRI field names, flat; amounts that are left out are computed.

    ``on`` is the day the invoice will carry. Raises ``Invalid`` with every problem.
    """
    return _that_fits(draft(values, on, []))


def from_xml(raw: bytes, on: date) -> Draft:
    """A new draft with buyer, lines, payments and additional fields of an existing factura of any version.

    Its issuer, number, key, date and signature are not taken over; establishment and emission point are.
    Raises ``Invalid`` with all that its XSD refuses, that our rules refuse, and each block not supported yet.
    """
    root = without_signature(parse(raw))
    problems = check_structure(root)
    nested = read(root, VERSIONS.get(root.get("version", ""), VERSIONS["2.1.0"]))
    problems += [block_not_yet(*found) for found in blocks_not_yet(nested)]
    return _that_fits(draft(flatten(nested), on, problems))


def build_xml(content: Mapping[str, Any], issuer: Issuer, identity: Identity) -> bytes:
    """The unsigned factura 1.1.0, UTF-8, no white space between elements; same input, same bytes."""
    root = etree.Element("factura", {"id": "comprobante", "version": VERSION})
    parts = {
        "infoTributaria": _info_tributaria(issuer, identity),
        "infoFactura": {
            **content,
            **_issuer_in_info_factura(issuer),
            "fechaEmision": f"{identity.issue_date:%d/%m/%Y}",
        },
        "detalles": content["detalles"],
        "infoAdicional": content.get("infoAdicional"),
    }
    fill(root, VERSIONS[VERSION], parts)
    return DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def _that_fits(accepted: Draft) -> Draft:
    """``accepted``, unless its signed XML could exceed the SRI's size whatever issuer signs it."""
    if len(str(accepted.content)) < _SURELY_SMALL:
        return accepted
    identity = Identity("0" * 49, date(2000, 1, 1), "001", "001", 1)
    size = len(build_xml(accepted.content, _WORDIEST, identity)) + _SIGNATURE_BYTES
    if size <= MOST_BYTES:
        return accepted
    rule = Text(
        f"el XML pesaría {size} bytes, el máximo es {MOST_BYTES}", f"its XML would exceed {MOST_BYTES} bytes"
    )
    raise Invalid((Problem("factura", rule, Text("Divida la factura", "Split the invoice"), "26"),))


def _info_tributaria(issuer: Issuer, identity: Identity) -> dict[str, str | None]:
    return {
        "ambiente": str(int(issuer.environment)),
        "tipoEmision": "1",
        "razonSocial": _nfc(issuer.razon_social),
        "nombreComercial": _nfc(issuer.nombre_comercial),
        "ruc": issuer.ruc,
        "claveAcceso": identity.access_key,
        "codDoc": CODE,
        "estab": identity.establishment,
        "ptoEmi": identity.emission_point,
        "secuencial": f"{identity.sequence_number:09d}",
        "dirMatriz": _nfc(issuer.dir_matriz),
        "agenteRetencion": issuer.agente_retencion,
        "contribuyenteRimpe": _nfc(issuer.contribuyente_rimpe),
    }


def _issuer_in_info_factura(issuer: Issuer) -> dict[str, str | None]:
    obliged = {None: None, True: "SI", False: "NO"}[issuer.obligado_contabilidad]
    return {
        "dirEstablecimiento": _nfc(issuer.dir_establecimiento),
        "contribuyenteEspecial": issuer.contribuyente_especial,
        "obligadoContabilidad": obliged,
    }


def _nfc(text: str | None) -> str | None:
    return unicodedata.normalize("NFC", text) if text else None


FACTURA = DocumentType(
    code=CODE,
    name="factura",
    root="factura",
    version=VERSION,
    from_json=from_json,
    from_xml=from_xml,
    build_xml=build_xml,
    inspect=inspect,
)
