"""Real facturas of every version have a RIDE that shows what they say."""

import re
from io import BytesIO
from pathlib import Path

from lxml import etree
from pypdf import PdfReader

from app.ride import render

PRINTED = (
    *(
        "infoTributaria/razonSocial",
        "infoTributaria/ruc",
        "infoTributaria/dirMatriz",
        "infoTributaria/secuencial",
    ),
    *("infoFactura/razonSocialComprador", "infoFactura/identificacionComprador", "infoFactura/fechaEmision"),
    *("detalles/detalle/descripcion", "detalles/detalle/codigoPrincipal", "infoAdicional/campoAdicional"),
)


def comprobante(sample: Path) -> bytes:
    """The document inside an ``autorizacion``, or the file itself."""
    raw = sample.read_bytes()
    wrapped = etree.fromstring(raw).findtext("comprobante")
    return wrapped.strip().encode() if wrapped else raw


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_every_sample_factura_has_a_ride_with_its_key_names_and_lines(shared):
    samples = sorted((shared / "sri" / "samples").glob("fac-*.xml"))
    assert len(samples) > 15
    for sample in samples:
        xml = comprobante(sample)
        root = etree.fromstring(xml)
        key = root.findtext("infoTributaria/claveAcceso").strip()
        ride = render(xml, number=key, authorized_at=None)
        text = squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(ride.pdf)).pages))
        assert key in text, sample.name
        assert ride.missing_glyphs in ((), ("�",)), sample.name
        for path in PRINTED:
            for element in root.iterfind(path):
                assert squeezed(element.text or "").replace("�", "□") in text, (sample.name, path)
