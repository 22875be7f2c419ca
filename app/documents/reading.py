"""A file someone hands in, JSON or XML, becomes a draft or is refused whole."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from app.documents.base import MOST_BYTES, Draft
from app.documents.registry import ROOTS, by_root, document_type
from app.documents.xml_source import open_wrapper
from app.errors import Invalid, Problem, Spoken, Text

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_SHOWN = 30
"""Digits of a number that are repeated in its refusal."""


def read(raw: bytes, filename: str, on: date) -> Draft:
    """The draft in ``raw``; its first character tells JSON from XML, ``filename`` only names it in refusals.

    ``on`` is the day (America/Guayaquil) the document will carry. Raises ``Invalid`` with every problem.
    """
    if len(raw) > MOST_BYTES:
        rule = Text(
            f"pesa {len(raw)} bytes y se admiten {MOST_BYTES}",
            f"has {len(raw)} bytes; {MOST_BYTES} are allowed",
        )
        raise _refusal(filename, rule, Text("Divida el comprobante", "Split the document"), "26")
    text = raw.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if text.startswith(b"{"):
        values = _parse_json(text, filename)
        return document_type(_doc_type(values)).from_json(values, on)
    if text.startswith(b"<") or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        root, comprobante = open_wrapper(text if text.startswith(b"<") else raw, ROOTS)
        return by_root(root).from_xml(comprobante, on)
    raise _refusal(
        filename,
        Text("no es un objeto JSON ni un XML", "is neither a JSON object nor XML"),
        Text("Envíe un .json o un .xml en UTF-8", "Send a .json or .xml file in UTF-8"),
        "35",
    )


def _doc_type(values: Mapping[str, Any]) -> str:
    code = values.get("codDoc")
    if not isinstance(code, str):
        rule = Text("falta el tipo de comprobante", "the document type is missing")
        raise _refusal("codDoc", rule, Text('Escriba "codDoc": "01"', 'Write "codDoc": "01"'), "35")
    return code


def _parse_json(text: bytes, filename: str) -> dict[str, Any]:
    try:
        values: dict[str, Any] = _JSON.decode(text.decode())
    except (ValueError, RecursionError) as error:
        why = _why_not_json(error)
        rule = Text(f"no es JSON válido: {why.es}", f"is not valid JSON: {why.en}")
        raise _refusal(filename, rule, Text("Corrija el archivo", "Mend the file"), "35") from error
    return values


class _Odd(Spoken, ValueError):
    """JSON by its grammar, and still nothing to take at its word."""


def _why_not_json(error: Exception) -> Text:
    match error:
        case _Odd(text=said):
            return said
        case json.JSONDecodeError():
            place = error.lineno, error.colno
            return Text(
                "no se entiende a partir de la línea {}, columna {}".format(*place),
                "it is not understood from line {}, column {} on".format(*place),
            )
        case UnicodeDecodeError():
            return Text("no está escrito en UTF-8", "it is not written in UTF-8")
    return Text("está anidado sin fin", "it is nested without end")


def _no_constant(word: str) -> NoReturn:
    raise _Odd(Text(f"{word} no es un número", f"{word} is not a number"))


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation as error:  # an exponent no Decimal has
        raise _too_large(digits) from error


def _whole(digits: str) -> int:
    try:
        return int(digits)
    except ValueError as error:  # more digits than Python reads
        raise _too_large(digits) from error


def _too_large(digits: str) -> _Odd:
    shown = digits if len(digits) <= LONGEST_SHOWN else f"{digits[:LONGEST_SHOWN]}…"
    return _Odd(Text(f"{shown} es un número desmedido", f"{shown} is a number out of all proportion"))


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)[:80]
        raise _Odd(Text(f"«{twice}» está dos veces", f"'{twice}' is there twice"))
    return values


_JSON = json.JSONDecoder(
    parse_float=_decimal, parse_int=_whole, parse_constant=_no_constant, object_pairs_hook=_no_repeats
)


def _refusal(field: str, rule: Text, fix: Text, code: str) -> Invalid:
    return Invalid((Problem(field, rule, fix, code),))
