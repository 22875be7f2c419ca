"""The access key (clave de acceso): 49 digits that identify one comprobante and, offline, authorize it."""

from dataclasses import dataclass
from datetime import date, datetime

from app.errors import Invalid, Problem, Text
from app.sri.gateway import Environment

LENGTH = 49
NORMAL_EMISSION = "1"  # ficha tabla 2: the offline scheme knows no contingency

_FIX = Text(
    "Copie los 49 dígitos tal como constan en el comprobante", "Copy the 49 digits as printed on the document"
)


@dataclass(frozen=True)
class AccessKey:
    """The components of a valid key (ficha tabla 1)."""

    issue_date: date
    doc_type: str  # ficha tabla 3, "01" = factura
    ruc: str
    environment: Environment
    establishment: str
    emission_point: str
    sequence_number: int
    numeric_code: int  # 0 to 99,999,999, the issuer's own choice

    @property
    def number(self) -> str:
        """The printed number, 001-002-000000003."""
        return f"{self.establishment}-{self.emission_point}-{self.sequence_number:09d}"

    def __str__(self) -> str:
        """All 49 digits."""
        body = (
            f"{self.issue_date:%d%m%Y}{self.doc_type}{self.ruc}{self.environment:d}{self.establishment}"
            f"{self.emission_point}{self.sequence_number:09d}{self.numeric_code:08d}{NORMAL_EMISSION}"
        )
        if len(body) != LENGTH - 1 or not _digits(body):
            raise ValueError(f"the parts do not make 48 digits: {body}")
        return body + check_digit(body)


def build(
    issue_date: date,
    doc_type: str,
    ruc: str,
    environment: Environment,
    establishment: str,
    emission_point: str,
    sequence_number: int,
    numeric_code: int,
) -> str:
    """The 49 digits of a new key; ``issue_date`` must be the very day written as fechaEmision, else error 58.

    Raises ``ValueError`` when a part has the wrong width, which is a bug of the caller.
    """
    key = AccessKey(
        issue_date, doc_type, ruc, environment, establishment, emission_point, sequence_number, numeric_code
    )
    return str(key)


def check_digit(body: str) -> str:
    """Módulo 11 over 48 digits, weights 2 to 7 from the right; 11 becomes 0 and 10 becomes 1 (ficha 5.2)."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(body)))
    remainder = 11 - total % 11
    return {11: "0", 10: "1"}.get(remainder, str(remainder))


def is_valid(text: str) -> bool:
    """True for 49 digits with the right check digit; what the digits say is not looked at."""
    return len(text) == LENGTH and _digits(text) and check_digit(text[:-1]) == text[-1]


def parse(text: str) -> AccessKey:
    """Take a key apart.

    Raises ``Invalid`` (SRI code 80, as the SRI's own query does) when it is not 49 digits, its check digit is
    wrong, its date does not exist or its ambiente is neither 1 nor 2.
    """
    if not is_valid(text):
        raise _broken(
            "no son 49 dígitos con su dígito verificador", "it is not 49 digits with their check digit"
        )
    try:
        day = datetime.strptime(text[:8], "%d%m%Y").date()  # noqa: DTZ007
        environment = Environment(int(text[23]))
    except ValueError as error:
        raise _broken(
            "la fecha o el ambiente no existen", "its date or its ambiente does not exist"
        ) from error
    return AccessKey(
        day,
        text[8:10],
        text[10:23],
        environment,
        text[24:27],
        text[27:30],
        int(text[30:39]),
        int(text[39:47]),
    )


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _broken(es: str, en: str) -> Invalid:
    return Invalid(
        (Problem("claveAcceso", Text(f"clave mal formada: {es}", f"malformed key: {en}"), _FIX, "80"),)
    )
