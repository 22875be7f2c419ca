"""The SRI's simple types: one object judges XML text as the XSD does, reads JSON for a draft and writes it again."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.documents.amounts import money
from app.errors import Text

XML_SPACE = " \t\r\n"
_LINE_BREAK = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")
_NOT_A_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_LONGEST_NUMBER = 40  # no amount of the SRI has more than 18 digits; a JSON exponent could ask for gigabytes


class Facet(Protocol):
    """A simple type: ``rule`` repeats the XSD's verdict on raw text, ``fix`` says what would be valid."""

    @property
    def fix(self) -> Text:
        """What the caller should write instead."""
        ...

    def rule(self, raw: str) -> Text | None:
        """What is broken about ``raw`` exactly as it stands in the XML, None when it is valid."""
        ...


class _Read(ABC):
    """Lets a facet stand in ``Annotated`` so that pydantic reads and refuses through it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    @abstractmethod
    def read(self, value: object) -> Any:
        """The value a draft keeps. Raises ``PydanticCustomError`` carrying ``rule`` and ``fix``."""


def _refuse(facet: Facet, rule: Text) -> PydanticCustomError:
    context = {"rule": rule, "fix": facet.fix, "free_text": isinstance(facet, Words)}
    return PydanticCustomError("facet", "{rule}", context)


def _text_of(facet: Facet, value: object) -> str:
    """JSON may give a code as a number; a bool, a list or an object is never a text."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _refuse(facet, Text("se esperaba un texto", "a text was expected"))


@dataclass(frozen=True)
class Words(_Read):
    """Free text of ``shortest`` to ``longest`` characters; ``one_line`` if the XSD bars the line feed."""

    longest: int
    shortest: int = 1
    one_line: bool = True

    @property
    def fix(self) -> Text:
        """The allowed length."""
        span = f"{self.shortest}-{self.longest}"
        return Text(
            f"Escriba {span} caracteres en una sola línea", f"Write {span} characters on a single line"
        )

    def rule(self, raw: str) -> Text | None:
        """Length in code points and, where the XSD says so, no line feed."""
        if not self.shortest <= len(raw) <= self.longest:
            found = len(raw)
            return Text(
                f"tiene {found} caracteres y se admiten de {self.shortest} a {self.longest}",
                f"has {found} characters; {self.shortest} to {self.longest} are allowed",
            )
        if self.one_line and "\n" in raw:
            return Text("contiene un salto de línea", "contains a line break")
        return None

    def read(self, value: object) -> str:
        """NFC text without spaces at its ends; line breaks and control characters are refused everywhere."""
        text = unicodedata.normalize("NFC", _text_of(self, value)).strip(" ")
        if not text.isprintable():  # neither of the two that follow is in a text that is
            if _LINE_BREAK.search(text):
                raise _refuse(self, Text("contiene un salto de línea", "contains a line break"))
            if _NOT_A_CHARACTER.search(text):
                raise _refuse(self, Text("contiene un carácter de control", "contains a control character"))
        if broken := self.rule(text):
            raise _refuse(self, broken)
        return text


@dataclass(frozen=True)
class Code(_Read):
    """Text with a fixed shape: ``pattern`` must match all of it, ``shape`` says it to people."""

    pattern: str
    shape: Text
    longest: int | None = None
    shortest: int = 0

    @cached_property
    def _fits(self) -> Callable[[str], object]:
        return re.compile(self.pattern).fullmatch

    @property
    def fix(self) -> Text:
        """The shape in words."""
        return Text(f"Use {self.shape.es}", f"Use {self.shape.en}")

    def rule(self, raw: str) -> Text | None:
        """Pattern and length together."""
        fits = self.shortest <= len(raw) <= (self.longest or len(raw))
        if fits and self._fits(raw):
            return None
        return Text(
            f"«{raw[:50]}» no tiene la forma exigida", f"'{raw[:50]}' does not have the required shape"
        )

    def read(self, value: object) -> str:
        """The code without white space around it."""
        text = _text_of(self, value).strip(" ")
        if broken := self.rule(text):
            raise _refuse(self, broken)
        return text


@dataclass(frozen=True)
class Amount(_Read):
    """A decimal of at most ``digits`` digits, ``places`` of them decimals; trailing zeros do not count.

    ``shown`` is how a draft writes it.
    """

    digits: int = 14
    places: int = 2
    below_zero: bool = False
    shown: Callable[[Decimal], str] = money

    @cached_property
    def _plainly_fits(self) -> Callable[[str], object]:
        """How nearly every amount is written; what is not may be right nonetheless."""
        return re.compile(rf"[0-9]{{1,{self.digits - self.places}}}(\.[0-9]{{1,{self.places}}})?").fullmatch

    @property
    def fix(self) -> Text:
        """The allowed digits."""
        return Text(
            f"Use punto decimal, hasta {self.digits} dígitos y {self.places} decimales",
            f"Use a decimal point, at most {self.digits} digits and {self.places} decimals",
        )

    def rule(self, raw: str) -> Text | None:
        """xsd:decimal with white space collapsed, totalDigits, fractionDigits and minInclusive 0."""
        text = raw.strip(XML_SPACE)
        if not _DECIMAL.fullmatch(text):
            return Text(f"«{text[:50]}» no es un número", f"'{text[:50]}' is not a number")
        whole, _, fraction = text.lstrip("+-").partition(".")
        whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
        if len(fraction) > self.places:
            return Text(f"tiene más de {self.places} decimales", f"has more than {self.places} decimals")
        if len(whole) + len(fraction) > self.digits:
            return Text(f"tiene más de {self.digits} dígitos", f"has more than {self.digits} digits")
        if not self.below_zero and text.startswith("-") and (whole or fraction):
            return Text("es negativo", "is negative")
        return None

    def read(self, value: object) -> Decimal:
        """The amount of a JSON number or string; a float counts with the digits Python prints for it."""
        if isinstance(value, str) and self._plainly_fits(value):
            return Decimal(value)
        text = value if isinstance(value, str) else self._plain(value)
        if broken := self.rule(text):
            raise _refuse(self, broken)
        return Decimal(text.strip(XML_SPACE))

    def _plain(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise _refuse(self, Text("se esperaba un número", "a number was expected"))
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not number.is_finite() or len(number.as_tuple().digits) + abs(number.adjusted()) > _LONGEST_NUMBER:
            raise _refuse(self, Text("no es una cantidad posible", "is not a possible amount"))
        return format(number, "f")
