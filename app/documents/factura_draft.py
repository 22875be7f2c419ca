"""A factura's draft: every check passed, every amount written out, ready to be numbered and built."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.documents import factura_rules
from app.documents.base import Draft
from app.documents.factura_model import BLOCK_OF, GIVEN_BY_US, SECTIONS, Detalle, Factura
from app.documents.factura_totals import Line, Totals, cents, work_out
from app.documents.grammar import MISSING, STRUCTURE
from app.documents.intake import UNKNOWN_NAME, load
from app.errors import Invalid, Problem, Text

CODE = "01"
_TEXTS = (
    "tipoIdentificacionComprador",
    "guiaRemision",
    "razonSocialComprador",
    "identificacionComprador",
    "direccionComprador",
    "placa",
)


def draft(values: Mapping[str, Any], on: date, known: list[Problem]) -> Draft:
    """The draft of ``values`` (flat, SRI names) dated ``on``; ``known`` is what a reader already found wrong.

    Raises ``Invalid`` with all of ``known`` and everything else that is wrong.
    """
    factura, refused = load(Factura, {k: v for k, v in values.items() if v is not None}, SECTIONS)
    reported = {problem.field for problem in known}
    problems = known + [_explained(problem) for problem in refused if problem.field not in reported]
    totals = work_out(factura, problems) if factura.detalles else None
    reported |= {problem.field for problem in problems}
    problems += [p for p in factura_rules.check(factura, totals, on) if not _echoes(p, reported)]
    if problems or totals is None:
        raise Invalid(tuple(problems))
    return Draft(
        doc_type=CODE,
        establishment=factura.estab or "",
        emission_point=factura.ptoEmi or "",
        buyer_id=factura.identificacionComprador or "",
        buyer_name=factura.razonSocialComprador or "",
        total=cents(totals.total),
        content=_content(factura, totals),
        reference=factura.referencia,
        warnings=tuple(factura_rules.warn(factura)),
    )


def _echoes(problem: Problem, reported: set[str]) -> bool:
    """A field that was refused is gone from the model; that it is then missing is no news."""
    inside = (f"{problem.field}[", f"{problem.field}.")
    return problem.rule == MISSING and any(
        field == problem.field or field.startswith(inside) for field in reported
    )


def _explained(problem: Problem) -> Problem:
    if problem.rule != UNKNOWN_NAME:
        return problem
    name = problem.field.rpartition(".")[2]
    if name in BLOCK_OF:
        return block_not_yet(problem.field, BLOCK_OF[name])
    if name in GIVEN_BY_US:
        rule = Text(
            "no se recibe: lo pone el servicio al firmar", "is not accepted: the service sets it when signing"
        )
        return Problem(problem.field, rule, Text("Quítelo", "Remove it"), STRUCTURE)
    return problem


def block_not_yet(field: str, block: str) -> Problem:
    """The refusal of a block that would otherwise have to be dropped."""
    rule = Text(f"el bloque «{block}» todavía no se admite", f"the block «{block}» is not supported yet")
    fix = Text("Emita este comprobante por otro medio", "Issue this document by other means")
    return Problem(field, rule, fix)


def _content(factura: Factura, totals: Totals) -> dict[str, Any]:
    content: dict[str, Any] = {"codDoc": CODE, "estab": factura.estab, "ptoEmi": factura.ptoEmi}
    content |= {name: getattr(factura, name) for name in _TEXTS}
    content |= {
        "totalSinImpuestos": _money(totals.subtotal),
        "totalDescuento": _money(totals.discount),
        "totalConImpuestos": [
            _present(
                codigo=tax.codigo,
                codigoPorcentaje=tax.codigoPorcentaje,
                descuentoAdicional=_money(tax.descuentoAdicional),
                baseImponible=_money(tax.baseImponible),
                tarifa=_percent(tax.tarifa),
                valor=_money(tax.valor),
                valorDevolucionIva=_money(tax.valorDevolucionIva),
            )
            for tax in totals.taxes
        ],
        "propina": _money(totals.tip),
        "importeTotal": _money(totals.total),
        "moneda": factura.moneda or "DOLAR",
        "pagos": [
            _present(
                formaPago=pago.formaPago,
                total=_money(pago.total),
                plazo=_shortest(pago.plazo),
                unidadTiempo=pago.unidadTiempo,
            )
            for pago in factura.pagos or ()
        ],
        "detalles": [_line(*pair) for pair in zip(factura.detalles or (), totals.lines, strict=True)],
        "infoAdicional": [field.model_dump() for field in factura.infoAdicional] or None,
    }
    return _present(**content)


def _line(detalle: Detalle, line: Line) -> dict[str, Any]:
    return _present(
        codigoPrincipal=detalle.codigoPrincipal,
        codigoAuxiliar=detalle.codigoAuxiliar,
        descripcion=detalle.descripcion,
        unidadMedida=detalle.unidadMedida,
        cantidad=_quantity(detalle.cantidad),
        precioUnitario=_quantity(detalle.precioUnitario),
        descuento=_money(line.discount),
        precioTotalSinImpuesto=_money(line.total),
        detallesAdicionales=[extra.model_dump() for extra in detalle.detallesAdicionales] or None,
        impuestos=[
            {
                "codigo": tax.key.codigo,
                "codigoPorcentaje": tax.key.codigoPorcentaje,
                "tarifa": _percent(tax.percent),
                "baseImponible": _money(tax.base),
                "valor": _money(tax.value),
            }
            for tax in line.taxes
        ],
    )


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(cents(amount))


def _shortest(amount: Decimal | None) -> str | None:
    if amount is None:
        return None
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantity(amount: Decimal) -> str:
    text = _shortest(amount) or "0"
    return text if len(text.partition(".")[2]) > 1 else str(cents(amount))


def _percent(rate: Decimal | None) -> str | None:
    # The ficha allows four digits in all: 300 % is written 300, although schema readers forgive 300.00.
    return _money(rate) if rate is None or rate < 100 else _shortest(rate)
