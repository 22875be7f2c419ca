"""What the search box understands: bare words by their shape, and ``name:value`` qualifiers, all of them combinable."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.access_key import LENGTH
from app.errors import Text
from app.mail import addresses
from app.search import values
from app.search.values import Unclear

LONGEST = 300
PARTY = "party"
"""A bare RUC: one of the taxpayers, or a buyer."""
MOST_TERMS = 12
LONGEST_SEQUENCE = 9
_TOKEN = re.compile(r'(?:([A-Za-zÁÉÍÓÚáéíóúñ_]+):)?(?:"([^"]*)"?|(\S+))')


@dataclass(frozen=True)
class Term:
    """One thing asked for: the qualifier's own name, the value as it is looked up, and as somebody wrote it."""

    name: str
    value: str
    written: str

    @property
    def again(self) -> str:
        """The same, as it may be written in the box."""
        quoted = f'"{self.written}"' if re.search(r"\s", self.written) else self.written
        return quoted if self.name == PARTY else f"{self.name}:{quoted}"


@dataclass(frozen=True)
class Qualifier:
    """One name before a colon: its other names, how its value is read, and an example for people."""

    name: str
    aliases: tuple[str, ...]
    read: Callable[[str], str]
    means: Text
    example: str


QUALIFIERS = (
    Qualifier(
        "tenant",
        ("contribuyente", "emisor", "issuer"),
        values.text,
        Text("contribuyente: RUC, id o comienzo del nombre", "taxpayer: RUC, id or how its name begins"),
        "tenant:1790016919001",
    ),
    Qualifier(
        "state",
        ("estado",),
        values.state,
        Text("estado del comprobante", "state of the document"),
        "state:returned",
    ),
    Qualifier(
        "error",
        ("codigo", "code"),
        values.code,
        Text("código del SRI o del motor", "code of the SRI or of the engine"),
        "error:43",
    ),
    Qualifier(
        "after",
        ("desde", "since"),
        values.start_of_day,
        Text("recibido desde ese día", "received from that day on"),
        "after:2026-11-01",
    ),
    Qualifier(
        "before",
        ("antes",),
        values.start_of_day,
        Text("recibido antes de ese día", "received before that day"),
        "before:2026-11-30",
    ),
    Qualifier(
        "until",
        ("hasta",),
        values.end_of_day,
        Text("recibido hasta ese día, inclusive", "received up to that day, itself included"),
        "until:2026-11-30",
    ),
    Qualifier(
        "number",
        ("numero", "número"),
        values.number,
        Text("número del comprobante", "number of the document"),
        "number:001-002-000000003",
    ),
    Qualifier(
        "sequence",
        ("secuencial",),
        values.sequence,
        Text("secuencial, de cualquier establecimiento y punto", "sequence, of any establishment and point"),
        "sequence:66",
    ),
    Qualifier(
        "issued",
        ("fecha", "emitido", "emision", "emisión"),
        values.issued,
        Text(
            "emitido ese mes, ese día, o de un día a otro",
            "issued that month, that day, or from one day to another",
        ),
        "issued:2026-11",
    ),
    Qualifier(
        "key",
        ("clave",),
        values.key,
        Text("clave de acceso, también una anterior", "access key, an earlier one too"),
        "key:2511…",
    ),
    Qualifier(
        "buyer",
        ("comprador", "cliente"),
        values.text,
        Text("RUC, cédula o palabras del nombre del comprador", "buyer's RUC, ID or words of the name"),
        "buyer:nunez",
    ),
    Qualifier(
        "type",
        ("tipo",),
        values.doc_type,
        Text("tipo de comprobante", "type of document"),
        "type:nota_credito",
    ),
    Qualifier(
        "amount",
        ("total", "valor", "monto"),
        values.amount,
        Text("total del comprobante", "total of the document"),
        "amount:23.50",
    ),
    Qualifier(
        "attention",
        ("atencion", "atención"),
        values.attention,
        Text(
            "los que esperan a una persona; «camino», los que siguen solos",
            "those that wait for a person; 'moving', those that go on by themselves",
        ),
        "attention:person",
    ),
    Qualifier(
        "mail",
        ("correo",),
        values.mail,
        Text("correo devuelto, o enviado a esa dirección", "mail that came back, or went to that address"),
        "mail:bounced",
    ),
    Qualifier(
        "modifies",
        ("modifica",),
        values.number,
        Text("nota sobre ese número, de crédito o débito", "note about that number, credit or debit"),
        "modifies:001-002-000000003",
    ),
    Qualifier(
        "ref",
        ("referencia", "reference"),
        values.text,
        Text("referencia de quien lo envió", "reference of whoever sent it"),
        "ref:pedido-7",
    ),
    Qualifier(
        "batch",
        ("lote",),
        values.row_id,
        Text("lote con el que se recibió, por su número", "batch it came with, by its number"),
        "batch:7",
    ),
    Qualifier("id", (), values.row_id, Text("identificador interno", "internal id"), "id:25"),
    Qualifier(
        "message",
        ("mensaje",),
        values.message,
        Text("id de un mensaje del motor", "id of a message of the engine"),
        "message:5e0c…",
    ),
)
BY_NAME = {name: one for one in QUALIFIERS for name in (one.name, *one.aliases)}
EXACT = frozenset({"key", "number", "sequence", "id", "message"})
"""What names one document, so that finding just one leads straight to it."""


def parse(words: str) -> tuple[Term, ...]:
    """Everything ``words`` ask for, bare words last. Raises ``Unclear`` with a sentence for whoever wrote them."""
    if len(words) > LONGEST:
        raise Unclear(Text(f"más de {LONGEST} caracteres", f"more than {LONGEST} characters"))
    terms: list[Term] = []
    bare: list[str] = []
    for name, quoted, plain in _TOKEN.findall(words):
        value = quoted or plain
        if name:
            terms.append(_qualified(name, value))
        elif plain.endswith(":") and plain[:-1].lower() in BY_NAME:
            raise _valueless(BY_NAME[plain[:-1].lower()], plain)
        elif value:
            bare.append(value)
    if bare:
        terms.append(of_bare_words(" ".join(bare)))
    if len(terms) > MOST_TERMS:
        raise Unclear(Text(f"más de {MOST_TERMS} condiciones", f"more than {MOST_TERMS} conditions"))
    _refuse_contradiction(terms)
    return tuple(terms)


def of_bare_words(words: str) -> Term:
    """What words without a qualifier mean, told by their shape alone."""
    dense = words.replace(" ", "")
    if len(dense) == LENGTH and dense.isascii() and dense.isdigit():
        return Term("key", dense, dense)
    if ("-" in words or len(dense) == 15) and values.NUMBER.fullmatch(words):
        number = values.number(words)
        return Term("number", number, number)
    if values.MESSAGE.fullmatch(dense):
        return Term("message", values.message(dense), dense)
    if "@" in dense and (address := addresses.normal(words)):
        return Term("mail", address, words)
    if not words.isdigit() and values.AMOUNT.fullmatch(words):
        return Term("amount", values.amount(words), words)
    if values.SEQUENCE.fullmatch(words):
        return Term("sequence", values.sequence(words), words)
    if values.RUC.fullmatch(words):
        return Term(PARTY, words, words)
    return Term("buyer", words, words)


def maybe_id(written: str) -> int | None:
    """The internal id that a bare number may be meant as: one of fewer digits than a secuencial has, and no zeros."""
    short = values.SEQUENCE.fullmatch(written) and len(written) < LONGEST_SEQUENCE
    return int(written) if short and not written.startswith("0") else None


def _qualified(name: str, value: str) -> Term:
    one = BY_NAME.get(name.lower())
    if one is None:
        known = ", ".join(f"{known.name}:" for known in QUALIFIERS)
        raise Unclear(
            Text(
                f"«{name}:» no es un filtro; los que hay son {known}",
                f"'{name}:' is no qualifier; there are {known}",
            )
        )
    if not value.strip():
        raise _valueless(one, f"{name}:")
    try:
        return Term(one.name, one.read(value.strip()), value.strip())
    except Unclear as why:
        raise Unclear(
            Text(
                f"«{name}:{value}» no se entiende: {why.text.es}; por ejemplo {one.example}",
                f"'{name}:{value}' is not understood: {why.text.en}; for example {one.example}",
            )
        ) from why


def _valueless(one: Qualifier, written: str) -> Unclear:
    return Unclear(
        Text(
            f"«{written}» necesita un valor pegado a los dos puntos, por ejemplo {one.example}",
            f"'{written}' needs a value right after the colon, such as {one.example}",
        )
    )


def _refuse_contradiction(terms: Sequence[Term]) -> None:
    for name in {term.name for term in terms}:
        said = [term for term in terms if term.name == name]
        if len({term.value for term in said}) > 1:
            raise Unclear(
                Text(
                    f"«{name}:» aparece dos veces con valores distintos",
                    f"'{name}:' is there twice, differently",
                )
            )


def without(terms: Sequence[Term], name: str) -> str:
    """The words that ask for all of ``terms`` but those of ``name``."""
    return " ".join(term.again for term in terms if term.name != name)
