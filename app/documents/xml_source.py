"""Opening XML that strangers wrote: no DOCTYPE, no entities, no network, no autorizacion wrapper."""

import re

from lxml import etree

from app.documents.grammar import STRUCTURE
from app.errors import Invalid, Problem, Text

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse(raw: bytes) -> etree._Element:
    """The root of a document without comments and processing instructions.

    Raises ``Invalid`` when it is not well-formed XML (control characters included) or has a DOCTYPE.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = str(error).split(", line")[0]
        raise _refusal(
            Text(f"no es XML bien formado ({reason})", f"is not well-formed XML ({reason})"),
            Text("Envíe el XML completo en UTF-8", "Send the whole XML in UTF-8"),
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refusal(
            Text("contiene DOCTYPE o entidades", "contains a DOCTYPE or entities"),
            Text("Quite la declaración DOCTYPE", "Remove the DOCTYPE declaration"),
        )
    return root


def open_wrapper(raw: bytes, document_roots: frozenset[str]) -> tuple[str, bytes]:
    """Root tag and bytes of the comprobante in ``raw``: ``raw`` itself, or what its autorizacion carries.

    The wrapper may be ``autorizacion``, ``RespuestaAutorizacion`` in any namespace or a whole SOAP answer;
    its comprobante CDATA, escaped text or plain elements, with or without XML declaration and white space.
    Raises ``Invalid`` when there is no comprobante inside, or more than one.
    """
    root = parse(raw)
    if root.tag in document_roots:
        return str(root.tag), raw
    carried = [element for element in root.iter("{*}comprobante") if _carries(element)]
    if len(carried) != 1:
        name = etree.QName(root).localname
        raise _refusal(
            Text(
                f"<{name}> no es un comprobante ni contiene exactamente uno",
                f"<{name}> is no comprobante and does not hold exactly one",
            ),
            Text(
                f"Se admite {', '.join(sorted(document_roots))}",
                f"Allowed: {', '.join(sorted(document_roots))}",
            ),
        )
    inner = _content(carried[0])
    return etree.QName(parse(inner)).localname, inner


def without_signature(root: etree._Element) -> etree._Element:
    """``root`` less a ds:Signature that is its last child; anywhere else the grammar refuses it."""
    if len(root) and root[-1].tag == SIGNATURE:
        root.remove(root[-1])
    return root


def _carries(element: etree._Element) -> bool:
    return bool(len(element) or (element.text or "").strip())


def _content(element: etree._Element) -> bytes:
    if len(element):
        return etree.tostring(element[0], encoding="UTF-8", with_tail=False)
    # The text is decoded already, so whatever encoding its own declaration names no longer holds.
    return _DECLARATION.sub("", (element.text or "").lstrip("\ufeff")).strip().encode()


def _refusal(rule: Text, fix: Text) -> Invalid:
    return Invalid((Problem("XML", rule, fix, STRUCTURE),))
