"""The SRI's own schemas and samples, read in place, and the verdict of a schema on a document."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml import etree

_FILES = {"factura": "factura_V{}.xsd", "notaCredito": "NotaCredito_V{}.xsd"}
DS = "{http://www.w3.org/2000/09/xmldsig#}"


@cache
def schema(folder: Path, root: str, version: str) -> etree.XMLSchema:
    """The schema of one root and version; ``folder`` is the shared folder."""
    return etree.XMLSchema(etree.parse(folder / "sri" / "xsd" / _FILES[root].format(version)))


def assert_valid(folder: Path, xml: bytes) -> None:
    """Fail unless the schema of the version that ``xml`` claims passes it."""
    root = etree.fromstring(xml)
    schema(folder, root.tag, root.get("version")).assertValid(root)


def samples(folder: Path, pattern: str) -> Iterator[tuple[str, etree._Element]]:
    """Every sample comprobante whose file matches, taken out of its wrapper and without signature."""
    parser = etree.XMLParser(remove_comments=True)
    for path in sorted((folder / "sri" / "samples").glob(pattern)):
        root = etree.fromstring(path.read_bytes(), parser)
        if root.find("comprobante") is not None:
            inner = root.find("comprobante").text.strip()
            root = etree.fromstring(
                inner.partition("?>")[2].encode() if inner.startswith("<?xml") else inner.encode()
            )
        for signature in root.findall(f"{DS}Signature"):
            root.remove(signature)
        yield path.name, root
