"""Blocks that several comprobantes share, element by element in the order of the official schemas."""

from app.documents.grammar import Attribute, Part, Several, Tagged
from app.documents.vocabulary import (
    LABEL,
    MONEY,
    NINE_DIGITS,
    PAYMENT,
    PERCENTAGE_CODE,
    RATE,
    RIMPE,
    RUC,
    SHORT_30,
    TAX_CODE,
    TERM,
    TEXT_300,
    THREE_DIGITS,
    TIME_UNIT,
    TWO_DIGITS,
    WITHHOLDING_RESOLUTION,
    digits,
    group,
    leaf,
    maybe,
    one_of,
)
from app.errors import Text

INFO_TRIBUTARIA = group(
    leaf("ambiente", one_of("1", "2")),
    leaf("tipoEmision", one_of("1", "2")),
    leaf("razonSocial", TEXT_300),
    maybe("nombreComercial", TEXT_300),
    leaf("ruc", RUC),
    leaf("claveAcceso", digits(49)),
    leaf("codDoc", TWO_DIGITS),
    leaf("estab", THREE_DIGITS),
    leaf("ptoEmi", THREE_DIGITS),
    leaf("secuencial", NINE_DIGITS),
    leaf("dirMatriz", TEXT_300),
    maybe("agenteRetencion", WITHHOLDING_RESOLUTION),
    maybe("contribuyenteRimpe", RIMPE),
)

COMPENSATION = group(leaf("codigo", one_of("1")), leaf("tarifa", RATE), leaf("valor", MONEY))
COMPENSATIONS = maybe("compensaciones", Several("compensacion", COMPENSATION))
COMPENSATIONS_ENDED = Text(
    "las compensaciones terminaron en 2017: ningún comprobante nuevo las lleva",
    "compensaciones ended in 2017: no new document carries them",
)

LINE_TAX = group(
    leaf("codigo", TAX_CODE),
    leaf("codigoPorcentaje", PERCENTAGE_CODE),
    leaf("tarifa", RATE),
    leaf("baseImponible", MONEY),
    leaf("valor", MONEY),
)

LINE_TAX_IN_NOTES = group(
    leaf("codigo", TAX_CODE),
    leaf("codigoPorcentaje", PERCENTAGE_CODE),
    maybe("tarifa", RATE),
    leaf("baseImponible", MONEY),
    leaf("valor", MONEY),
)

PAYMENTS = maybe(
    "pagos",
    Several(
        "pago",
        group(
            leaf("formaPago", PAYMENT),
            leaf("total", MONEY),
            maybe("plazo", TERM),
            maybe("unidadTiempo", TIME_UNIT),
        ),
    ),
)

EXTRAS = maybe(
    "detallesAdicionales",
    Several("detAdicional", Tagged((Attribute("nombre", LABEL), Attribute("valor", LABEL))), most=3),
)

MACHINE = maybe(
    "maquinaFiscal",
    group(leaf("marca", SHORT_30), leaf("modelo", SHORT_30), leaf("serie", SHORT_30)),
)

MOST_FIELDS = 15
ADDITIONAL = maybe(
    "infoAdicional",
    Several("campoAdicional", Tagged((Attribute("nombre", LABEL),), ("valor", LABEL)), most=MOST_FIELDS),
)


def root_attributes(*, required: bool) -> tuple[Attribute, ...]:
    """``id`` and ``version`` of the root; any version is a version to a schema."""
    return (Attribute("id", one_of("comprobante"), required), Attribute("version", None, required))


TRIBUTARY = Part("infoTributaria", INFO_TRIBUTARIA)
