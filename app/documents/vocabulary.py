"""Simple types that the structures of several comprobantes share, and short words to build structures with."""

from app.documents.amounts import quantity, rate, shortest
from app.documents.facets import Amount, Code, Words
from app.documents.grammar import Group, Leaf, Part, Several, Shape, Tagged
from app.errors import Text


def digits(least: int, most: int | None = None) -> Code:
    """Digits only, ``least`` to ``most`` of them."""
    most = most or least
    span = str(least) if least == most else f"{least}-{most}"
    return Code(f"[0-9]{{{least},{most}}}", Text(f"{span} dígitos", f"{span} digits"))


def one_of(*words: str) -> Code:
    """One of these words, to the letter."""
    return Code("|".join(words), Text(" o ".join(words), " or ".join(words)))


def leaf(tag: str, facet: Words | Code | Amount) -> Part:
    """A value that must be there."""
    return Part(tag, Leaf(facet))


def maybe(tag: str, shape: Words | Code | Amount | Shape) -> Part:
    """A value or block that may be there."""
    whole = shape if isinstance(shape, Group | Several | Tagged | Leaf) else Leaf(shape)
    return Part(tag, whole, required=False)


def group(*parts: Part) -> Group:
    """Children in a fixed order."""
    return Group(parts)


MONEY = Amount()
SIGNED_MONEY = Amount(below_zero=True)
TERM = Amount(shown=shortest)
RATE = Amount(digits=4, shown=rate)
FINE = Amount(digits=18, places=6, shown=quantity)
COARSE = Amount(shown=quantity)

TEXT_300 = Words(300)
ID_20 = Words(20)
SKU = Words(25)
UNIT = Words(50)
CURRENCY = Words(15)
TIME_UNIT = Words(10)
SHORT_30 = Words(30)
EMAIL = Words(100)
CUSTOMS_DOCUMENT = Words(64)
LABEL = Words(300, one_line=False)
REFERENCE = Words(100)

RUC = Code("[0-9]{10}001", Text("13 dígitos terminados en 001", "13 digits ending in 001"))
TWO_DIGITS = digits(2)
THREE_DIGITS = digits(3)
NINE_DIGITS = digits(9)
TAX_CODE = Code("[235]", Text("2 (IVA), 3 (ICE) o 5 (IRBPNR)", "2 (IVA), 3 (ICE) or 5 (IRBPNR)"))
PERCENTAGE_CODE = digits(1, 4)
ID_TYPE = Code("0[4-8]", Text("04, 05, 06, 07 u 08", "04, 05, 06, 07 or 08"))
PAYMENT = Code("0[1-9]|1[0-9]|2[01]", Text("un código de la tabla 24", "a code of tabla 24"))
NUMBER = Code("[0-9]{3}-[0-9]{3}-[0-9]{9}", Text("la forma 001-001-000000001", "the form 001-001-000000001"))
DATE = Code(
    "(0[1-9]|[12][0-9]|3[01])/(0[1-9]|1[012])/20[0-9][0-9]",
    Text("la forma dd/mm/aaaa", "the form dd/mm/yyyy"),
)
INCOTERM = Code("[A-Z]*", Text("1-10 mayúsculas", "1-10 capital letters"), longest=10, shortest=1)
RESOLUTION = Code(
    "[A-Za-z0-9]*", Text("3-13 letras o dígitos", "3-13 letters or digits"), longest=13, shortest=3
)
WITHHOLDING_RESOLUTION = digits(1, 8)
RIMPE = one_of("CONTRIBUYENTE RÉGIMEN RIMPE", "CONTRIBUYENTE NEGOCIO POPULAR - RÉGIMEN RIMPE")
YES_NO = one_of("SI", "NO")
