"""The RIDE of a nota de crédito (ficha anexo 2): what it modifies and why stands in its head."""

from typing import Final

from app.catalogues.documents import DOCUMENT_TYPES
from app.ride import amounts, closing, taxed
from app.ride.layout import Body, Printed
from app.ride.ledger import ledger
from app.ride.page import INNER, PAD, STRONG
from app.ride.reading import Line, Section, Source, Sums, additional, issuer, stub
from app.ride.table import WIDTH, Column, Row, row
from app.ride.typesetting import Grid, fact

_INFO: Final = "infoNotaCredito"
_CODES: Final = taxed.Codes("codigoInterno", "codigoAdicional")


def read(source: Source) -> Printed:
    """What is printed of a parsed ``<notaCredito>``."""
    lines = taxed.lines(source, _CODES)
    columns = _columns(lines)
    rows = tuple(_row(columns, line) for line in lines)
    body = Body(_head(source), columns, rows, _closing(source))
    return Printed(issuer(source, _INFO), stub(source, "NOTA DE CRÉDITO"), body)


def _head(source: Source) -> Grid:
    """Whom it is for, then the comprobante it modifies, its date and the reason."""
    info = source.fields(element) if (element := source.root.find(_INFO)) is not None else {}
    get = info.get
    second, third, end = 300.0, 410.0, INNER - 2 * PAD
    name = fact("Razón Social / Nombres y Apellidos", get("razonSocialComprador", ""), second - 12, STRONG)
    kind = get("codDocModificado", "")
    modified = f"{DOCUMENT_TYPES.get(kind, kind)} {get('numDocModificado', '')}".strip()
    return Grid(
        (
            (
                (0.0, name),
                (second, fact("Identificación", get("identificacionComprador", ""), third - second - 8)),
                (third, fact("Fecha Emisión", get("fechaEmision", ""), end - third)),
            ),
            (
                (0.0, fact("Comprobante que se modifica", modified, second - 12, STRONG)),
                (
                    second,
                    fact(
                        "Fecha Emisión (Comprobante a modificar)",
                        get("fechaEmisionDocSustento", ""),
                        end - second,
                    ),
                ),
            ),
            ((0.0, fact("Razón de Modificación", get("motivo", ""), end)),),
        )
    )


def _columns(lines: tuple[Line, ...]) -> tuple[Column, ...]:
    """The ficha's columns; those that stay empty leave their room to the description."""
    fixed = (
        Column(("Código",), 54),
        Column(("Código", "Auxiliar"), 54 if any(line.auxiliary_code for line in lines) else 42),
        Column(("Cantidad",), 44, "right"),
        Column(("Detalle", "Adicional"), 88 if any(line.extra for line in lines) else 58),
        Column(("Precio", "Unitario"), 48, "right"),
        Column(("Descuento",), 42, "right"),
        Column(("Precio", "Total"), 50, "right"),
    )
    description = Column(("Descripción",), WIDTH - sum(column.width for column in fixed))
    return (*fixed[:3], description, *fixed[3:])


def _row(columns: tuple[Column, ...], line: Line) -> Row:
    texts = (
        (line.code,),
        (line.auxiliary_code,),
        (amounts.amount(line.quantity),),
        (line.description,),
        line.extra,
        (amounts.amount(line.unit_price),),
        (amounts.amount(line.discount),),
        (amounts.amount(line.total),),
    )
    return row(columns, texts)


def _closing(source: Source) -> closing.Closing:
    sums = Sums(
        taxes=taxed.taxes(source, _INFO),
        net=source.text(f"{_INFO}/totalSinImpuestos"),
        total=source.text(f"{_INFO}/valorModificacion"),
        currency=source.text(f"{_INFO}/moneda"),
    )
    left = (
        *closing.section(Section("INFORMACIÓN ADICIONAL", additional(source))),
        *ledger(taxed.compensations(source, _INFO)),
        *closing.section(taxed.machine(source)),
    )
    return closing.Closing(left, closing.totals(amounts.totals(sums), amounts.grand_total(sums)))
