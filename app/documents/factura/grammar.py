"""The structure of a factura in its four published versions, in the order of its elements."""

from app.documents.facets import Amount
from app.documents.grammar import Group, Part, Several
from app.documents.structures import (
    ADDITIONAL,
    COMPENSATION,
    COMPENSATIONS,
    EXTRAS,
    LINE_TAX,
    MACHINE,
    PAYMENTS,
    TRIBUTARY,
    root_attributes,
)
from app.documents.vocabulary import (
    COARSE,
    CURRENCY,
    CUSTOMS_DOCUMENT,
    DATE,
    EMAIL,
    FINE,
    ID_20,
    ID_TYPE,
    INCOTERM,
    MONEY,
    NINE_DIGITS,
    NUMBER,
    PERCENTAGE_CODE,
    RATE,
    RESOLUTION,
    SIGNED_MONEY,
    SKU,
    TAX_CODE,
    TEXT_300,
    THREE_DIGITS,
    UNIT,
    YES_NO,
    digits,
    group,
    leaf,
    maybe,
    one_of,
)

EXPORTER = one_of("EXPORTADOR")
DOC_CODE = digits(2, 3)
SUPPLIER_KIND = one_of("01", "02")
AUTHORIZATION = digits(10, 49)
WITHHOLDING_TAX = one_of("4")
WITHHOLDING_CODE = digits(1, 3)
WITHHOLDING_RATE = Amount(digits=5)

_TOTAL_TAX = group(
    leaf("codigo", TAX_CODE),
    leaf("codigoPorcentaje", PERCENTAGE_CODE),
    maybe("descuentoAdicional", SIGNED_MONEY),
    leaf("baseImponible", MONEY),
    maybe("tarifa", RATE),
    leaf("valor", MONEY),
    maybe("valorDevolucionIva", MONEY),
)

INFO_FACTURA = group(
    leaf("fechaEmision", DATE),
    maybe("dirEstablecimiento", TEXT_300),
    maybe("contribuyenteEspecial", RESOLUTION),
    maybe("obligadoContabilidad", YES_NO),
    maybe("comercioExterior", EXPORTER),
    maybe("incoTermFactura", INCOTERM),
    maybe("lugarIncoTerm", TEXT_300),
    maybe("paisOrigen", THREE_DIGITS),
    maybe("puertoEmbarque", TEXT_300),
    maybe("puertoDestino", TEXT_300),
    maybe("paisDestino", THREE_DIGITS),
    maybe("paisAdquisicion", THREE_DIGITS),
    leaf("tipoIdentificacionComprador", ID_TYPE),
    maybe("guiaRemision", NUMBER),
    leaf("razonSocialComprador", TEXT_300),
    leaf("identificacionComprador", ID_20),
    maybe("direccionComprador", TEXT_300),
    leaf("totalSinImpuestos", MONEY),
    maybe("totalSubsidio", MONEY),
    maybe("incoTermTotalSinImpuestos", INCOTERM),
    leaf("totalDescuento", SIGNED_MONEY),
    maybe("codDocReembolso", DOC_CODE),
    maybe("totalComprobantesReembolso", MONEY),
    maybe("totalBaseImponibleReembolso", MONEY),
    maybe("totalImpuestoReembolso", MONEY),
    Part("totalConImpuestos", Several("totalImpuesto", _TOTAL_TAX)),
    COMPENSATIONS,
    maybe("propina", MONEY),
    maybe("fleteInternacional", MONEY),
    maybe("seguroInternacional", MONEY),
    maybe("gastosAduaneros", MONEY),
    maybe("gastosTransporteOtros", MONEY),
    leaf("importeTotal", MONEY),
    maybe("moneda", CURRENCY),
    maybe("placa", ID_20),
    PAYMENTS,
    maybe("valorRetIva", MONEY),
    maybe("valorRetRenta", MONEY),
)


def _line(number: Amount) -> Group:
    return group(
        maybe("codigoPrincipal", SKU),
        maybe("codigoAuxiliar", SKU),
        leaf("descripcion", TEXT_300),
        maybe("unidadMedida", UNIT),
        leaf("cantidad", number),
        leaf("precioUnitario", number),
        maybe("precioSinSubsidio", number),
        leaf("descuento", MONEY),
        leaf("precioTotalSinImpuesto", MONEY),
        EXTRAS,
        Part("impuestos", Several("impuesto", LINE_TAX)),
    )


_REIMBURSED_TAX = group(
    leaf("codigo", TAX_CODE),
    leaf("codigoPorcentaje", PERCENTAGE_CODE),
    leaf("tarifa", RATE),
    leaf("baseImponibleReembolso", MONEY),
    leaf("impuestoReembolso", MONEY),
)

_REIMBURSEMENT = group(
    leaf("tipoIdentificacionProveedorReembolso", ID_TYPE),
    leaf("identificacionProveedorReembolso", ID_20),
    maybe("codPaisPagoProveedorReembolso", THREE_DIGITS),
    leaf("tipoProveedorReembolso", SUPPLIER_KIND),
    leaf("codDocReembolso", DOC_CODE),
    leaf("estabDocReembolso", THREE_DIGITS),
    leaf("ptoEmiDocReembolso", THREE_DIGITS),
    leaf("secuencialDocReembolso", NINE_DIGITS),
    leaf("fechaEmisionDocReembolso", DATE),
    leaf("numeroautorizacionDocReemb", AUTHORIZATION),
    Part("detalleImpuestos", Several("detalleImpuesto", _REIMBURSED_TAX)),
    maybe("compensacionesReembolso", Several("compensacionReembolso", COMPENSATION)),
)

_WITHHELD = group(
    leaf("codigo", WITHHOLDING_TAX),
    leaf("codigoPorcentaje", WITHHOLDING_CODE),
    leaf("tarifa", WITHHOLDING_RATE),
    leaf("valor", MONEY),
)

_DESTINATION = group(
    leaf("motivoTraslado", TEXT_300),
    maybe("docAduaneroUnico", CUSTOMS_DOCUMENT),
    maybe("codEstabDestino", THREE_DIGITS),
    maybe("ruta", TEXT_300),
)

_TRANSPORT = group(
    leaf("dirPartida", TEXT_300),
    leaf("dirDestinatario", TEXT_300),
    leaf("fechaIniTransporte", DATE),
    leaf("fechaFinTransporte", DATE),
    leaf("razonSocialTransportista", TEXT_300),
    leaf("tipoIdentificacionTransportista", ID_TYPE),
    leaf("rucTransportista", ID_20),
    leaf("placa", ID_20),
    Part("destinos", Several("destino", _DESTINATION)),
)

_CHARGE = group(leaf("concepto", TEXT_300), leaf("total", MONEY))
_WITHHOLDINGS = maybe("retenciones", Several("retencion", _WITHHELD))
ONLY_IN_2 = (
    maybe("infoSustitutivaGuiaRemision", _TRANSPORT),
    maybe("otrosRubrosTerceros", Several("rubro", _CHARGE)),
)


def _factura(number: Amount, *blocks: Part) -> Group:
    parts = (
        TRIBUTARY,
        Part("infoFactura", INFO_FACTURA),
        Part("detalles", Several("detalle", _line(number))),
        maybe("reembolsos", Several("reembolsoDetalle", _REIMBURSEMENT)),
        *blocks,
        maybe("tipoNegociable", group(leaf("correo", EMAIL))),
        MACHINE,
        ADDITIONAL,
    )
    return Group(parts, root_attributes(required=False))


VERSIONS = {
    "1.0.0": _factura(COARSE),
    "1.1.0": _factura(FINE, _WITHHOLDINGS),
    "2.0.0": _factura(COARSE, *ONLY_IN_2),
    "2.1.0": _factura(FINE, _WITHHOLDINGS, *ONLY_IN_2),
}
