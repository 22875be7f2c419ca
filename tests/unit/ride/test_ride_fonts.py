"""The faces of a RIDE: each PDF carries the glyphs it shows and no other, as drawn in the package's own files."""

from io import BytesIO
from pathlib import Path

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from ride_cast import KEY, detalle, factura, lines

from app.ride import Ride, fonts, render

FILES = Path(fonts.__file__).parent
EVERY = sorted(chr(code) for code in fonts.face(fonts.REGULAR).face.charToGlyph if chr(code).isprintable())


def ride_of(descriptions: list[str]) -> Ride:
    xml = factura("".join(detalle(("X", words, "1", "1", "0", "1")) for words in descriptions))
    return render(xml, number=KEY, authorized_at=None)


def embedded(ride: Ride) -> dict[str, TTFont]:
    """The programs in a PDF by the name of their font."""
    found = {}
    for page in PdfReader(BytesIO(ride.pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            about = font.get_object()["/FontDescriptor"]
            found[about["/FontName"]] = TTFont(BytesIO(about["/FontFile2"].get_data()))
    return found


def outline(font: TTFont, glyph: str) -> list:
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[glyph].draw(pen)
    return pen.value


def test_every_character_the_fonts_have_can_be_searched_and_copied():
    text = PdfReader(BytesIO(ride_of(EVERY).pdf)).pages
    together = "".join(page.extract_text() for page in text)
    assert [character for character in EVERY if not character.isspace() and character not in together] == []


@pytest.mark.parametrize("words", ["Éa (50 %) \\ñ", "Łódź → ⅓ ✓"], ids=["usual", "of other parts"])
def test_what_is_embedded_is_drawn_as_in_the_file_the_package_brings(words):
    original = TTFont(FILES / f"{fonts.REGULAR}.ttf")
    cut = [font for name, font in embedded(ride_of([words])).items() if name.endswith(fonts.REGULAR[1:])]
    assert cut
    for character in set(words) - {" "}:
        expected = outline(original, original.getBestCmap()[ord(character)])
        drawn = [outline(font, glyph) for font in cut for glyph in font.getGlyphOrder()]
        assert expected in drawn, character


def test_a_program_is_whole_in_the_eyes_of_a_strict_reader():
    for font in embedded(ride_of(["Éa Łódź"])).values():
        assert font["maxp"].numGlyphs == len(font.getGlyphOrder()) < 140
        for tag in font.reader.tables:
            font.reader.checkChecksums = 2
            font.reader[tag]  # raises where a sum is wrong


def test_glyphs_of_other_languages_cost_only_the_documents_that_show_them():
    plain, polish = (ride_of([words]) for words in ("Lodz", "Łódź"))
    assert len(embedded(polish)) > len(embedded(plain))
    assert 200 < len(polish.pdf) - len(plain.pdf) < 4_000
    assert len(render(factura(lines(5)), number=KEY, authorized_at=None).pdf) < 25_000
