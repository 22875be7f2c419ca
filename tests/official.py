"""The SRI's own schemas and samples, read in place, and the verdict of a schema on a document."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"


@cache
def schema(folder: Path, root: str, version: str) -> etree.XMLSchema:
    """The schema of one root and version; ``folder`` is the shared folder."""
    name = f"{root}_V{version}.xsd".lower()  # factura_V1.1.0.xsd, NotaCredito_V1.1.0.xsd
    (found,) = [path for path in (folder / "sri" / "xsd").iterdir() if path.name.lower() == name]
    return etree.XMLSchema(etree.parse(found))


def assert_valid(folder: Path, xml: bytes) -> None:
    """Fail unless the schema of the version that ``xml`` claims passes it."""
    root = etree.fromstring(xml)
    schema(folder, root.tag, root.get("version")).assertValid(root)


def samples(folder: Path, wanted: str) -> Iterator[tuple[str, etree._Element]]:
    """Every sample comprobante of the root ``wanted``, taken out of its wrapper and without signature."""
    parser = etree.XMLParser(remove_comments=True)
    for path in sorted((folder / "sri" / "samples").glob("*.xml")):
        root = etree.fromstring(path.read_bytes(), parser)
        if root.find("comprobante") is not None:
            inner = root.find("comprobante").text.strip()
            root = etree.fromstring(
                inner.partition("?>")[2].encode() if inner.startswith("<?xml") else inner.encode()
            )
        for signature in root.findall(f"{DS}Signature"):
            root.remove(signature)
        if root.tag == wanted:
            yield path.name, root
