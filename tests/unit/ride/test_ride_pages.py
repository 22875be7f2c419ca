"""A RIDE of any length: pages, repeated heads, totals in company, nothing outside the paper."""

import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from shutil import which
from subprocess import run

import pytest
import zxingcpp
from needs import lacking
from PIL import Image, ImageChops
from pypdf import PdfReader
from ride_cast import ADDITIONAL, KEY, detalle, factura, lines

from app.logos import prepared
from app.ride import Branding, Ride, render

LONG = "Supercalifragilístico" * 14
WORDS = ("bolsa de papel kraft reciclado " * 10)[:300]
FIFTEEN = [(f"Campo {number}", WORDS if number % 2 else LONG) for number in range(15)]
HUGE = detalle(
    ("C" * 25, LONG, "123456.123456", "98765.432100", "0.00", "99999999.99"), [("N" * 300, WORDS)] * 3
)
MARGIN = 30  # points of paper that stay white on either side


def made(xml: bytes, logo: bytes | None = None) -> Ride:
    branding = Branding(prepared(logo) if logo else None)
    return render(xml, number=KEY, authorized_at=None, branding=branding)


def pages_of(ride: Ride) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(ride.pdf)).pages]


def pictures(ride: Ride, folder: Path, dpi: int) -> list[Image.Image]:
    if which("pdftoppm") is None:
        lacking("pdftoppm (Debian package poppler-utils)")
    (folder / "ride.pdf").write_bytes(ride.pdf)
    run(["pdftoppm", "-r", str(dpi), "-png", folder / "ride.pdf", folder / "page"], check=True)
    return [Image.open(path).convert("RGB") for path in sorted(folder.glob("page-*.png"))]


def picture(kind: str, size: tuple[int, int] = (300, 90)) -> bytes:
    file = BytesIO()
    colour = (120, 60, 30, 90) if kind == "PNG" else (120, 60, 30)
    Image.new("RGBA" if kind == "PNG" else "RGB", size, colour).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (5, 1), (37, 2), (100, 4), (600, 19)])
def test_any_number_of_lines_is_printed_in_full(count, pages):
    ride = made(factura(lines(count)))
    texts = pages_of(ride)
    assert (ride.pages, len(texts)) == (pages, pages)
    numbers = [int(number) for text in texts for number in re.findall(r"#(\d+)\b", text)]
    assert numbers == list(range(1, count + 1))
    for index, text in enumerate(texts, 1):
        assert f"Página {index} de {pages}" in text
        assert "Descripción" in text
        assert KEY in text
    assert "VALOR TOTAL" in texts[-1]
    assert not any("VALOR TOTAL" in text for text in texts[:-1])


@pytest.mark.parametrize("additional", [(), ADDITIONAL, FIFTEEN[:4]], ids=["none", "four", "four long"])
@pytest.mark.parametrize("count", range(14, 40))
def test_totals_stay_whole_and_in_the_company_of_lines(count, additional):
    texts = pages_of(made(factura(lines(count), additional=additional)))
    last = texts[-1]
    assert len(re.findall(r"#\d+\b", last)) >= 2
    assert all(label in last for label in ("SUBTOTAL 15%", "SUBTOTAL SIN IMPUESTOS", "IVA 15%", "317.07"))


@pytest.mark.parametrize(
    "xml",
    [
        factura(lines(5)),
        factura(lines(120)),
        factura(HUGE * 3, additional=FIFTEEN),
        factura(lines(1), additional=FIFTEEN, buyer=("06", LONG, "X" * 20)),
        factura(lines(2), tributary=f"<contribuyenteRimpe>{LONG}</contribuyenteRimpe>"),
    ],
    ids=["usual", "many", "huge lines", "long names", "long legend"],
)
def test_nothing_leaves_the_paper(xml, tmp_path):
    for page in pictures(made(xml), tmp_path, 72):
        drawn = ImageChops.invert(page).getbbox()
        assert drawn is not None
        left, top, right, bottom = drawn
        assert left >= MARGIN
        assert top >= MARGIN - 4
        assert right <= page.width - MARGIN
        assert bottom <= page.height - 15


def test_many_fields_stand_beside_the_totals_and_go_on_under_their_title():
    first, second = pages_of(made(factura(lines(3), additional=[(str(n), WORDS) for n in range(15)])))
    assert all(words in first for words in ("#3", "VALOR TOTAL", "INFORMACIÓN ADICIONAL", "kraft"))
    assert "INFORMACIÓN ADICIONAL (continuación)" in second
    assert "FORMA DE PAGO" in second
    assert "Descripción" not in second


def test_long_words_are_broken_and_lose_no_letter():
    line = detalle(("C" * 25, LONG, "1.00", "1.00", "0.00", "1.00"), [("Nota", WORDS)])
    together = re.sub(r"\s+", "", "".join(pages_of(made(factura(line, additional=FIFTEEN)))))
    assert "C" * 25 in together
    assert together.count(LONG) == 1 + 8  # the description and every second field
    assert together.count(re.sub(r"\s+", "", WORDS)) == 1 + 7


def test_a_line_taller_than_a_page_goes_on_on_the_next():
    texts = pages_of(made(factura(HUGE, additional=())))
    assert len(texts) == 2
    assert "".join(texts).count("kraft") == 3 * WORDS.count("kraft")
    assert all("kraft" in text and "Descripción" in text for text in texts)
    assert "VALOR TOTAL" in texts[-1]


@pytest.mark.parametrize("logo", [None, picture("PNG")], ids=["without logo", "with logo"])
def test_a_scanner_reads_the_access_key_at_200_dpi(logo, tmp_path):
    (page,) = pictures(made(factura(lines(5)), logo), tmp_path, 200)
    (code,) = zxingcpp.read_barcodes(page)
    assert (code.text, code.format) == (KEY, zxingcpp.BarcodeFormat.Code128)


def test_an_odd_access_key_is_printed_though_it_has_no_bars(tmp_path):
    ride = made(factura(lines(1)).replace(KEY.encode(), b"SIN CLAVE"))
    assert "SIN CLAVE" in pages_of(ride)[0]
    assert zxingcpp.read_barcodes(pictures(ride, tmp_path, 150)[0]) == []


@pytest.mark.parametrize("logo", [None, picture("PNG"), picture("JPEG")], ids=["none", "png", "jpeg"])
def test_the_same_xml_gives_the_same_bytes(logo):
    xml = factura(lines(40))
    first, second = made(xml, logo), made(xml, logo)
    assert first == second
    assert first.sha256 == sha256(first.pdf).hexdigest()


def test_fonts_are_embedded_and_no_other_is_named():
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in PdfReader(BytesIO(made(factura(lines(40))).pdf)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"DejaVuSansCondensed", "DejaVuSansCondensed-Bold"}


def test_the_document_names_itself():
    told = PdfReader(BytesIO(made(factura(lines(1))).pdf)).metadata
    assert told is not None
    assert told.title == "FACTURA 002-003-000001247"
    assert told.author == "TOSTADURÍA SIERRA NORTE S.A.S."
    assert told.subject == f"RIDE {KEY}"
