"""Files handed in: JSON or XML, wrapped or bare, hostile or merely broken."""

import json

import pytest
from documents_cast import ON, built, invoice, line

from app.documents.factura import from_json
from app.documents.reading import read
from app.errors import Invalid, Problem

FACTURA = built(from_json(invoice(), ON)).decode()
BARE = FACTURA.partition("\n")[2]
ESCAPED = FACTURA.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
SIGNATURE = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'


def refusal(raw: bytes) -> Problem:
    with pytest.raises(Invalid) as refused:
        read(raw, "archivo", ON)
    return refused.value.problems[0]


@pytest.mark.parametrize(
    "wrapped",
    [
        FACTURA,
        f"\n  {BARE}\n",
        BARE.replace("</factura>", f"{SIGNATURE}</factura>"),
        BARE.replace("<detalles>", "<!-- nota --><?pi x?><detalles>"),
        "<autorizacion><estado>AUTORIZADO</estado>"
        f"<comprobante><![CDATA[{FACTURA}]]></comprobante></autorizacion>",
        f"<autorizacion><comprobante>\n  {ESCAPED}\n</comprobante><mensajes/></autorizacion>",
        f"<autorizacion><comprobante>{BARE}</comprobante></autorizacion>",
        f"<autorizacion><comprobante>{ESCAPED.replace('UTF-8', 'ISO-8859-1')}</comprobante></autorizacion>",
        f'<n:RespuestaAutorizacion xmlns:n="http://ec.gob.sri.ws.autorizacion"><comprobante>{ESCAPED}</comprobante>'
        "</n:RespuestaAutorizacion>",
        '<s:Envelope xmlns:s="x"><s:Body><r><autorizacion>'
        f"<comprobante>{ESCAPED}</comprobante></autorizacion></r></s:Body></s:Envelope>",
    ],
    ids=[
        "bare",
        "spaced",
        "signed",
        "commented",
        "cdata",
        "escaped",
        "nested",
        "latin",
        "namespaced",
        "soap",
    ],
)
def test_a_factura_is_found_in_whatever_wraps_it(wrapped):
    assert read(wrapped.encode(), "f.xml", ON).content == from_json(invoice(), ON).content


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_obstacle(encoding):
    assert read(BARE.encode(encoding), "f.xml", ON).buyer_name == "María Núñez"


def test_json_of_floats_is_read_to_the_digit():
    text = json.dumps(invoice(detalles=line(precioUnitario=9.999999)))
    assert read(text.encode(), "f.json", ON).content["detalles"][0]["precioUnitario"] == "9.999999"


@pytest.mark.parametrize(
    "raw",
    [
        b"<factura>",
        b"<!DOCTYPE factura><factura/>",
        b'<!DOCTYPE f [<!ENTITY a "b">]><factura>&a;</factura>',
        b'<!DOCTYPE f [<!ENTITY a SYSTEM "file:///etc/hostname">]><factura>&a;</factura>',
        b'<!DOCTYPE f [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><factura>&b;&b;</factura>',
        b"<factura>&nada;</factura>",
        b"<factura>\x07</factura>",
        b"<factura>&#7;</factura>",
        b"<html><body>Request Rejected</body></html>",
        b"<autorizacion><comprobante/></autorizacion>",
        b"<autorizacion><comprobante>hola</comprobante></autorizacion>",
        b"<a><comprobante>x</comprobante><comprobante>y</comprobante></a>",
        b"<notaCredito/>",
        b"hola",
        b"",
        b"[1]",
        b'{"codDoc": "01"',
        b'{"codDoc": "01", "codDoc": "01"}',
        b'{"codDoc": "01", "propina": NaN}',
        b'{"codDoc": "01", "razonSocialComprador": "\xff"}',
        b'{"codDoc":' + b"[" * 100_000,
        b"{}",
        b'{"codDoc": "99"}',
    ],
)
def test_what_is_no_document_of_ours_is_refused(raw):
    assert refusal(raw).code == "35"


def test_an_inner_doctype_is_refused_too():
    inner = ESCAPED.replace("?&gt;", "?&gt;&lt;!DOCTYPE factura&gt;", 1)
    assert "DOCTYPE" in refusal(f"<a><comprobante>{inner}</comprobante></a>".encode()).rule.es


def test_more_than_320_kilobytes_are_refused_with_code_26():
    assert refusal(b"<factura>" + b" " * 327_680).code == "26"
    assert refusal(b"<" + b" " * 327_679).code == "35"


def test_json_that_would_grow_beyond_320_kilobytes_as_xml_is_refused_with_code_26():
    lines = line(descripcion="x" * 300)[0]
    lines["cantidad"] = 1
    many = invoice(detalles=[lines] * 600, pagos=[{"formaPago": "20", "total": "6900.00"}])
    raw = json.dumps(many).encode()
    assert len(raw) < 327_680
    assert refusal(raw).code == "26"


def test_an_xml_broken_in_structure_and_in_content_shows_both():
    broken = BARE.replace("<ambiente>1</ambiente>", "<ambiente> 1 </ambiente>").replace(
        "1710034065", "1710034066"
    )
    with pytest.raises(Invalid) as refused:
        read(broken.encode(), "f.xml", ON)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("infoTributaria.ambiente", "35"),
        ("infoFactura.identificacionComprador", "62"),
    ]
