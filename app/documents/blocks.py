"""Typed blocks that several comprobantes share, as a caller gives them: what can be computed is optional."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Annotated, Any, Self, get_args

from pydantic import BaseModel, ConfigDict, Field

from app.documents import vocabulary as facet
from app.documents.amounts import ZERO
from app.documents.facets import Amount

Money = Annotated[Decimal, facet.MONEY]
SignedMoney = Annotated[Decimal, facet.SIGNED_MONEY]
Quantity = Annotated[Decimal, facet.FINE]
Percent = Annotated[Decimal, facet.RATE]
Name = Annotated[str, facet.TEXT_300]
Label = Annotated[str, facet.LABEL]
Sku = Annotated[str, facet.SKU]
Id20 = Annotated[str, facet.ID_20]
IdType = Annotated[str, facet.ID_TYPE]
Day = Annotated[str, facet.DATE]
Currency = Annotated[str, facet.CURRENCY]
TaxCode = Annotated[str, facet.TAX_CODE]
PercentageCode = Annotated[str, facet.PERCENTAGE_CODE]
ThreeDigits = Annotated[str, facet.THREE_DIGITS]
Short = Annotated[str, facet.SHORT_30]

_set = object.__setattr__


class Block(BaseModel):
    """A block of named values; a name the block does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def changed(self, **values: Any) -> Self:
        """The same block with other values, which are right already: a third of what ``model_copy`` costs."""
        block = type(self).__new__(type(self))
        _set(block, "__dict__", {**self.__dict__, **values})
        _set(block, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        _set(block, "__pydantic_extra__", None)
        _set(block, "__pydantic_private__", None)
        return block

    def written(self) -> dict[str, Any]:
        """Its values as JSON, amounts as their facets show them; what is left out is left out."""
        shown = _shown(type(self))
        written: dict[str, Any] = {}
        for name, value in self.__dict__.items():
            if value is None or value == ():
                continue
            if name in shown:
                written[name] = shown[name](value)
            elif isinstance(value, str):
                written[name] = value
            elif isinstance(value, Block):
                written[name] = value.written()
            else:
                written[name] = [block.written() for block in value]
        return written


@cache
def _shown(block: type[Block]) -> Mapping[str, Callable[[Decimal], str]]:
    """How each field that holds an amount is shown."""
    found: dict[str, Callable[[Decimal], str]] = {}
    for name, field in block.model_fields.items():
        within = [kind.__metadata__ for kind in get_args(field.annotation) if hasattr(kind, "__metadata__")]
        for judge in chain(field.metadata, *within):
            if isinstance(judge, Amount):
                found[name] = judge.shown
    return found


class Extra(Block):
    """A free pair: detAdicional of a line, campoAdicional of the document."""

    nombre: Label
    valor: Label


class Impuesto(Block):
    """One tax of a line; for IVA everything but the code can be computed."""

    codigo: TaxCode
    codigoPorcentaje: PercentageCode
    tarifa: Percent | None = None
    baseImponible: Money | None = None
    valor: Money | None = None


class HeaderTax(Block):
    """One tax of the whole document."""

    codigo: TaxCode
    codigoPorcentaje: PercentageCode
    baseImponible: Money
    valor: Money
    valorDevolucionIva: Money | None = None

    @property
    def extra_discount(self) -> Decimal:
        """What is taken off the base at the foot of the document."""
        return ZERO

    @property
    def stated_percent(self) -> Decimal | None:
        """The rate, where the type writes it here too."""
        return None


class TaxedLine(Block):
    """What every line has for the arithmetic."""

    descripcion: Name
    cantidad: Quantity
    precioUnitario: Quantity
    descuento: Money | None = None
    precioTotalSinImpuesto: Money | None = None
    detallesAdicionales: Annotated[tuple[Extra, ...], Field(max_length=3)] = ()
    impuestos: Annotated[tuple[Impuesto, ...], Field(min_length=1)]


class Pago(Block):
    """One payment."""

    formaPago: Annotated[str, facet.PAYMENT]
    total: Money
    plazo: Annotated[Decimal, facet.TERM] | None = None
    unidadTiempo: Annotated[str, facet.TIME_UNIT] | None = None


class MaquinaFiscal(Block):
    """The fiscal machine that made the document (ficha anexo 13)."""

    marca: Short
    modelo: Short
    serie: Short


class Content(Block):
    """What every comprobante carries, whatever its type.

    All of a content is optional, so that one broken field never hides what is wrong elsewhere.
    """

    referencia: Annotated[str, facet.REFERENCE] | None = None
    estab: ThreeDigits | None = None
    ptoEmi: ThreeDigits | None = None
    tipoIdentificacionComprador: IdType | None = None
    razonSocialComprador: Name | None = None
    identificacionComprador: Id20 | None = None
    totalSinImpuestos: Money | None = None
    maquinaFiscal: MaquinaFiscal | None = None
    infoAdicional: tuple[Extra, ...] = ()
