"""A factura's content as the caller gives it: SRI field names, flat, everything computable optional."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.documents import factura_grammar as facet
from app.documents.facets import Words

Money = Annotated[Decimal, facet.MONEY]
Quantity = Annotated[Decimal, facet.FINE]
Percent = Annotated[Decimal, facet.RATE]
Name = Annotated[str, facet.TEXT_300]
Label = Annotated[str, facet.LABEL]
Sku = Annotated[str, facet.SKU]
TaxCode = Annotated[str, facet.TAX_CODE]
PercentageCode = Annotated[str, facet.PERCENTAGE_CODE]
ThreeDigits = Annotated[str, facet.THREE_DIGITS]


class Block(BaseModel):
    """A block of named values; a name the block does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Extra(Block):
    """A free pair: detAdicional of a line, campoAdicional of the document."""

    nombre: Label
    valor: Label


class Impuesto(Block):
    """One tax of a line; for IVA everything but the code can be computed."""

    codigo: TaxCode
    codigoPorcentaje: PercentageCode
    tarifa: Percent | None = None
    baseImponible: Money | None = None
    valor: Money | None = None


class Detalle(Block):
    """One line."""

    codigoPrincipal: Sku | None = None
    codigoAuxiliar: Sku | None = None
    descripcion: Name
    unidadMedida: Annotated[str, facet.UNIT] | None = None
    cantidad: Quantity
    precioUnitario: Quantity
    descuento: Money | None = None
    precioTotalSinImpuesto: Money | None = None
    detallesAdicionales: Annotated[tuple[Extra, ...], Field(max_length=3)] = ()
    impuestos: Annotated[tuple[Impuesto, ...], Field(min_length=1)]


class TotalImpuesto(Block):
    """One tax of the whole document."""

    codigo: TaxCode
    codigoPorcentaje: PercentageCode
    descuentoAdicional: Money | None = None
    baseImponible: Money
    tarifa: Percent | None = None
    valor: Money
    valorDevolucionIva: Money | None = None


class Pago(Block):
    """One payment."""

    formaPago: Annotated[str, facet.PAYMENT]
    total: Money
    plazo: Money | None = None
    unidadTiempo: Annotated[str, facet.TIME_UNIT] | None = None


class Factura(Block):
    """The whole content; ``REQUIRED`` says what must be there in the end.

    All of it is optional here so that one broken field never hides what is wrong elsewhere.
    """

    codDoc: Literal["01"] = "01"
    referencia: Annotated[str, Words(100)] | None = None
    estab: ThreeDigits | None = None
    ptoEmi: ThreeDigits | None = None
    tipoIdentificacionComprador: Annotated[str, facet.BUYER_ID_TYPE] | None = None
    guiaRemision: Annotated[str, facet.GUIDE_NUMBER] | None = None
    razonSocialComprador: Name | None = None
    identificacionComprador: Annotated[str, facet.ID_20] | None = None
    direccionComprador: Name | None = None
    totalSinImpuestos: Money | None = None
    totalDescuento: Money | None = None
    totalConImpuestos: Annotated[tuple[TotalImpuesto, ...], Field(min_length=1)] | None = None
    propina: Money | None = None
    importeTotal: Money | None = None
    moneda: Annotated[str, facet.CURRENCY] | None = None
    placa: Annotated[str, facet.ID_20] | None = None
    pagos: Annotated[tuple[Pago, ...], Field(min_length=1)] | None = None
    detalles: Annotated[tuple[Detalle, ...], Field(min_length=1)] | None = None
    infoAdicional: tuple[Extra, ...] = ()


REQUIRED = (
    "estab",
    "ptoEmi",
    "tipoIdentificacionComprador",
    "razonSocialComprador",
    "identificacionComprador",
    "pagos",
    "detalles",
)

SECTIONS = {
    "estab": "infoTributaria",
    "ptoEmi": "infoTributaria",
    "codDoc": "infoTributaria",
} | {part.tag: "infoFactura" for part in facet.INFO_FACTURA.parts}
"""Where the SRI keeps each name that our JSON writes flat."""

NOT_YET = {
    "exportación": (
        "comercioExterior incoTermFactura lugarIncoTerm paisOrigen puertoEmbarque puertoDestino paisDestino "
        "paisAdquisicion incoTermTotalSinImpuestos fleteInternacional seguroInternacional gastosAduaneros "
        "gastosTransporteOtros"
    ),
    "subsidio": "totalSubsidio precioSinSubsidio",
    "reembolso": (
        "reembolsos codDocReembolso totalComprobantesReembolso totalBaseImponibleReembolso "
        "totalImpuestoReembolso"
    ),
    "compensaciones": "compensaciones",
    "retenciones": "valorRetIva valorRetRenta retenciones",
    "sustitutiva de guía de remisión": "infoSustitutivaGuiaRemision",
    "otros rubros de terceros": "otrosRubrosTerceros",
    "factura negociable": "tipoNegociable",
    "máquina fiscal": "maquinaFiscal",
}
BLOCK_OF = {tag: block for block, tags in NOT_YET.items() for tag in tags.split()}
"""Which block, not supported yet, each tag belongs to."""

GIVEN_BY_US = frozenset(part.tag for part in facet.INFO_TRIBUTARIA.parts) | {
    "fechaEmision",
    "dirEstablecimiento",
    "contribuyenteEspecial",
    "obligadoContabilidad",
}
"""Facts of the issuer and of numbering; of these a draft sets none but type, estab and ptoEmi."""


def blocks_not_yet(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and block of every tag of ``content`` (nested or flat) that we would have to drop."""
    for tag, value in content.items():
        path = f"{SECTIONS[tag]}.{tag}" if tag in SECTIONS else tag
        if tag in BLOCK_OF:
            yield path, BLOCK_OF[tag]
        elif isinstance(value, Mapping):
            yield from blocks_not_yet(value)
    for place, line in enumerate(content.get("detalles") or (), 1):
        for tag in line if isinstance(line, Mapping) else ():
            if tag in BLOCK_OF:
                yield f"detalles[{place}].{tag}", BLOCK_OF[tag]
