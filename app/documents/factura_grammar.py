"""The structure of a factura in its four published versions, in the order of its elements."""

from app.documents.facets import Amount, Code, Words
from app.documents.grammar import Attribute, Group, Leaf, Part, Several, Shape, Tagged
from app.errors import Text

MONEY = Amount()
TEXT_300 = Words(300)
ID_20 = Words(20)
SKU = Words(25)
UNIT = Words(50)
CURRENCY = Words(15)
TIME_UNIT = Words(10)
LABEL = Words(300, one_line=False)
RATE = Amount(digits=4)
FINE = Amount(digits=18, places=6)
COARSE = Amount()


def _digits(least: int, most: int | None = None) -> Code:
    most = most or least
    span = str(least) if least == most else f"{least}-{most}"
    return Code(f"[0-9]{{{least},{most}}}", Text(f"{span} dígitos", f"{span} digits"))


def _one_of(*words: str) -> Code:
    shown = Text(" o ".join(words), " or ".join(words))
    return Code("|".join(words), shown)


THREE_DIGITS = _digits(3)
TAX_CODE = Code("[235]", Text("2 (IVA), 3 (ICE) o 5 (IRBPNR)", "2 (IVA), 3 (ICE) or 5 (IRBPNR)"))
PERCENTAGE_CODE = _digits(1, 4)
BUYER_ID_TYPE = Code("0[4-8]", Text("04, 05, 06, 07 u 08", "04, 05, 06, 07 or 08"))
PAYMENT = Code("0[1-9]|1[0-9]|2[01]", Text("un código de la tabla 24", "a code of tabla 24"))
GUIDE_NUMBER = Code(
    "[0-9]{3}-[0-9]{3}-[0-9]{9}", Text("la forma 001-001-000000001", "the form 001-001-000000001")
)
DATE = Code(
    "(0[1-9]|[12][0-9]|3[01])/(0[1-9]|1[012])/20[0-9][0-9]",
    Text("la forma dd/mm/aaaa", "the form dd/mm/yyyy"),
)
INCOTERM = Code("[A-Z]*", Text("1-10 mayúsculas", "1-10 capital letters"), longest=10, shortest=1)


def _leaf(tag: str, facet: Words | Code | Amount) -> Part:
    return Part(tag, Leaf(facet))


def _maybe(tag: str, shape: Words | Code | Amount | Shape) -> Part:
    return Part(
        tag, shape if isinstance(shape, Group | Several | Tagged | Leaf) else Leaf(shape), required=False
    )


def _group(*parts: Part) -> Group:
    return Group(parts)


INFO_TRIBUTARIA = _group(
    _leaf("ambiente", _one_of("1", "2")),
    _leaf("tipoEmision", _one_of("1", "2")),
    _leaf("razonSocial", TEXT_300),
    _maybe("nombreComercial", TEXT_300),
    _leaf("ruc", Code("[0-9]{10}001", Text("13 dígitos terminados en 001", "13 digits ending in 001"))),
    _leaf("claveAcceso", _digits(49)),
    _leaf("codDoc", _digits(2)),
    _leaf("estab", THREE_DIGITS),
    _leaf("ptoEmi", THREE_DIGITS),
    _leaf("secuencial", _digits(9)),
    _leaf("dirMatriz", TEXT_300),
    _maybe("agenteRetencion", _digits(1, 8)),
    _maybe(
        "contribuyenteRimpe",
        _one_of("CONTRIBUYENTE RÉGIMEN RIMPE", "CONTRIBUYENTE NEGOCIO POPULAR - RÉGIMEN RIMPE"),
    ),
)

_COMPENSATION = _group(_leaf("codigo", _one_of("1")), _leaf("tarifa", RATE), _leaf("valor", MONEY))

_TOTAL_TAX = _group(
    _leaf("codigo", TAX_CODE),
    _leaf("codigoPorcentaje", PERCENTAGE_CODE),
    _maybe("descuentoAdicional", Amount(below_zero=True)),
    _leaf("baseImponible", MONEY),
    _maybe("tarifa", RATE),
    _leaf("valor", MONEY),
    _maybe("valorDevolucionIva", MONEY),
)

_PAYMENT = _group(
    _leaf("formaPago", PAYMENT),
    _leaf("total", MONEY),
    _maybe("plazo", MONEY),
    _maybe("unidadTiempo", TIME_UNIT),
)

INFO_FACTURA = _group(
    _leaf("fechaEmision", DATE),
    _maybe("dirEstablecimiento", TEXT_300),
    _maybe(
        "contribuyenteEspecial",
        Code("[A-Za-z0-9]*", Text("3-13 letras o dígitos", "3-13 letters or digits"), longest=13, shortest=3),
    ),
    _maybe("obligadoContabilidad", _one_of("SI", "NO")),
    _maybe("comercioExterior", _one_of("EXPORTADOR")),
    _maybe("incoTermFactura", INCOTERM),
    _maybe("lugarIncoTerm", TEXT_300),
    _maybe("paisOrigen", THREE_DIGITS),
    _maybe("puertoEmbarque", TEXT_300),
    _maybe("puertoDestino", TEXT_300),
    _maybe("paisDestino", THREE_DIGITS),
    _maybe("paisAdquisicion", THREE_DIGITS),
    _leaf("tipoIdentificacionComprador", BUYER_ID_TYPE),
    _maybe("guiaRemision", GUIDE_NUMBER),
    _leaf("razonSocialComprador", TEXT_300),
    _leaf("identificacionComprador", ID_20),
    _maybe("direccionComprador", TEXT_300),
    _leaf("totalSinImpuestos", MONEY),
    _maybe("totalSubsidio", MONEY),
    _maybe("incoTermTotalSinImpuestos", INCOTERM),
    _leaf("totalDescuento", Amount(below_zero=True)),
    _maybe("codDocReembolso", _digits(2, 3)),
    _maybe("totalComprobantesReembolso", MONEY),
    _maybe("totalBaseImponibleReembolso", MONEY),
    _maybe("totalImpuestoReembolso", MONEY),
    Part("totalConImpuestos", Several("totalImpuesto", _TOTAL_TAX)),
    _maybe("compensaciones", Several("compensacion", _COMPENSATION)),
    _maybe("propina", MONEY),
    _maybe("fleteInternacional", MONEY),
    _maybe("seguroInternacional", MONEY),
    _maybe("gastosAduaneros", MONEY),
    _maybe("gastosTransporteOtros", MONEY),
    _leaf("importeTotal", MONEY),
    _maybe("moneda", CURRENCY),
    _maybe("placa", ID_20),
    _maybe("pagos", Several("pago", _PAYMENT)),
    _maybe("valorRetIva", MONEY),
    _maybe("valorRetRenta", MONEY),
)

_TAX = _group(
    _leaf("codigo", TAX_CODE),
    _leaf("codigoPorcentaje", PERCENTAGE_CODE),
    _leaf("tarifa", RATE),
    _leaf("baseImponible", MONEY),
    _leaf("valor", MONEY),
)

_EXTRA = Tagged((Attribute("nombre", LABEL), Attribute("valor", LABEL)))


def _line(number: Amount) -> Group:
    return _group(
        _maybe("codigoPrincipal", SKU),
        _maybe("codigoAuxiliar", SKU),
        _leaf("descripcion", TEXT_300),
        _maybe("unidadMedida", UNIT),
        _leaf("cantidad", number),
        _leaf("precioUnitario", number),
        _maybe("precioSinSubsidio", number),
        _leaf("descuento", MONEY),
        _leaf("precioTotalSinImpuesto", MONEY),
        _maybe("detallesAdicionales", Several("detAdicional", _EXTRA, most=3)),
        Part("impuestos", Several("impuesto", _TAX)),
    )


_REIMBURSED_TAX = _group(
    _leaf("codigo", TAX_CODE),
    _leaf("codigoPorcentaje", PERCENTAGE_CODE),
    _leaf("tarifa", RATE),
    _leaf("baseImponibleReembolso", MONEY),
    _leaf("impuestoReembolso", MONEY),
)

_REIMBURSEMENT = _group(
    _leaf("tipoIdentificacionProveedorReembolso", BUYER_ID_TYPE),
    _leaf("identificacionProveedorReembolso", ID_20),
    _maybe("codPaisPagoProveedorReembolso", THREE_DIGITS),
    _leaf("tipoProveedorReembolso", _one_of("01", "02")),
    _leaf("codDocReembolso", _digits(2, 3)),
    _leaf("estabDocReembolso", THREE_DIGITS),
    _leaf("ptoEmiDocReembolso", THREE_DIGITS),
    _leaf("secuencialDocReembolso", _digits(9)),
    _leaf("fechaEmisionDocReembolso", DATE),
    _leaf("numeroautorizacionDocReemb", _digits(10, 49)),
    Part("detalleImpuestos", Several("detalleImpuesto", _REIMBURSED_TAX)),
    _maybe("compensacionesReembolso", Several("compensacionReembolso", _COMPENSATION)),
)

_WITHHELD = _group(
    _leaf("codigo", _one_of("4")),
    _leaf("codigoPorcentaje", _digits(1, 3)),
    _leaf("tarifa", Amount(digits=5)),
    _leaf("valor", MONEY),
)

_DESTINATION = _group(
    _leaf("motivoTraslado", TEXT_300),
    _maybe("docAduaneroUnico", Words(64)),
    _maybe("codEstabDestino", THREE_DIGITS),
    _maybe("ruta", TEXT_300),
)

_TRANSPORT = _group(
    _leaf("dirPartida", TEXT_300),
    _leaf("dirDestinatario", TEXT_300),
    _leaf("fechaIniTransporte", DATE),
    _leaf("fechaFinTransporte", DATE),
    _leaf("razonSocialTransportista", TEXT_300),
    _leaf("tipoIdentificacionTransportista", BUYER_ID_TYPE),
    _leaf("rucTransportista", ID_20),
    _leaf("placa", ID_20),
    Part("destinos", Several("destino", _DESTINATION)),
)

_RETENTIONS = _maybe("retenciones", Several("retencion", _WITHHELD))
_TRANSPORT_AND_THIRD_PARTIES = (
    _maybe("infoSustitutivaGuiaRemision", _TRANSPORT),
    _maybe(
        "otrosRubrosTerceros", Several("rubro", _group(_leaf("concepto", TEXT_300), _leaf("total", MONEY)))
    ),
)

_FIELD = Tagged((Attribute("nombre", LABEL),), ("valor", LABEL))
_MACHINE = _group(_leaf("marca", Words(30)), _leaf("modelo", Words(30)), _leaf("serie", Words(30)))
_ROOT_ATTRIBUTES = (
    Attribute("id", _one_of("comprobante"), required=False),
    Attribute("version", None, required=False),
)


def _factura(number: Amount, *blocks: Part) -> Group:
    parts = (
        Part("infoTributaria", INFO_TRIBUTARIA),
        Part("infoFactura", INFO_FACTURA),
        Part("detalles", Several("detalle", _line(number))),
        _maybe("reembolsos", Several("reembolsoDetalle", _REIMBURSEMENT)),
        *blocks,
        _maybe("tipoNegociable", _group(_leaf("correo", Words(100)))),
        _maybe("maquinaFiscal", _MACHINE),
        _maybe("infoAdicional", Several("campoAdicional", _FIELD, most=15)),
    )
    return Group(parts, _ROOT_ATTRIBUTES)


VERSIONS = {
    "1.0.0": _factura(COARSE),
    "1.1.0": _factura(FINE, _RETENTIONS),
    "2.0.0": _factura(COARSE, *_TRANSPORT_AND_THIRD_PARTIES),
    "2.1.0": _factura(FINE, _RETENTIONS, *_TRANSPORT_AND_THIRD_PARTIES),
}
