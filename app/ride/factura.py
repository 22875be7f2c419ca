"""The RIDE of a factura (ficha anexo 2)."""

from collections.abc import Sequence
from typing import Final

from app.ride import amounts, closing
from app.ride.factura_reading import Factura, read_factura
from app.ride.layout import Body, Printed
from app.ride.ledger import ledger
from app.ride.page import INNER, PAD, STRONG
from app.ride.reading import Ledger, Line, Section, Source
from app.ride.table import WIDTH, Column, Row, row
from app.ride.typesetting import Grid, fact

_SUBSIDIES: Final = (
    Column(("Subsidio",), 36, "right"),
    Column(("Precio sin", "Subsidio"), 42, "right"),
)


def read(source: Source) -> Printed:
    """What is printed of a parsed ``<factura>``."""
    invoice = read_factura(source)
    subsidized = any(line.unsubsidized_price for line in invoice.lines)
    columns = _columns(invoice.lines, subsidized)
    rows = tuple(_row(columns, line, subsidized) for line in invoice.lines)
    return Printed(invoice.issuer, invoice.stub, Body(_buyer(invoice), columns, rows, _closing(invoice)))


def _columns(lines: Sequence[Line], subsidized: bool) -> tuple[Column, ...]:
    """The ficha's columns; those that stay empty in this invoice leave their room to the description."""
    codes = 46.0 if subsidized else 54.0
    auxiliary = codes if any(line.auxiliary_code for line in lines) else 42.0
    extra = (68.0 if subsidized else 88.0) if any(line.extra for line in lines) else 58.0
    fixed = (
        Column(("Cod.", "Principal"), codes),
        Column(("Cod.", "Auxiliar"), auxiliary),
        Column(("Cantidad",), 44, "right"),
        Column(("Detalle", "Adicional"), extra),
        Column(("Precio", "Unitario"), 48, "right"),
        *(_SUBSIDIES if subsidized else ()),
        Column(("Descuento",), 42, "right"),
        Column(("Precio", "Total"), 50, "right"),
    )
    description = Column(("Descripción",), WIDTH - sum(column.width for column in fixed))
    return (*fixed[:3], description, *fixed[3:])


def _row(columns: tuple[Column, ...], line: Line, subsidized: bool) -> Row:
    subsidy = amounts.subsidy(line.unit_price, line.unsubsidized_price)
    subsidies = ((subsidy,), (amounts.amount(line.unsubsidized_price),)) if subsidized else ()
    texts = (
        (line.code,),
        (line.auxiliary_code,),
        (amounts.amount(line.quantity),),
        (line.description,),
        line.extra,
        (amounts.amount(line.unit_price),),
        *subsidies,
        (amounts.amount(line.discount),),
        (amounts.amount(line.total),),
    )
    return row(columns, texts)


def _buyer(invoice: Factura) -> Grid:
    second, third = 300.0, 410.0
    end = INNER - 2 * PAD
    name = fact("Razón Social / Nombres y Apellidos", invoice.buyer_name, second - 12, STRONG)
    rows = [
        (
            (0.0, name),
            (second, fact("Identificación", invoice.buyer_id, third - second - 8)),
            (third, fact("Fecha Emisión", invoice.issue_date, end - third)),
        ),
        (
            (0.0, fact("Dirección", invoice.buyer_address, second - 12)),
            (second, fact("Placa / Matrícula", invoice.plate, third - second - 8)),
            (third, fact("Guía Remisión", invoice.waybill, end - third)),
        ),
    ]
    return Grid(tuple(rows))


def _closing(invoice: Factura) -> closing.Closing:
    left = [
        *closing.section(Section("INFORMACIÓN ADICIONAL", invoice.additional)),
        *closing.payments(invoice.payments),
    ]
    for block in invoice.blocks:
        left.extend(ledger(block) if isinstance(block, Ledger) else closing.section(block))
    sums = invoice.sums
    saved = amounts.savings(invoice.lines, sums.total)
    return closing.Closing(
        left=tuple(left), right=closing.totals(amounts.totals(sums), amounts.grand_total(sums), saved)
    )
