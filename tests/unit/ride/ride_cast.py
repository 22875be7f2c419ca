"""Facturas as the SRI returns them, built to order for the RIDE's tests."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

KEY = "2411202601179214673900110020030000012474718293511"
ITEMS = (
    ("CAF-0250", "Café tostado en grano Loja 250 g", "12.000000", "6.450000", "0.00", "77.40"),
    (
        "CAF-1000",
        "Café de altura molido, tueste medio, bolsa con válvula 1 kg",
        "4.000000",
        "21.800000",
        "4.36",
        "82.84",
    ),
    ("FIL-V60", "Filtros de papel n.º 2 (caja de 100 unidades)", "3.000000", "5.100000", "0.00", "15.30"),
    ("SRV-CAT", "Servicio de catación y perfil de taza", "1.500000", "40.000000", "0.00", "60.00"),
    ("CHO-070", "Chocolate orgánico 70 % cacao Manabí 50 g", "24.000000", "1.925000", "0.00", "46.20"),
)
PLAIN_TAXES = (("2", "4", "235.54", "35.33", "15.00"), ("2", "0", "46.20", "0.00", "0.00"))
ADDITIONAL = (
    ("Correo", "compras@hotelcatedral.ec"),
    ("Teléfono", "+593 7 283 4410"),
    ("Pedido", "OC-2026-0418, entregar en bodega posterior"),
    ("RUC Proveedor", "1793210987001"),
)
LEGENDS = (
    "<agenteRetencion>1</agenteRetencion><contribuyenteRimpe>CONTRIBUYENTE RÉGIMEN RIMPE</contribuyenteRimpe>"
)


def detalle(item: Sequence[str], extra: Sequence[tuple[str, str]] = (), more: str = "") -> str:
    """One line; ``more`` goes before descuento, where precioSinSubsidio stands."""
    code, description, quantity, price, discount, total = item
    added = "".join(f"<detAdicional nombre={quoteattr(n)} valor={quoteattr(v)}/>" for n, v in extra)
    return (
        f"<detalle><codigoPrincipal>{escape(code)}</codigoPrincipal><codigoAuxiliar>A{escape(code[:3])}</codigoAuxiliar>"
        f"<descripcion>{escape(description)}</descripcion><cantidad>{quantity}</cantidad>"
        f"<precioUnitario>{price}</precioUnitario>{more}<descuento>{discount}</descuento>"
        f"<precioTotalSinImpuesto>{total}</precioTotalSinImpuesto>"
        + (f"<detallesAdicionales>{added}</detallesAdicionales>" if added else "")
        + "<impuestos><impuesto><codigo>2</codigo><codigoPorcentaje>4</codigoPorcentaje><tarifa>15</tarifa>"
        f"<baseImponible>{total}</baseImponible><valor>0.00</valor></impuesto></impuestos></detalle>"
    )


def lines(count: int) -> str:
    """``count`` lines, each with its own number in the description."""
    return "".join(
        detalle(
            (item[0], f"{item[1]} #{index + 1}", *item[2:]), [("Lote", "L-2026-11")] if index % 3 == 0 else ()
        )
        for index, item in enumerate(ITEMS[i % len(ITEMS)] for i in range(count))
    )


def _totals(taxes: Sequence[Sequence[str]]) -> str:
    return "".join(
        f"<totalImpuesto><codigo>{tax}</codigo><codigoPorcentaje>{code}</codigoPorcentaje>"
        f"<baseImponible>{base}</baseImponible>"
        + (f"<tarifa>{rate}</tarifa>" if rate else "")
        + f"<valor>{sum_}</valor></totalImpuesto>"
        for tax, code, base, sum_, rate in taxes
    )


def _paid(payments: Sequence[tuple[str, str, str]]) -> str:
    return "".join(
        f"<pago><formaPago>{method}</formaPago><total>{sum_}</total>"
        + (f"<plazo>{term}</plazo><unidadTiempo>dias</unidadTiempo>" if term else "")
        + "</pago>"
        for method, sum_, term in payments
    )


def factura(
    detalles: str,
    *,
    taxes: Sequence[Sequence[str]] = PLAIN_TAXES,
    additional: Sequence[tuple[str, str]] = ADDITIONAL,
    environment: str = "1",
    buyer: tuple[str, str, str] = ("04", "HOTEL CATEDRAL DE CUENCA CÍA. LTDA.", "0190427389001"),
    tributary: str = LEGENDS,
    before_totals: str = "",
    after_total: str = "",
    after_lines: str = "",
    payments: Sequence[tuple[str, str, str]] = (("20", "217.07", "30"), ("01", "100.00", "")),
    tip: str = "0.00",
) -> bytes:
    """A ``<factura>`` around ``detalles``; the sums are those of the five standard lines."""
    kind, name, identification = buyer
    fields = "".join(
        f"<campoAdicional nombre={quoteattr(n)}>{escape(v)}</campoAdicional>" for n, v in additional
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?><factura id="comprobante" version="1.1.0"><infoTributaria>'
        f"<ambiente>{environment}</ambiente><tipoEmision>1</tipoEmision>"
        "<razonSocial>TOSTADURÍA SIERRA NORTE S.A.S.</razonSocial><nombreComercial>Café Ñan</nombreComercial>"
        f"<ruc>1792146739001</ruc><claveAcceso>{KEY}</claveAcceso><codDoc>01</codDoc><estab>002</estab>"
        "<ptoEmi>003</ptoEmi><secuencial>000001247</secuencial>"
        "<dirMatriz>Av. 6 de Diciembre N34-120 y Whymper, edificio Torre Azul, Quito</dirMatriz>"
        f"{tributary}</infoTributaria><infoFactura><fechaEmision>24/11/2026</fechaEmision>"
        "<dirEstablecimiento>Calle Larga 7-42 y Presidente Borrero, Cuenca</dirEstablecimiento>"
        "<contribuyenteEspecial>5368</contribuyenteEspecial><obligadoContabilidad>SI</obligadoContabilidad>"
        f"<tipoIdentificacionComprador>{kind}</tipoIdentificacionComprador>"
        "<guiaRemision>002-003-000000871</guiaRemision>"
        f"<razonSocialComprador>{escape(name)}</razonSocialComprador>"
        f"<identificacionComprador>{identification}</identificacionComprador>"
        "<direccionComprador>Padre Aguirre 8-17 y Gran Colombia, Cuenca</direccionComprador>"
        f"<totalSinImpuestos>281.74</totalSinImpuestos>{before_totals}<totalDescuento>4.36</totalDescuento>"
        f"<totalConImpuestos>{_totals(taxes)}</totalConImpuestos><propina>{tip}</propina>"
        f"<importeTotal>317.07</importeTotal><moneda>DOLAR</moneda>{after_total}<pagos>{_paid(payments)}</pagos></infoFactura>"
        f"<detalles>{detalles}</detalles>{after_lines}<infoAdicional>{fields}</infoAdicional></factura>"
    )
    return xml.encode()
