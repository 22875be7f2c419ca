"""A RIDE of nothing that happened, to look at a branding before it is used; it says PRUEBAS all over."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from app.ride import Branding, Ride, render

_LINES = (
    ("SRV-001", "Servicio mensual de mantenimiento", "1", "120.00", "0.00", "120.00"),
    ("PRD-210", "Cartucho de filtro, 10 pulgadas", "4", "18.50", "3.70", "70.30"),
    ("PRD-044", "Manguera reforzada de media pulgada, por metro", "12.5", "2.80", "0.00", "35.00"),
)
_KEY = "0101202601{ruc}1001001000000001123456781"


def render_sample(ruc: str, name: str, trade_name: str | None, branding: Branding) -> Ride:
    """One page of three lines, issued by nobody on 1 January 2026."""
    lines = "".join(
        f"<detalle><codigoPrincipal>{code}</codigoPrincipal><descripcion>{words}</descripcion>"
        f"<cantidad>{quantity}</cantidad><precioUnitario>{price}</precioUnitario><descuento>{less}</descuento>"
        f"<precioTotalSinImpuesto>{total}</precioTotalSinImpuesto></detalle>"
        for code, words, quantity, price, less, total in _LINES
    )
    trade = f"<nombreComercial>{escape(trade_name)}</nombreComercial>" if trade_name else ""
    key = _KEY.format(ruc=ruc)
    xml = (
        f"<factura><infoTributaria><ambiente>1</ambiente><razonSocial>{escape(name)}</razonSocial>{trade}"
        f"<ruc>{ruc}</ruc><claveAcceso>{key}</claveAcceso><estab>001</estab><ptoEmi>001</ptoEmi>"
        "<secuencial>000000001</secuencial><dirMatriz>Av. Amazonas N34-56, Quito</dirMatriz></infoTributaria>"
        "<infoFactura><fechaEmision>01/01/2026</fechaEmision><obligadoContabilidad>SI</obligadoContabilidad>"
        "<razonSocialComprador>COMPRADOR DE MUESTRA</razonSocialComprador>"
        "<identificacionComprador>9999999999999</identificacionComprador>"
        "<totalSinImpuestos>225.30</totalSinImpuestos><totalDescuento>3.70</totalDescuento><totalConImpuestos>"
        "<totalImpuesto><codigo>2</codigo><codigoPorcentaje>4</codigoPorcentaje><tarifa>15</tarifa>"
        "<baseImponible>225.30</baseImponible><valor>33.80</valor></totalImpuesto></totalConImpuestos>"
        "<propina>0.00</propina><importeTotal>259.10</importeTotal><moneda>DOLAR</moneda>"
        "<pagos><pago><formaPago>20</formaPago><total>259.10</total></pago></pagos></infoFactura>"
        f"<detalles>{lines}</detalles></factura>"
    )
    return render(
        xml.encode(), number=key, authorized_at=datetime(2026, 1, 1, 15, tzinfo=UTC), branding=branding
    )
