"""The documents looked at: real ones that the official schemas pass, and made-up ones of 1 to 600 lines."""

import random
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from documents_cast import ISSUER, LEGENDED, ON, built
from lxml import etree
from official import samples, schema
from PIL import Image, ImageDraw, ImageFont

from app.documents.factura import DESIGN as FACTURA
from app.documents.intake import load
from app.documents.registry import TYPES, document_type
from app.logos import prepared
from app.ride import Branding, fonts
from ride_check.judge import Case

_TEXT = (
    "café tostado lojano válvula acero inoxidable de la y con cajón señalización nº 2 ½ pulgada eléctrico Ñandú "
    "jabón líquido antibacterial paquete docena mantenimiento preventivo ágil über Łódź «orgánico» 70 %"
)
WORDS = tuple(re.findall(r"\S+", _TEXT))
UNBROKEN = "Electroencefalografistaspneumonoultramicroscopicsilicovolcanoconiosis"
NAMES = (
    "MARÍA JOSÉ NÚÑEZ CALDERÓN",
    "HOTEL CATEDRAL DE CUENCA CÍA. LTDA.",
    "JØRGEN Ó SÚILLEABHÁIN",
    "茶 TÉ S.A.",
)
BUYERS = (("04", "1790016919001"), ("05", "1710034065"), ("06", "PA-0457712"), ("08", "X8812-77"))
IVA_CODES = ("0", "4", "5", "6", "7", "8", "10")


def official(folder: Path) -> Iterator[Case]:
    """Every sample that its own official schema passes, of every type."""
    for kind in TYPES:
        for name, root in samples(folder, kind.root):
            if schema(folder, root.tag, root.get("version")).validate(root):
                yield Case(name, etree.tostring(root, encoding="UTF-8"))


def made_up(count: int, seed: int = 1) -> Iterator[Case]:
    """``count`` different documents, the same for the same seed; the first have 1 and 600 lines."""
    for place in range(count):
        chance = random.Random(f"{seed}-{place}")
        lines = (1, 600)[place] if place < 2 else _how_many(chance)
        kind = "04" if place % 5 == 4 else "01"
        values = _nota(chance, lines) if kind == "04" else _factura(chance, lines)
        draft = document_type(kind).from_json(values, ON)
        xml = built(draft, issuer=LEGENDED if place % 3 == 1 else ISSUER)
        yield Case(f"made up {place} ({kind}, {lines} lines)", xml, LOOKS()[place % len(LOOKS())])


@cache
def LOOKS() -> tuple[Branding, ...]:
    """None, a wide logo with a colour, a tall one."""
    wide = Image.new("RGBA", (1500, 400), (0, 0, 0, 0))
    draw = ImageDraw.Draw(wide)
    for place in range(3):
        ridge = ((40 + 110 * place, 340), (170 + 110 * place, 90 + 40 * place), (300 + 110 * place, 340))
        draw.polygon(ridge, fill=((11, 107, 79), (23, 140, 104), (238, 176, 60))[place])
    face = Path(fonts.__file__).with_name(f"{fonts.BOLD}.ttf")
    draw.text((580, 130), "Sierra Norte", font=ImageFont.truetype(str(face), 128), fill=(24, 44, 40))
    tall = Image.new("RGB", (400, 520), "white")
    draw = ImageDraw.Draw(tall)
    draw.ellipse((20, 20, 380, 380), fill=(122, 31, 92))
    draw.text((120, 90), "Ñ", font=ImageFont.truetype(str(face), 220), fill="white")
    draw.text((78, 410), "Ñandú", font=ImageFont.truetype(str(face), 84), fill=(122, 31, 92))
    return (Branding(), Branding(_logo(wide), "#0b6b4f"), Branding(_logo(tall), "#7a1f5c"))


def _logo(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return prepared(file.getvalue())


def _how_many(chance: random.Random) -> int:
    least, most = chance.choices(((1, 6), (7, 40), (41, 150), (151, 600)), (30, 45, 18, 7))[0]
    return chance.randint(least, most)


def _words(chance: random.Random, longest: int) -> str:
    if chance.random() < 0.06:
        return (UNBROKEN * 8)[: min(longest, chance.choice((70, 300)))]
    text = " ".join(chance.choices(WORDS, k=chance.choice((2, 4, 4, 7, 7, 12, 40))))
    return text[:longest].strip()


def _line(chance: random.Random, lean: bool) -> dict[str, Any]:
    """One line; a ``lean`` one lets 600 of them stay below the SRI's 320 kB."""
    price = Decimal(chance.randint(1, 10**9)) / 10 ** chance.choice((5, 6, 6, 6))
    quantity = Decimal(chance.randint(1, 10**6)) / 10 ** chance.choice((2, 3, 4, 6))
    whole = (price * quantity).quantize(Decimal("0.01"), "ROUND_DOWN")
    line: dict[str, Any] = {
        "codigoPrincipal": chance.choice(("A-1", "SRV-0001", "7861234567890", "C" * 25)),
        "descripcion": _words(chance, 60 if lean else 300),
        "cantidad": f"{quantity:f}",
        "precioUnitario": f"{price:f}",
        "impuestos": [{"codigo": "2", "codigoPorcentaje": chance.choice(IVA_CODES)}],
    }
    if chance.random() < 0.4:
        line["codigoAuxiliar"] = chance.choice(("AUX-77", "X" * 25))
    if chance.random() < 0.3:
        line["descuento"] = f"{(whole * chance.randint(0, 100) / 100).quantize(Decimal('0.01')):f}"
    if not lean and chance.random() < 0.25:
        line["detallesAdicionales"] = [
            {"nombre": _words(chance, 40), "valor": _words(chance, 300)} for _ in range(chance.randint(1, 3))
        ]
    return line


def _common(chance: random.Random) -> dict[str, Any]:
    kind, number = chance.choice(BUYERS)
    fields = [
        {"nombre": f"{place} {_words(chance, 60)}", "valor": _words(chance, 300)}
        for place in range(chance.choice((0, 1, 2, 4, 14)))
    ]
    values: dict[str, Any] = {
        "estab": "001",
        "ptoEmi": "002",
        "tipoIdentificacionComprador": kind,
        "identificacionComprador": number,
        "razonSocialComprador": chance.choice((*NAMES, _words(chance, 300))),
    }
    return values | ({"infoAdicional": fields} if fields else {})


def _factura(chance: random.Random, lines: int) -> dict[str, Any]:
    values = _common(chance) | {
        "codDoc": "01",
        "direccionComprador": _words(chance, 300),
        "detalles": [_line(chance, lines > 150) for _ in range(lines)],
    }
    if chance.random() < 0.15:
        for line in values["detalles"]:
            line["precioSinSubsidio"] = f"{Decimal(line['precioUnitario']) + chance.randint(1, 9):f}"
    for name, value in (
        ("guiaRemision", "001-002-000000003"),
        ("placa", "PBA1234"),
        ("otrosRubrosTerceros", [{"concepto": _words(chance, 100), "total": "5.25"}]),
        ("maquinaFiscal", {"marca": "SISPAU", "modelo": "ABC1234", "serie": "CGMC1405"}),
        ("tipoNegociable", {"correo": "tesoreria@andina.example"}),
    ):
        if chance.random() < 0.3:
            values[name] = value
    due = FACTURA.complete(load(FACTURA.model, values, FACTURA.sections).content, []).total
    first = (due * chance.randint(0, 100) / 100).quantize(Decimal("0.01"))
    paid = [
        {"formaPago": "20", "total": f"{first:f}", "plazo": "30", "unidadTiempo": "dias"},
        {"formaPago": chance.choice(("01", "15", "19", "21")), "total": f"{due - first:f}"},
    ]
    return values | {"pagos": paid}


def _nota(chance: random.Random, lines: int) -> dict[str, Any]:
    renamed = {"codigoPrincipal": "codigoInterno", "codigoAuxiliar": "codigoAdicional"}
    every = [
        {renamed.get(tag, tag): value for tag, value in _line(chance, lines > 150).items()}
        for _ in range(lines)
    ]
    return _common(chance) | {
        "codDoc": "04",
        "codDocModificado": "01",
        "numDocModificado": "001-002-000000007",
        "fechaEmisionDocSustento": "27/02/2026",
        "motivo": _words(chance, 300),
        "detalles": every,
    }
