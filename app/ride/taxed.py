"""What every RIDE with lines and taxes prints of them, read from the XML."""

from typing import Any, NamedTuple

from app.catalogues import iva
from app.catalogues.taxes import IVA
from app.ride.reading import Figure, Ledger, Line, Payment, Section, Source, Tax

_MACHINE = {"marca": "Marca", "modelo": "Modelo", "serie": "Serie"}


class Codes(NamedTuple):
    """How a type calls the two codes of a line."""

    main: str
    auxiliary: str


def lines(source: Source, codes: Codes) -> tuple[Line, ...]:
    """Every detalle."""
    return tuple(_line(source, element, codes) for element in source.all("detalles/detalle"))


def taxes(source: Source, info: str) -> tuple[Tax, ...]:
    """Header taxes; a missing tarifa is taken from the lines, then from the catalogue (IVA only)."""
    told: dict[tuple[str, str], str] = {}
    for element in source.all("detalles/detalle/impuestos/impuesto"):
        each = source.fields(element)
        told.setdefault((each.get("codigo", ""), each.get("codigoPorcentaje", "")), each.get("tarifa", ""))
    stated = source.all(f"{info}/totalConImpuestos/totalImpuesto")
    return tuple(_tax(source.fields(element), told) for element in stated)


def percent(kind: str, code: str, tarifa: str) -> str:
    """The rate a tax is written with, or that of its code."""
    rate = iva.find(code) if kind == IVA else None
    return tarifa or (str(rate.percent) if rate else "")


def payments(source: Source, info: str) -> tuple[Payment, ...]:
    """Every pago."""
    return tuple(_payment(source, element) for element in source.all(f"{info}/pagos/pago"))


def machine(source: Source) -> Section:
    """The fiscal machine (ficha anexo 13)."""
    return source.section("MÁQUINA FISCAL", "maquinaFiscal", _MACHINE)


def compensations(source: Source, info: str) -> Ledger:
    """Those of 2016 and 2017, which no newer document has."""
    rows = (
        Figure(f"Compensación {source.text('tarifa', each)} %", (source.text("valor", each),))
        for each in source.all(f"{info}/compensaciones/compensacion")
    )
    return Ledger("COMPENSACIONES", ("VALOR",), tuple(rows))


def _line(source: Source, element: Any, codes: Codes) -> Line:
    get = source.fields(element).get
    extra = [
        f"{source.clean(each.get('nombre'))}: {source.clean(each.get('valor'))}"
        for each in source.all("detallesAdicionales/detAdicional", element)
    ]
    if unit := get("unidadMedida"):
        extra.append(f"Unidad: {unit}")
    levied = [source.fields(tax) for tax in source.all("impuestos/impuesto", element)]
    ivas = [tax for tax in levied if tax.get("codigo") == IVA]
    return Line(
        code=get(codes.main, ""),
        auxiliary_code=get(codes.auxiliary, ""),
        quantity=get("cantidad", ""),
        description=get("descripcion", ""),
        extra=tuple(extra),
        unit_price=get("precioUnitario", ""),
        discount=get("descuento", ""),
        total=get("precioTotalSinImpuesto", ""),
        unsubsidized_price=get("precioSinSubsidio", ""),
        iva_percent=percent(IVA, ivas[0].get("codigoPorcentaje", ""), ivas[0].get("tarifa", ""))
        if ivas
        else "",
    )


def _payment(source: Source, element: Any) -> Payment:
    get = source.fields(element).get
    return Payment(get("formaPago", ""), get("total", ""), get("plazo", ""), get("unidadTiempo", ""))


def _tax(total: dict[str, str], told: dict[tuple[str, str], str]) -> Tax:
    kind, code = total.get("codigo", ""), total.get("codigoPorcentaje", "")
    return Tax(
        tax=kind,
        code=code,
        percent=percent(kind, code, total.get("tarifa") or told.get((kind, code), "")),
        base=total.get("baseImponible", ""),
        amount=total.get("valor", ""),
        refund=total.get("valorDevolucionIva", ""),
        extra_discount=total.get("descuentoAdicional", ""),
    )
