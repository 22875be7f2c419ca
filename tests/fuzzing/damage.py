"""Good input gone bad: bytes cut, doubled and replaced, JSON and XML trees with parts that do not belong there."""

import copy
import json
from typing import Any

from hypothesis import strategies as st
from lxml import etree

WORDS = [
    *(
        b"<",
        b">",
        b"&",
        b"]]>",
        b"<![CDATA[",
        b'"',
        b"'",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\r\n",
        b"\x1b[2J",
    ),
    *(
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"<!ENTITY x SYSTEM 'file:///etc/passwd'>",
        b"&x;",
        b"&#0;",
        b"&#xD800;",
    ),
    *(
        b'xmlns="urn:x"',
        b"xsi:nil='true'",
        b"<?xml version='1.0' encoding='UTF-7'?>",
        b"<?xml encoding='ebcdic-cp-es'?>",
    ),
    *(
        b"NaN",
        b"Infinity",
        b"1e999999999",
        b"1e-9999999999999999999",
        b"9" * 5_000,
        b"-0",
        b"9" * 400,
        b"[" * 200,
        b"{" * 200,
        b'"\\ud800"',
        b"\\u0000",
    ),
    *(
        b"../../etc/passwd",
        b"%00",
        b"%n",
        b"{0.__class__}",
        b"=cmd|' /C calc'!A0",
        b"\xc3\x28",
        b"\xf0\x9f\xa7\xbe",
    ),
]
ODD_TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            " ",
            "\n",
            "\0",
            "\u2028",
            "\ud7ff",
            "😀" * 50,
            "ñ" * 2_000,
            "1E+999999999",
            "NaN",
            "-1",
            "9" * 60,
        ]
    ),
    st.sampled_from(
        ["01/01/0000", "31/02/2026", "99/99/9999", "0" * 49, "2" * 49, "'; drop table document; --", "=1+1"]
    ),
)
ODD_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ODD_TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(ODD_TEXTS, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def bytes_of(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """One of ``seeds`` after a few edits, or bytes out of thin air."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.binary(max_size=300))
    damaged = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, max(len(damaged) - 1, 0)))
        end = min(len(damaged), at + draw(st.integers(0, 60)))
        match draw(st.integers(0, 4)):
            case 0:
                damaged[at:end] = b""
            case 1:
                damaged[at:at] = damaged[at:end]
            case 2:
                damaged[at:end] = draw(st.sampled_from(WORDS))
            case 3:
                damaged[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
            case _:
                damaged[at:at] = draw(st.sampled_from(WORDS))
    return bytes(damaged)


@st.composite
def json_of(draw: st.DrawFn, seeds: list[Any]) -> bytes:
    """One of ``seeds`` with values replaced, taken away, doubled or added anywhere in it, as JSON."""
    tree = copy.deepcopy(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 3))):
        place = tree
        while True:
            inner = [value for value in (place.values() if isinstance(place, dict) else place) if value]
            deeper = [value for value in inner if isinstance(value, dict | list)]
            if not deeper or draw(st.booleans()):
                break
            place = draw(st.sampled_from(deeper))
        names = list(place) if isinstance(place, dict) else list(range(len(place)))
        name = draw(st.sampled_from(names)) if names else None
        if name is None or draw(st.integers(0, 3)) == 0:
            if isinstance(place, dict):
                place[draw(ODD_TEXTS)] = draw(ODD_VALUES)
            else:
                place.append(draw(ODD_VALUES))
        elif draw(st.integers(0, 3)) == 0:
            del place[name]
        else:
            place[name] = draw(ODD_VALUES)
    return json.dumps(tree).encode("utf-8", "surrogatepass")


@st.composite
def xml_of(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """One of ``seeds`` with texts replaced, and elements renamed, moved, doubled or taken away; still well-formed."""
    root = etree.fromstring(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        every = [element for element in root.iter() if isinstance(element.tag, str)]
        element = draw(st.sampled_from(every))
        match draw(st.integers(0, 5)):
            case 0:
                element.tag = draw(
                    st.sampled_from(["detalle", "pago", "Fault", "comprobante", "a", "estado"])
                )
            case 1 if element.getparent() is not None:
                element.getparent().remove(element)
            case 2 if element.getparent() is not None:
                element.addnext(copy.deepcopy(element))
            case 3:
                element.append(copy.deepcopy(draw(st.sampled_from(every))))
            case 4:
                element.set(
                    draw(st.sampled_from(["id", "Id", "version", "nombre", "x"])), _writable(draw(ODD_TEXTS))
                )
            case _:
                element.text = _writable(draw(ODD_TEXTS))
        if len(etree.tostring(root)) > 400_000:
            break
    return bytes(etree.tostring(root, encoding="UTF-8"))


def _writable(text: str) -> str:
    """What XML can hold of ``text``."""
    return "".join(
        c for c in text if c in "\t\n\r" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe" or c > "\uffff"
    )
