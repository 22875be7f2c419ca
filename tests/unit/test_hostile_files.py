"""Files made to harm whoever opens them: XML that reads or grows, archives, pictures and keys that never end."""

import io
import json
import time
import tracemalloc
import zipfile
import zlib
from contextlib import suppress

import pytest
from cast import PASSWORD, p12_of
from documents_cast import invoice
from PIL import Image, PngImagePlugin
from sri_cast import ISSUER, NOW, ON, signed
from two_key_p12 import _der

from app import archive, certificates, logos, signing, verdicts
from app.der import first
from app.documents.reading import read
from app.documents.registry import TYPES
from app.errors import Invalid, Refused
from app.mail import addresses
from app.p12_effort import rounds
from app.ride import render

XML = signed().xml
SECRET_FILE = b"root:x:0:0"
ENTITIES = {
    "a file of this machine": b'<!DOCTYPE factura [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "an address": b'<!DOCTYPE factura [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
    "a DTD elsewhere": b'<!DOCTYPE factura SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY x "y">]>',
    "a billion laughs": b'<!DOCTYPE factura [<!ENTITY a "haha">'
    + b"".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">'.encode() for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + b'<!ENTITY x "&j;">]>',
    "quadratic growth": b'<!DOCTYPE factura [<!ENTITY x "' + b"y" * 50_000 + b'">]>',
}


def hostile(kind: str) -> bytes:
    declaration, _, rest = XML.partition(b"?>")
    use = b"&x;" * (1_000 if kind == "quadratic growth" else 1)
    return declaration + b"?>" + ENTITIES[kind] + rest.replace(b"<razonSocial>", b"<razonSocial>" + use, 1)


READERS = {
    "intake": lambda xml: read(xml, "x.xml", ON).content,
    "intake, wrapped": lambda xml: (
        read(
            b"<autorizacion><comprobante><![CDATA[" + xml + b"]]></comprobante></autorizacion>", "x.xml", ON
        ).content
    ),
    "a strict reading": lambda xml: [kind.inspect(xml) for kind in TYPES],
    "the RIDE": lambda xml: render(xml, number="1" * 49, authorized_at=NOW).pdf,
    "the signature": signing.verify,
    "a verdict": lambda xml: verdicts.same_document(xml, XML),
    "the buyer's addresses": addresses.of_buyer,
}


@pytest.mark.parametrize("kind", ENTITIES)
@pytest.mark.parametrize("reader", READERS)
def test_no_entity_is_expanded_and_nothing_is_fetched(kind, reader):
    began = time.process_time()
    try:
        told = repr(READERS[reader](hostile(kind))).encode()
    except (Invalid, signing.BadSignature) as refusal:
        told = str(refusal).encode()
    assert SECRET_FILE not in told
    assert b"haha" * 100 not in told and b"y" * 60_000 not in told
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"codDoc":"01","x":"' + b"9" * 300_000 + b'"}',
        json.dumps(invoice()).encode().replace(b'"cantidad": 2', b'"cantidad": 1e999999999'),
        b"<a>" * 60_000,
        b"<a " + b" ".join(b'b%d=""' % n for n in range(20_000)) + b"/>",
    ],
    ids=[
        "nested lists",
        "nested objects",
        "a long number",
        "a huge exponent",
        "nested elements",
        "many attributes",
    ],
)
def test_what_is_deep_or_long_is_refused_at_once(raw):
    began = time.process_time()
    with pytest.raises(Invalid):
        read(raw, "x", ON)
    assert time.process_time() - began < 2


def test_a_p12_that_asks_for_years_of_work_is_refused_before_it_is_opened():
    good = p12_of(ISSUER.ruc, "ANA")
    assert 1_000 <= rounds(good) <= 1_000_000
    version, info = first(first(good).content), first(first(first(good).content).rest)
    checksum = first(info.rest).content
    digest, salt = first(checksum), first(first(checksum).rest)
    endless = _der(
        0x30, _der(digest.tag, digest.content) + _der(0x04, salt.content) + _der(0x02, b"\x7f\xff\xff\xff")
    )
    p12 = _der(0x30, _der(0x02, version.content) + _der(0x30, info.content) + endless)
    assert rounds(p12) == 2**31 - 1
    began = time.process_time()
    with pytest.raises(certificates.CertificateRefused):
        certificates.open_p12(p12, PASSWORD, ruc=ISSUER.ruc, now=NOW)
    assert time.process_time() - began < 1


def png_of(width: int, height: int, **more) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG", **more)
    return file.getvalue()


def test_a_picture_that_unpacks_to_more_than_memory_is_refused_by_its_head():
    for bomb in (png_of(30_000, 30_000), png_of(100, 100)[:45]):
        assert len(bomb) < logos.LARGEST_BYTES
        began = time.process_time()
        with pytest.raises(Refused):
            logos.prepared(bomb)
        assert time.process_time() - began < 2


def test_a_note_in_a_picture_is_not_unpacked_to_more_than_memory():
    info = PngImagePlugin.PngInfo()
    info.add(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9))
    bomb = png_of(20, 20, pnginfo=info)
    tracemalloc.start()
    with suppress(Refused):
        logos.prepared(bomb)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20_000_000


def test_an_archive_that_unpacks_to_more_than_memory_is_told_and_not_unpacked(tmp_path):
    bomb = tmp_path / "mes.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.json", b" " * 300_000_000)
    began = time.process_time()
    _, wrong = archive.verify(bomb)
    assert len(wrong) == 1 and "index.json" in wrong[0]
    assert time.process_time() - began < 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "documents/../../x", "C:\\x"])
def test_an_archive_names_nothing_outside_itself(tmp_path, name):
    folder = tmp_path / "mes"
    folder.mkdir()
    record = {"access_key": "1" * 49, "xml": name, "xml_sha256": "0" * 64, "ride": None}
    (folder / "index.json").write_text(json.dumps({"ruc": "", "month": "", "documents": [record]}))
    _, wrong = archive.verify(folder)
    assert f"{name}: falta" in wrong
