"""What every comprobante type has in common: who issues it, its identity, and how a type is described."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.errors import Problem
from app.sri.gateway import Environment

if TYPE_CHECKING:
    from app.ride.layout import Printed
    from app.ride.reading import Source

MOST_BYTES = 320 * 1024  # of one comprobante, ficha 7.5; beyond it the SRI answers 26


@dataclass(frozen=True)
class Issuer:
    """The taxpayer's own facts, as they are printed into infoTributaria and infoFactura."""

    ruc: str  # 13 digits
    razon_social: str
    dir_matriz: str
    environment: Environment
    nombre_comercial: str | None = None
    dir_establecimiento: str | None = None
    obligado_contabilidad: bool | None = None
    contribuyente_especial: str | None = None  # resolution, 3-13 alphanumeric
    agente_retencion: str | None = None  # resolution, at most 8 digits, no leading zeros
    contribuyente_rimpe: str | None = None  # one of the two legends of ficha anexo 22
    gran_contribuyente: str | None = None  # resolution, ficha anexo 24
    provider_ruc: str | None = (
        None  # of who supplies this service, the same for all of an installation: anexo 26
    )


@dataclass(frozen=True)
class Identity:
    """What numbering gives a document; ``issue_date`` is the day in America/Guayaquil, as in the key."""

    access_key: str  # 49 digits
    issue_date: date
    establishment: str  # 3 digits
    emission_point: str  # 3 digits
    sequence_number: int


@dataclass(frozen=True)
class Modified:
    """The document that a nota is about (documento de sustento)."""

    doc_type: str
    number: str  # 001-002-000000003
    issue_date: date
    info: str  # where the note says so: infoNotaCredito
    taken_back: bool = True  # in whole or in part; False of a nota that adds to it


@dataclass(frozen=True)
class Draft:
    """Valid content of a comprobante that has no number yet.

    ``content`` is plain JSON (str, bool, list, dict; amounts as decimal strings), all that ``build_xml``
    needs besides issuer and identity. ``warnings`` are problems that do not refuse the document.
    """

    doc_type: str  # ficha tabla 3, "01" = factura
    establishment: str
    emission_point: str
    buyer_id: str
    buyer_name: str
    total: Decimal
    content: Mapping[str, Any]
    reference: str | None = None
    warnings: tuple[Problem, ...] = ()
    modified: Modified | None = None


@dataclass(frozen=True)
class Inspection:
    """What a strict reader says of a finished comprobante: its identity as found, and all that is wrong."""

    doc_type: str
    access_key: str
    ruc: str
    environment: str
    number: str  # 001-002-000000003
    issue_date: date | None
    structure: tuple[Problem, ...] = ()  # what an XSD would refuse (SRI code 35)
    business: tuple[Problem, ...] = ()  # what the SRI refuses beyond the XSD, each with its code


@dataclass(frozen=True)
class DocumentType:
    """One comprobante type: everything the rest of the service needs to know about it."""

    code: str  # ficha tabla 3
    name: str  # the SRI's word, our spelling: factura, nota_credito
    root: str  # root tag
    version: str  # emitted by default
    from_json: Callable[[Mapping[str, Any], date], Draft]
    """A draft from SRI field names, flat; amounts that are left out are computed.

    The date is the day the document will carry. Raises ``Invalid`` with every problem.
    """
    from_xml: Callable[[bytes, date], Draft]
    """A new draft with the content of an existing comprobante of any version.

    Its issuer, number, key, date, provider and signature are not taken over; establishment and emission point are.
    Raises ``Invalid`` with all that its XSD refuses and all that our rules refuse.
    """
    build_xml: Callable[[Mapping[str, Any], Issuer, Identity], bytes]
    """The unsigned XML, UTF-8, no white space between elements; same input, same bytes."""
    inspect: Callable[[bytes], Inspection]
    ride: "Callable[[Source], Printed]"
    """What the RIDE of an authorized comprobante prints; reading it loads the drawing library, not before."""
