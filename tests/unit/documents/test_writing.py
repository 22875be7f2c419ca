"""The XML is written as text: it must be what lxml would have written, and never what no XML can hold."""

import pytest
from lxml import etree

from app.documents.structures import ADDITIONAL, MACHINE
from app.documents.vocabulary import group
from app.documents.writing import writer

WRITE = writer(group(MACHINE, ADDITIONAL))
AWKWARD = "Ñandú & Cía <\"'> ]]> 😀\u00a0\u0085 dos\tcolumnas\ny\r\nuna línea"


def written(text: str) -> bytes:
    fields = [{"nombre": text, "valor": text}, {"nombre": "Correo", "valor": ""}]
    parts = {"maquinaFiscal": {"marca": text, "modelo": "", "serie": "1"}, "infoAdicional": fields}
    return WRITE("factura", {"id": text}, parts)


def by_lxml(text: str) -> bytes:
    root = etree.Element("factura", {"id": text})
    machine = etree.SubElement(root, "maquinaFiscal")
    etree.SubElement(machine, "marca").text = text
    etree.SubElement(machine, "serie").text = "1"
    fields = etree.SubElement(root, "infoAdicional")
    etree.SubElement(fields, "campoAdicional", {"nombre": text}).text = text
    etree.SubElement(fields, "campoAdicional", {"nombre": "Correo"}).text = ""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=False)


@pytest.mark.parametrize("text", ["plain", AWKWARD])
def test_the_bytes_are_those_of_lxml(text):
    assert written(text) == by_lxml(text)


@pytest.mark.parametrize("text", ["\0", "a\x0bb", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_no_xml_can_hold_is_an_error_and_never_written(text):
    with pytest.raises(ValueError):
        written(text)
