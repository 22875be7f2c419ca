"""What a RIDE prints, read from the authorized comprobante as it came back, missing optionals tolerated."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree

from app.errors import Invalid, Problem, Text
from app.ride import fonts


@dataclass(frozen=True)
class Issuer:
    """The box on the left: who issues; empty text where the XML says nothing."""

    ruc: str
    name: str
    trade_name: str
    head_office: str
    establishment: str
    special_taxpayer: str  # resolution number
    keeps_accounts: str  # SI, NO or empty
    withholding_agent: str  # resolution number
    legend: str  # of the taxpayer's regime, as written


@dataclass(frozen=True)
class Stub:
    """The box on the right: which document this is, and who authorized it."""

    title: str
    number: str  # 001-002-000000003
    access_key: str
    environment: str  # 1 pruebas, 2 producción


@dataclass(frozen=True)
class Entry:
    """One printed fact: its label and its text."""

    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """A titled list of facts that only some documents have."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Figure:
    """One row of a ledger: words on the left, amounts as written on the right."""

    words: str
    amounts: tuple[str, ...] = ()
    weight: Literal["plain", "strong", "remark"] = "plain"


@dataclass(frozen=True)
class Ledger:
    """A titled table of amounts that only some documents have."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Figure, ...]


@dataclass(frozen=True)
class Tax:
    """One totalImpuesto, amounts as written."""

    tax: str  # ficha tabla 16
    code: str  # codigoPorcentaje
    percent: str  # empty when neither the total nor any line tells it
    base: str
    amount: str
    refund: str  # valorDevolucionIva
    extra_discount: str = ""  # descuentoAdicional


@dataclass(frozen=True)
class Payment:
    """One way the invoice is paid."""

    method: str  # ficha tabla 24
    amount: str
    term: str
    unit: str


@dataclass(frozen=True)
class Line:
    """One detalle, amounts as written."""

    code: str
    auxiliary_code: str
    quantity: str
    description: str
    extra: tuple[str, ...]
    unit_price: str
    discount: str
    total: str
    unsubsidized_price: str = ""
    iva_percent: str = ""


@dataclass(frozen=True)
class Sums:
    """What a column of totals is made of, as written; ``added`` are the rarer parts of the total."""

    taxes: tuple[Tax, ...]
    net: str
    total: str
    currency: str
    discount: str | None = None  # None where the type has no such total
    tip: str = ""
    subsidy: str = ""
    added: tuple[Entry, ...] = ()


class Source:
    """A parsed comprobante; every text it gives is printable, and what could not be printed is remembered."""

    def __init__(self, xml: bytes) -> None:
        """Parse ``xml`` safely; raises ``Invalid`` when it is no XML or carries a DOCTYPE."""
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            self.root: Any = etree.fromstring(xml, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise unreadable(Text(f"no es XML: {error}", f"is not XML: {error}")) from error
        if self.root.getroottree().docinfo.internalDTD is not None:
            raise unreadable(Text("trae un DOCTYPE", "carries a DOCTYPE"))
        self._missing: dict[str, None] = {}

    @property
    def missing_glyphs(self) -> tuple[str, ...]:
        """Characters met so far that the fonts cannot write, in order of appearance."""
        return tuple(self._missing)

    def clean(self, text: str | None) -> str:
        """``text`` as it can be printed on one line."""
        if not text:
            return ""
        printed, missing = fonts.printable(text)
        self._missing.update(dict.fromkeys(missing))
        return printed

    def text(self, path: str, below: Any = None) -> str:
        """The text at ``path``, empty when there is none."""
        return self.clean((self.root if below is None else below).findtext(path))

    def fields(self, element: Any) -> dict[str, str]:
        """Text of every child by its tag."""
        return {child.tag: self.clean(child.text) for child in element}

    def all(self, path: str, below: Any = None) -> Iterator[Any]:
        """Every element at ``path``."""
        return iter((self.root if below is None else below).iterfind(path))

    def section(self, title: str, path: str, labels: dict[str, str]) -> Section:
        """The children of the element at ``path`` that ``labels`` names and that are not empty."""
        element = self.root.find(path)
        found = self.fields(element) if element is not None else {}
        entries = (Entry(label, found[tag]) for tag, label in labels.items() if found.get(tag))
        return Section(title, tuple(entries))


def issuer(source: Source, info: str) -> Issuer:
    """The issuer of any comprobante whose own block is called ``info`` (``infoFactura``, …)."""
    return Issuer(
        ruc=source.text("infoTributaria/ruc"),
        name=source.text("infoTributaria/razonSocial"),
        trade_name=source.text("infoTributaria/nombreComercial"),
        head_office=source.text("infoTributaria/dirMatriz"),
        establishment=source.text(f"{info}/dirEstablecimiento"),
        special_taxpayer=source.text(f"{info}/contribuyenteEspecial"),
        keeps_accounts=source.text(f"{info}/obligadoContabilidad"),
        withholding_agent=source.text("infoTributaria/agenteRetencion"),
        legend=source.text("infoTributaria/contribuyenteRimpe") or source.text(f"{info}/rise"),
    )


def stub(source: Source, title: str) -> Stub:
    """The identity of any comprobante."""
    parts = (source.text(f"infoTributaria/{tag}") for tag in ("estab", "ptoEmi", "secuencial"))
    return Stub(
        title=title,
        number="-".join(parts),
        access_key=source.text("infoTributaria/claveAcceso"),
        environment=source.text("infoTributaria/ambiente"),
    )


def additional(source: Source) -> tuple[Entry, ...]:
    """Información adicional of any comprobante."""
    return tuple(
        Entry(source.clean(each.get("nombre")), source.clean(each.text))
        for each in source.all("infoAdicional/campoAdicional")
    )


def unreadable(rule: Text) -> Invalid:
    """The refusal of bytes of which no RIDE can be made."""
    fix = Text("Entregue el comprobante que devolvió el SRI", "Hand in the comprobante the SRI returned")
    return Invalid((Problem("comprobante", rule, fix),))
