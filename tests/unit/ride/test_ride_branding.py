"""A taxpayer's logo and accent colour: prepared once, bounded, readable, and drawn as they were handed in."""

import random
import zlib
from io import BytesIO
from struct import pack

import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader
from ride_cast import KEY, factura, lines

from app.errors import Refused
from app.logos import LARGEST_BYTES, ROOM, prepared
from app.ride import Branding, Ride, colours, render
from app.ride.sample import render_sample

GREEN = (0, 110, 80)


def mark(mode: str = "RGB", size: tuple[int, int] = (600, 400), ground: object = "white") -> Image.Image:
    """A green disc in the middle of ``ground``."""
    image = Image.new("RGBA" if mode in ("RGBA", "LA", "P") else "RGB", size, ground)
    width, height = size
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, 3 * width // 4, 3 * height // 4), fill=GREEN)
    return image.convert(mode)


def file_of(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def noise() -> Image.Image:
    return Image.frombytes("RGB", (500, 300), random.Random(7).randbytes(500 * 300 * 3))


def drawn(logo: bytes | None = None, accent: str | None = None) -> Ride:
    branding = Branding(prepared(logo) if logo else None, accent)
    return render(factura(lines(5)), number=KEY, authorized_at=None, branding=branding)


def picture_in(ride: Ride) -> Image.Image:
    [only] = PdfReader(BytesIO(ride.pdf)).pages[0].images
    return only.image.convert("RGB")


@pytest.mark.parametrize(
    "logo",
    [
        file_of(mark()),
        file_of(mark("RGBA", ground=(0, 0, 0, 0))),
        file_of(mark("LA", ground=(0, 0, 0, 0))),
        file_of(mark("L")),
        file_of(mark(), "JPEG"),
        file_of(mark("CMYK"), "JPEG"),
        file_of(mark("L").convert("I").point(lambda level: level * 256).convert("I;16")),
    ],
    ids=["png", "transparent", "grey and transparent", "grey", "jpeg", "cmyk", "sixteen bits"],
)
def test_a_logo_of_any_kind_is_printed_on_white_without_its_margins(logo):
    image = picture_in(drawn(logo))
    width, height = image.size
    assert width <= ROOM[0] and height <= ROOM[1]
    assert max(image.getpixel((width // 2, height // 2))) < 160  # the disc
    assert min(image.getpixel((1, 1))) > 240  # white beside it, whatever was transparent
    assert width / height == pytest.approx(1.5, abs=0.05)  # its own proportions, cut to what is drawn


def test_what_was_prepared_lies_in_the_pdf_pixel_for_pixel():
    logo = prepared(file_of(mark()))
    ours = Image.open(BytesIO(logo)).convert("RGB")
    assert picture_in(drawn(file_of(mark()))).tobytes() == ours.tobytes()
    assert logo == prepared(file_of(mark()))


def test_a_photograph_becomes_small_enough_to_be_mailed_with_every_ride():
    assert len(file_of(noise())) > 400_000
    assert len(prepared(file_of(noise()))) < 200_000
    assert PdfReader(BytesIO(drawn(file_of(noise())).pdf)).pages[0].images[0].image.size == (375, 225)


def test_a_picture_turned_by_its_camera_is_upright():
    lying = Image.new("RGB", (100, 300), GREEN)
    exif = Image.Exif()
    exif[0x0112] = 6
    assert picture_in(drawn(file_of(lying, "JPEG", exif=exif))).size == (300, 100) != lying.size


def claims_to_be_huge() -> bytes:
    """A PNG of a few bytes whose head promises 40,000 by 40,000 pixels."""
    head = pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    written = (
        pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


@pytest.mark.parametrize(
    ("logo", "said"),
    [
        (b"", "PNG o JPEG"),
        (b"GIF89a nothing", "PNG o JPEG"),
        (file_of(mark(), "GIF"), "PNG o JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG o JPEG"),
        (file_of(mark())[:600], "dañado"),
        (file_of(mark(), "JPEG")[:900], "dañado"),
        (b"\x89PNG" + b"x" * LARGEST_BYTES, "2 MB"),
        (file_of(Image.new("RGB", (4000, 3001))), "píxeles"),
        (claims_to_be_huge(), "PNG o JPEG|píxeles"),
        (file_of(Image.new("RGBA", (300, 90), (255, 255, 255, 255))), "casi blanco"),
        (file_of(Image.new("RGBA", (300, 90), (0, 0, 0, 0))), "casi blanco"),
        (file_of(Image.new("RGB", (300, 4), "black")), "pequeño"),
    ],
)
def test_a_logo_that_will_not_do_is_refused_in_words(logo, said):
    with pytest.raises(Refused, match=said):
        prepared(logo)


@pytest.mark.parametrize(
    ("written", "colour"), [("#163", "#116633"), (" 1A5276 ", "#1a5276"), ("#000", "#000000")]
)
def test_a_colour_is_written_in_any_usual_way(written, colour):
    assert colours.normal(written) == colour


@pytest.mark.parametrize("written", ["", "verde", "#12345", "#0a5", "#ff0", "#ffffff", "#7a7a7a"])
def test_a_colour_nobody_could_read_is_refused_and_one_that_serves_is_named(written):
    with pytest.raises(Refused) as refused:
        colours.normal(written)
    if "demasiado claro" in str(refused.value):
        assert colours.readable(str(refused.value)[-7:])


@pytest.mark.parametrize("accent", [None, "#767000", "#0b6b4f", "#000000", "#b00020"])
def test_every_ink_of_a_chosen_accent_can_be_read_where_it_is_used(accent):
    from app.ride.page import ACCENT, PALE, TINT, WHITE

    inks = {one: colours.inks(accent).get(one, one) for one in (ACCENT, TINT, PALE)}
    for ground, text in ((ACCENT, WHITE), (ACCENT, PALE), (TINT, ACCENT)):
        shown = colours.contrast(inks.get(ground, ground), inks.get(text, text))
        assert shown >= colours.READABLE, (accent, ground, text)


def test_the_accent_changes_inks_and_nothing_that_is_said():
    plain, green = (PdfReader(BytesIO(drawn(accent=one).pdf)).pages[0] for one in (None, "#0b6b4f"))
    assert plain.extract_text() == green.extract_text()
    assert plain.get_contents().get_data() != green.get_contents().get_data()


def test_a_sample_shows_a_branding_and_says_that_it_is_none():
    [page] = PdfReader(
        BytesIO(render_sample("1792146739001", "A & B S.A.", None, Branding(accent="#0b6b4f")).pdf)
    ).pages
    assert "A & B S.A." in page.extract_text()
    assert "SIN VALIDEZ TRIBUTARIA" in page.extract_text()
