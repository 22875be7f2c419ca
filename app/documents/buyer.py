"""Who the document is for: identification and name of the buyer, as ficha tabla 6 and section 9.10 ask."""

from collections.abc import Iterator

from app.catalogues.identification import FINAL_CONSUMER, FINAL_CONSUMER_NAME
from app.documents.blocks import Content
from app.documents.identification import doubt
from app.errors import Problem, Text

RECEIVER = "69"


def identified(content: Content, info: str) -> Iterator[Problem]:
    """The identification can be true, and a final consumer carries no other name."""
    kind, number = content.tipoIdentificacionComprador, content.identificacionComprador
    found = doubt(kind, number) if kind and number else None
    if found and found.certain:
        yield Problem(f"{info}.identificacionComprador", found.rule, found.fix, found.code)
    name = content.razonSocialComprador
    if kind == FINAL_CONSUMER and name and name != FINAL_CONSUMER_NAME:
        rule = Text("un consumidor final no lleva nombre", "a final consumer has no name")
        fix = Text(f"Escriba {FINAL_CONSUMER_NAME}", f"Write {FINAL_CONSUMER_NAME}")
        yield Problem(f"{info}.razonSocialComprador", rule, fix, "62")


def unusual(content: Content, info: str) -> Iterator[Problem]:
    """What looks odd about the identification although it may be true."""
    found = doubt(content.tipoIdentificacionComprador or "", content.identificacionComprador or "")
    if found and not found.certain:
        yield Problem(f"{info}.identificacionComprador", found.rule, found.fix, found.code)


def third_party(kind: str, number: str, kind_field: str, number_field: str) -> Iterator[Problem]:
    """Somebody else named in the document (a supplier, a carrier): identified, and never a final consumer."""
    if kind == FINAL_CONSUMER:
        rule = Text("no puede ser consumidor final", "cannot be a final consumer")
        fix = Text("Identifíquelo con RUC, cédula o pasaporte", "Identify it by RUC, cédula or passport")
        yield Problem(kind_field, rule, fix, RECEIVER)
        return
    found = doubt(kind, number)
    if found and found.certain:
        yield Problem(number_field, found.rule, found.fix, found.code)
