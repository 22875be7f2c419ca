"""Documents as hard to canonicalise as XML allows, the same ones at every run."""

import random
from xml.sax.saxutils import escape

_PIECES = (
    "&amp;",
    "&lt;",
    "&gt;",
    "&quot;",
    "&apos;",
    "&#13;",
    "&#10;",
    "&#9;",
    "&#x1F9FE;",
    "&#241;",
    "\t",
    "\n",
    "]]&gt;",
    "'",
    "á ñ Ü €",
    "𝄞 🧾 👩‍👩‍👧",
    "漢字 عربى עברית",
    "e\u0301\u00a0\u2028\ufeff",
    "S.A.",
    "  ",
)
_COMMENTS = ("<!-- se pierde -->", "<?se pierde?>", "<![CDATA[a < b & c]]>")
_NAMESPACES = (' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', ' xmlns:aa="urn:a"', "")
_LONGEST = 60_000


def fuzzed(seed: int) -> bytes:
    """A document to sign: entities, astral characters, CR, LF and TAB, attributes, prefixes, now and then long text."""
    dice = random.Random(seed)
    line = dice.choice(("\n", "\r\n", ""))
    body = "".join(f"{line}{_element(dice, depth=0)}" for _ in range(dice.randrange(1, 6)))
    attributes = [' id="comprobante"', f' version="1.1.0"{_attribute(dice)}', dice.choice(_NAMESPACES)]
    dice.shuffle(attributes)
    declaration = dice.choice(('<?xml version="1.0" encoding="UTF-8"?>', ""))
    return f"{declaration}{line}<factura{''.join(attributes)}>{body}{line}</factura >{line}".encode()


def _element(dice: random.Random, depth: int) -> str:
    name = dice.choice(("detalle", "razonSocial", "x-1.y_z"))
    if dice.random() < 0.1:
        return f"<{name}{_attribute(dice)}/>"
    inner = "".join(_content(dice, depth) for _ in range(dice.randrange(4)))
    return f"<{name}{_attribute(dice)}>{inner}</{name}>"


def _content(dice: random.Random, depth: int) -> str:
    chance = dice.random()
    if chance < 0.1:
        return dice.choice(_COMMENTS)
    if chance < 0.4 and depth < 4:
        return _element(dice, depth + 1)
    return _text(dice) * (dice.randrange(1, _LONGEST // 100) if chance > 0.995 else 1)


def _attribute(dice: random.Random) -> str:
    quote = dice.choice("\"'")
    value = _text(dice).replace(quote, "&quot;" if quote == '"' else "&apos;")
    return f" {dice.choice(('nombre', 'valor'))}={quote}{value}{quote}" if dice.random() < 0.5 else ""


def _text(dice: random.Random) -> str:
    spoken = chr(dice.choice((dice.randrange(0x20, 0xD800), dice.randrange(0x10000, 0x110000))))
    pieces = dice.choices((*_PIECES, escape(spoken)), k=dice.randrange(1, 12))
    return "".join(pieces)
