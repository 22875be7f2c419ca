"""A factura's content as the caller gives it: SRI field names, flat, everything computable optional."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.documents import vocabulary as facet
from app.documents.amounts import ZERO
from app.documents.blocks import (
    Block,
    Content,
    Currency,
    Day,
    HeaderTax,
    Id20,
    IdType,
    Money,
    Name,
    Pago,
    Percent,
    PercentageCode,
    Quantity,
    SignedMoney,
    Sku,
    TaxCode,
    TaxedLine,
    ThreeDigits,
)
from app.documents.factura import grammar

Incoterm = Annotated[str, facet.INCOTERM]


class Detalle(TaxedLine):
    """One line."""

    codigoPrincipal: Sku | None = None
    codigoAuxiliar: Sku | None = None
    unidadMedida: Annotated[str, facet.UNIT] | None = None
    precioSinSubsidio: Quantity | None = None


class TotalImpuesto(HeaderTax):
    """One tax of the whole document."""

    descuentoAdicional: SignedMoney | None = None
    tarifa: Percent | None = None

    @property
    def extra_discount(self) -> Decimal:
        """descuentoAdicional, which lowers the IVA but no line."""
        return self.descuentoAdicional or ZERO

    @property
    def stated_percent(self) -> Decimal | None:
        """tarifa."""
        return self.tarifa


class DetalleImpuesto(Block):
    """One tax of a reimbursed document."""

    codigo: TaxCode
    codigoPorcentaje: PercentageCode
    tarifa: Percent
    baseImponibleReembolso: Money
    impuestoReembolso: Money


class ReembolsoDetalle(Block):
    """One document the issuer paid for his customer (ficha anexo 5)."""

    tipoIdentificacionProveedorReembolso: IdType
    identificacionProveedorReembolso: Id20
    codPaisPagoProveedorReembolso: ThreeDigits | None = None
    tipoProveedorReembolso: Annotated[str, grammar.SUPPLIER_KIND]
    codDocReembolso: Annotated[str, grammar.DOC_CODE]
    estabDocReembolso: ThreeDigits
    ptoEmiDocReembolso: ThreeDigits
    secuencialDocReembolso: Annotated[str, facet.NINE_DIGITS]
    fechaEmisionDocReembolso: Day
    numeroautorizacionDocReemb: Annotated[str, grammar.AUTHORIZATION]
    detalleImpuestos: Annotated[tuple[DetalleImpuesto, ...], Field(min_length=1)]


class Retencion(Block):
    """One withholding of the fuel and press trades (ficha tablas 22 and 23), on top of the total."""

    codigo: Annotated[str, grammar.WITHHOLDING_TAX]
    codigoPorcentaje: Annotated[str, grammar.WITHHOLDING_CODE]
    tarifa: Annotated[Decimal, grammar.WITHHOLDING_RATE]
    valor: Money


class Destino(Block):
    """One place the goods go to."""

    motivoTraslado: Name
    docAduaneroUnico: Annotated[str, facet.CUSTOMS_DOCUMENT] | None = None
    codEstabDestino: ThreeDigits | None = None
    ruta: Name | None = None


class GuiaSustituida(Block):
    """infoSustitutivaGuiaRemision: the journey, when the factura stands in for a waybill (ficha anexo 9)."""

    dirPartida: Name
    dirDestinatario: Name
    fechaIniTransporte: Day
    fechaFinTransporte: Day
    razonSocialTransportista: Name
    tipoIdentificacionTransportista: IdType
    rucTransportista: Id20
    placa: Id20
    destinos: Annotated[tuple[Destino, ...], Field(min_length=1)]


class Rubro(Block):
    """One charge collected for a third party (ficha anexo 8)."""

    concepto: Name
    total: Money


class TipoNegociable(Block):
    """Where the notice of a factura comercial negociable goes (ficha anexo 11)."""

    correo: Annotated[str, facet.EMAIL]


class Factura(Content):
    """The whole content."""

    codDoc: Literal["01"] = "01"
    comercioExterior: Annotated[str, grammar.EXPORTER] | None = None
    incoTermFactura: Incoterm | None = None
    lugarIncoTerm: Name | None = None
    paisOrigen: ThreeDigits | None = None
    puertoEmbarque: Name | None = None
    puertoDestino: Name | None = None
    paisDestino: ThreeDigits | None = None
    paisAdquisicion: ThreeDigits | None = None
    guiaRemision: Annotated[str, facet.NUMBER] | None = None
    direccionComprador: Name | None = None
    totalSubsidio: Money | None = None
    incoTermTotalSinImpuestos: Incoterm | None = None
    totalDescuento: SignedMoney | None = None
    codDocReembolso: Annotated[str, grammar.DOC_CODE] | None = None
    totalComprobantesReembolso: Money | None = None
    totalBaseImponibleReembolso: Money | None = None
    totalImpuestoReembolso: Money | None = None
    totalConImpuestos: Annotated[tuple[TotalImpuesto, ...], Field(min_length=1)] | None = None
    propina: Money | None = None
    fleteInternacional: Money | None = None
    seguroInternacional: Money | None = None
    gastosAduaneros: Money | None = None
    gastosTransporteOtros: Money | None = None
    importeTotal: Money | None = None
    moneda: Currency | None = None
    placa: Id20 | None = None
    pagos: Annotated[tuple[Pago, ...], Field(min_length=1)] | None = None
    valorRetIva: Money | None = None
    valorRetRenta: Money | None = None
    detalles: Annotated[tuple[Detalle, ...], Field(min_length=1)] | None = None
    reembolsos: tuple[ReembolsoDetalle, ...] = ()
    retenciones: tuple[Retencion, ...] = ()
    infoSustitutivaGuiaRemision: GuiaSustituida | None = None
    otrosRubrosTerceros: tuple[Rubro, ...] = ()
    tipoNegociable: TipoNegociable | None = None

    @property
    def total(self) -> Decimal:
        """What the buyer pays, once it is worked out."""
        return self.importeTotal or ZERO
