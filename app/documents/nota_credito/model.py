"""A nota de crédito's content as the caller gives it, and its sums."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.catalogues.taxes import IVA
from app.documents import vocabulary as facet
from app.documents.amounts import ZERO
from app.documents.base import Modified
from app.documents.blocks import Content, Currency, Day, HeaderTax, Money, Name, Sku, TaxedLine
from app.documents.dates import day
from app.documents.sums import agreed, total_of
from app.documents.taxing import Levy, TaxKey, complete_lines, header_taxes
from app.errors import Problem

INFO = "infoNotaCredito"


class Detalle(TaxedLine):
    """One line; its codes have other names than in a factura."""

    codigoInterno: Sku | None = None
    codigoAdicional: Sku | None = None


class TotalImpuesto(HeaderTax):
    """One tax of the whole document."""


class NotaCredito(Content):
    """The whole content."""

    codDoc: Literal["04"] = "04"
    codDocModificado: Annotated[str, facet.TWO_DIGITS] | None = None
    numDocModificado: Annotated[str, facet.NUMBER] | None = None
    fechaEmisionDocSustento: Day | None = None
    valorModificacion: Money | None = None
    moneda: Currency | None = None
    totalConImpuestos: Annotated[tuple[TotalImpuesto, ...], Field(min_length=1)] | None = None
    motivo: Name | None = None
    detalles: Annotated[tuple[Detalle, ...], Field(min_length=1)] | None = None

    @property
    def total(self) -> Decimal:
        """What the buyer is given back, once it is worked out."""
        return self.valorModificacion or ZERO


def modified(nota: NotaCredito) -> Modified | None:
    """The document it modifies."""
    issued = day(nota.fechaEmisionDocSustento)
    if nota.codDocModificado and nota.numDocModificado and issued:
        return Modified(nota.codDocModificado, nota.numDocModificado, issued, INFO)
    return None


def complete(nota: NotaCredito, problems: list[Problem]) -> NotaCredito:
    """``nota`` with every amount; each given one that disagrees is appended to ``problems``."""
    lines = complete_lines(nota.detalles or (), problems)
    taxes = header_taxes(_header_tax, nota.totalConImpuestos, lines, INFO, problems)
    whole = total_of(line.precioTotalSinImpuesto for line in lines)
    subtotal = agreed(nota.totalSinImpuestos, whole, f"{INFO}.totalSinImpuestos", problems)
    due = subtotal + total_of(tax.valor for tax in taxes) - total_of(tax.valorDevolucionIva for tax in taxes)
    amounts = {
        "detalles": lines,
        "totalConImpuestos": taxes,
        "totalSinImpuestos": subtotal,
        "valorModificacion": agreed(nota.valorModificacion, due, f"{INFO}.valorModificacion", problems),
        "moneda": nota.moneda or "DOLAR",
    }
    return nota.changed(**amounts)


_NO_TAX = TotalImpuesto(codigo=IVA, codigoPorcentaje="0", baseImponible=ZERO, valor=ZERO)


def _header_tax(key: TaxKey, levy: Levy) -> TotalImpuesto:
    return _NO_TAX.changed(
        codigo=key.codigo, codigoPorcentaje=key.codigoPorcentaje, baseImponible=levy.base, valor=levy.value
    )
