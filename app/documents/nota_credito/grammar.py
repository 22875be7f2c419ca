"""The structure of a nota de crédito in its two published versions, in the order of its elements."""

from app.documents.facets import Amount, Words
from app.documents.grammar import Group, Part, Several
from app.documents.structures import (
    ADDITIONAL,
    COMPENSATIONS,
    EXTRAS,
    LINE_TAX_IN_NOTES,
    MACHINE,
    TRIBUTARY,
    root_attributes,
)
from app.documents.vocabulary import (
    COARSE,
    CURRENCY,
    DATE,
    FINE,
    ID_20,
    ID_TYPE,
    MONEY,
    NUMBER,
    PERCENTAGE_CODE,
    RESOLUTION,
    SKU,
    TAX_CODE,
    TEXT_300,
    TWO_DIGITS,
    YES_NO,
    group,
    leaf,
    maybe,
)

_TOTAL_TAX = group(
    leaf("codigo", TAX_CODE),
    leaf("codigoPorcentaje", PERCENTAGE_CODE),
    leaf("baseImponible", MONEY),
    leaf("valor", MONEY),
    maybe("valorDevolucionIva", MONEY),
)

_INFO = group(
    leaf("fechaEmision", DATE),
    maybe("dirEstablecimiento", TEXT_300),
    leaf("tipoIdentificacionComprador", ID_TYPE),
    leaf("razonSocialComprador", TEXT_300),
    leaf("identificacionComprador", ID_20),
    maybe("contribuyenteEspecial", RESOLUTION),
    maybe("obligadoContabilidad", YES_NO),
    maybe("rise", Words(40, one_line=False)),
    leaf("codDocModificado", TWO_DIGITS),
    leaf("numDocModificado", NUMBER),
    leaf("fechaEmisionDocSustento", DATE),
    leaf("totalSinImpuestos", MONEY),
    COMPENSATIONS,
    leaf("valorModificacion", MONEY),
    maybe("moneda", CURRENCY),
    Part("totalConImpuestos", Several("totalImpuesto", _TOTAL_TAX)),
    leaf("motivo", TEXT_300),
)


def _line(number: Amount) -> Group:
    return group(
        maybe("codigoInterno", SKU),
        maybe("codigoAdicional", SKU),
        leaf("descripcion", TEXT_300),
        leaf("cantidad", number),
        leaf("precioUnitario", number),
        maybe("descuento", MONEY),
        leaf("precioTotalSinImpuesto", MONEY),
        EXTRAS,
        Part("impuestos", Several("impuesto", LINE_TAX_IN_NOTES, least=0)),
    )


def _nota_credito(number: Amount) -> Group:
    parts = (
        TRIBUTARY,
        Part("infoNotaCredito", _INFO),
        Part("detalles", Several("detalle", _line(number))),
        MACHINE,
        ADDITIONAL,
    )
    return Group(parts, root_attributes(required=True))


VERSIONS = {"1.0.0": _nota_credito(COARSE), "1.1.0": _nota_credito(FINE)}
