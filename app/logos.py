"""A taxpayer's logo, prepared once when it is handed in: a small opaque picture that a RIDE carries as it is."""

import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

from app.errors import Mistyped, Text

LARGEST_BYTES: Final = 2_000_000
LARGEST_PIXELS: Final = 12_000_000
ROOM: Final = (792, 225)
"""Pixels a RIDE prints at 300 dpi in the room of its logo."""
_LEAST: Final = 16
_FAINTEST: Final = 215  # of 255; a logo whose darkest spot is lighter cannot be seen on paper
_WHITE: Final = 8  # what differs less from white belongs to the margin
_LOSSLESS_UP_TO: Final = 48_000  # bytes; a photograph becomes a JPEG instead


def prepared(raw: bytes) -> bytes:
    """``raw`` (PNG or JPEG) on white, without its margins, as large as a RIDE prints it: PNG, or JPEG when smaller.

    The same bytes give the same bytes. Raises ``Refused`` for what is no such picture, is too large to be opened, or
    could not be seen on paper.
    """
    if len(raw) > LARGEST_BYTES:
        raise Mistyped(
            Text(
                f"el logo pesa más de {LARGEST_BYTES // 1_000_000} MB",
                f"the logo is larger than {LARGEST_BYTES // 1_000_000} MB",
            )
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = _on_white(_opened(raw))
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Mistyped(
            Text("el logo no es una imagen PNG o JPEG", "the logo is no PNG or JPEG picture")
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Mistyped(
            Text(
                "el logo está dañado: no se puede leer entero",
                "the logo is damaged: it cannot be read to its end",
            )
        ) from error
    image = _without_margins(image)
    image.thumbnail(ROOM, Image.Resampling.LANCZOS)
    return _encoded(image)


def _opened(raw: bytes) -> Image.Image:
    with Image.open(BytesIO(raw), formats=("PNG", "JPEG")) as image:
        if image.width * image.height > LARGEST_PIXELS:  # told by its head, before anything is unpacked
            raise Mistyped(
                Text(
                    f"el logo tiene más de {LARGEST_PIXELS // 1_000_000} millones de píxeles",
                    f"the logo has more than {LARGEST_PIXELS // 1_000_000} million pixels",
                )
            )
        image.load()
        return ImageOps.exif_transpose(image)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # sixteen bits of grey
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")


def _without_margins(image: Image.Image) -> Image.Image:
    grey = image.convert("L")
    darkest = next(level for level, count in enumerate(grey.histogram()) if count)
    if darkest > _FAINTEST:
        raise Mistyped(
            Text(
                "el logo es casi blanco: no se vería en el papel; use su versión para fondo claro",
                "the logo is almost white: nobody would see it on paper; use its version for a light ground",
            )
        )
    drawn = ImageChops.invert(grey).point(lambda level: 255 if level > _WHITE else 0).getbbox()
    cropped = image.crop(drawn)
    if min(cropped.size) < _LEAST:
        raise Mistyped(
            Text(
                f"el logo es demasiado pequeño: se piden al menos {_LEAST} píxeles de lado",
                f"the logo is too small: each side must have {_LEAST} pixels at least",
            )
        )
    return cropped


def _encoded(image: Image.Image) -> bytes:
    red, green, blue = image.split()
    plain = image.convert("L") if red.tobytes() == green.tobytes() == blue.tobytes() else image
    exact = _saved(plain, "PNG", compress_level=9)
    if len(exact) <= _LOSSLESS_UP_TO:
        return exact
    return min(exact, _saved(plain, "JPEG", quality=90, subsampling=0), key=len)


def _saved(image: Image.Image, kind: str, **how: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()
