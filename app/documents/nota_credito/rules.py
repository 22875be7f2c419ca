"""What the law and the SRI ask of a nota de crédito beyond its structure and its sums."""

from collections.abc import Iterator
from datetime import date

from app.catalogues.identification import FINAL_CONSUMER
from app.documents import additional, buyer, tax_rules
from app.documents.dates import after_issue, day, no_such_day
from app.documents.nota_credito.model import INFO, NotaCredito
from app.errors import Problem, Text

SUPPORT_CODE = "64"
_MODIFIABLE = {"01": "factura", "03": "liquidación de compra", "05": "nota de débito"}


def rates(nota: NotaCredito, on: date) -> Iterator[Problem]:
    """Ficha anexo 1: the rate is that of the day the modified document was issued."""
    then = day(nota.fechaEmisionDocSustento) or on
    yield from tax_rules.rates(nota.detalles or (), nota.totalConImpuestos or (), INFO, then)


def to_somebody(nota: NotaCredito, _on: date) -> Iterator[Problem]:
    """Nothing is credited to a final consumer (ficha tabla 6); anybody else is identified."""
    if nota.tipoIdentificacionComprador == FINAL_CONSUMER:
        rule = Text(
            "una nota de crédito no se emite a consumidor final",
            "a nota de crédito is not issued to a final consumer",
        )
        fix = Text("Identifique al comprador", "Identify the buyer")
        yield Problem(f"{INFO}.tipoIdentificacionComprador", rule, fix, buyer.RECEIVER)
        return
    yield from buyer.identified(nota, INFO)


def modified(nota: NotaCredito, on: date) -> Iterator[Problem]:
    """A kind of document that can be credited, issued on some day that is not to come."""
    code = nota.codDocModificado
    if code and code not in _MODIFIABLE:
        rule = Text(
            f"un comprobante de tipo {code} no se modifica con nota de crédito",
            f"a document of type {code} is not modified by a nota de crédito",
        )
        shown = ", ".join(f"{known} ({name})" for known, name in _MODIFIABLE.items())
        fix = Text(f"Use {shown}", f"Use {shown}")
        yield Problem(f"{INFO}.codDocModificado", rule, fix, SUPPORT_CODE)
    field = f"{INFO}.fechaEmisionDocSustento"
    issued = day(nota.fechaEmisionDocSustento)
    if nota.fechaEmisionDocSustento and issued is None:
        yield no_such_day(field)
    elif issued and issued > on:
        yield after_issue(field, on)


def refunds(nota: NotaCredito, _on: date) -> Iterator[Problem]:
    """IVA that had been given back at the till."""
    yield from tax_rules.refunds(nota.totalConImpuestos or (), nota.tipoIdentificacionComprador, INFO)


def fields(nota: NotaCredito, _on: date) -> Iterator[Problem]:
    """infoAdicional."""
    yield from additional.rules(nota.infoAdicional)


def unusual_buyer(nota: NotaCredito, _on: date) -> Iterator[Problem]:
    """An identification that looks odd."""
    yield from buyer.unusual(nota, INFO)


def lines_without_code(nota: NotaCredito, _on: date) -> Iterator[Problem]:
    """The schema forgives a missing code, the ficha does not."""
    for place, detalle in enumerate(nota.detalles or (), 1):
        if detalle.codigoInterno is None:
            rule = Text("la ficha técnica pide un código", "the ficha técnica asks for a code")
            fix = Text("Agregue codigoInterno", "Add codigoInterno")
            yield Problem(f"detalles[{place}].codigoInterno", rule, fix)


RULES = (to_somebody, modified, rates, refunds, fields)
WARNINGS = (unusual_buyer, lines_without_code)
