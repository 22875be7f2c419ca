"""Whether a buyer's identification can be true: what is certainly wrong, and what only looks odd."""

from dataclasses import dataclass
from functools import lru_cache

from stdnum.ec import ci, ruc

from app.catalogues import identification as catalogue
from app.errors import Text

_PROVINCES = frozenset(f"{number:02d}" for number in (*range(1, 25), 30, 50))
_NATURAL_PERSON = "012345"  # third digit of a RUC that is a cédula and 001


@dataclass(frozen=True)
class Doubt:
    """What is odd about an identification; ``certain`` refuses the document, else it is only a warning."""

    rule: Text
    fix: Text
    certain: bool
    code: str


@lru_cache(maxsize=1024)  # asked twice of each document, and the same customers come again
def doubt(kind: str, number: str) -> Doubt | None:
    """Judge ``number`` as the tipoIdentificacion ``kind``; passports and foreign papers have no known form.

    The check digit of a company is no proof: newer RUCs of companies fail módulo 11 and are valid.
    """
    match kind:
        case catalogue.RUC:
            return _doubt_ruc(number)
        case catalogue.CEDULA:
            return None if _is_cedula(number) else _CEDULA
        case catalogue.FINAL_CONSUMER:
            return None if number == catalogue.FINAL_CONSUMER_ID else _NOT_FINAL_CONSUMER
        case _:
            return _IS_FINAL_CONSUMER if number == catalogue.FINAL_CONSUMER_ID else None


def _is_cedula(number: str) -> bool:
    return len(number) == 10 and number.isascii() and number.isdigit() and bool(ci.is_valid(number))


def _doubt_ruc(number: str) -> Doubt | None:
    if len(number) != 13 or not (number.isascii() and number.isdigit()) or not number.endswith("001"):
        return _RUC_SHAPE
    if number[:2] not in _PROVINCES:
        return _RUC_PROVINCE
    if number[2] in _NATURAL_PERSON:
        return None if _is_cedula(number[:10]) else _RUC_OF_PERSON
    return None if ruc.is_valid(number) or _is_cedula(number[:10]) else _RUC_OF_COMPANY


_CEDULA = Doubt(
    Text(
        "la cédula no es válida: 10 dígitos con su dígito verificador",
        "not a cédula: 10 digits with check digit",
    ),
    Text(
        f"Corrija la cédula o el tipo {catalogue.CEDULA}", f"Mend the cédula or the type {catalogue.CEDULA}"
    ),
    certain=True,
    code="62",
)
_RUC_SHAPE = Doubt(
    Text("el RUC tiene 13 dígitos y termina en 001", "a RUC has 13 digits and ends in 001"),
    Text(f"Corrija el RUC o el tipo {catalogue.RUC}", f"Mend the RUC or the type {catalogue.RUC}"),
    certain=True,
    code="69",
)
_RUC_PROVINCE = Doubt(
    Text("el RUC no empieza con una provincia (01 a 24, 30 o 50)", "the RUC does not start with a province"),
    Text("Corrija el RUC", "Mend the RUC"),
    certain=True,
    code="69",
)
_RUC_OF_PERSON = Doubt(
    Text(
        "el RUC de persona natural no contiene una cédula válida",
        "a person's RUC does not hold a valid cédula",
    ),
    Text("Corrija el RUC", "Mend the RUC"),
    certain=True,
    code="69",
)
_RUC_OF_COMPANY = Doubt(
    Text("el dígito verificador del RUC es inusual", "the RUC's check digit is unusual"),
    Text("Confirme el RUC con su cliente", "Confirm the RUC with your customer"),
    certain=False,
    code="69",
)
_NOT_FINAL_CONSUMER = Doubt(
    Text(
        f"consumidor final lleva {catalogue.FINAL_CONSUMER_ID}",
        f"a final consumer carries {catalogue.FINAL_CONSUMER_ID}",
    ),
    Text(
        f"Escriba {catalogue.FINAL_CONSUMER_ID} o cambie el tipo",
        f"Write {catalogue.FINAL_CONSUMER_ID} or change the type",
    ),
    certain=True,
    code="62",
)
_IS_FINAL_CONSUMER = Doubt(
    Text(
        f"{catalogue.FINAL_CONSUMER_ID} es consumidor final",
        f"{catalogue.FINAL_CONSUMER_ID} is the final consumer",
    ),
    Text(f"Use el tipo {catalogue.FINAL_CONSUMER}", f"Use type {catalogue.FINAL_CONSUMER}"),
    certain=True,
    code="62",
)
