"""What a delivery says to the buyer, in the taxpayer's choice of two languages."""

from typing import Final

from app.errors import Language, Text

OTHER_TYPE: Final = Text("Comprobante electrónico", "Electronic document")

SUBJECT: Final = Text("{type} {number} de {issuer}", "{type} {number} from {issuer}")
GREETING: Final = Text("Hola, {buyer}:", "Dear {buyer},")
LEAD: Final = Text(
    "{issuer} le entrega su comprobante electrónico, autorizado por el Servicio de Rentas Internas.",
    "{issuer} sends you your electronic document, authorized by the Ecuadorian tax authority (SRI).",
)
NEWS: Final[dict[str, tuple[Text, Text]]] = {
    "annulment_asked": (
        Text("Anulación solicitada: {type} {number}", "Annulment requested: {type} {number}"),
        Text(
            "{issuer} pidió al Servicio de Rentas Internas anular este comprobante. Si su aceptación es necesaria, la "
            "encontrará en el portal del SRI.",
            "{issuer} asked the Ecuadorian tax authority (SRI) to annul this document. Where you have to agree, the "
            "request is in the SRI's portal.",
        ),
    ),
    "annulled": (
        Text("ANULADO: {type} {number} de {issuer}", "ANNULLED: {type} {number} from {issuer}"),
        Text(
            "Este comprobante que {issuer} le entregó fue ANULADO en el Servicio de Rentas Internas: ya no tiene "
            "validez tributaria. No lo use en sus declaraciones.",
            "This document, which {issuer} sent you, has been ANNULLED at the Ecuadorian tax authority (SRI): it has "
            "no fiscal validity any more. Do not use it in your returns.",
        ),
    ),
    "annulment_refused": (
        Text("Sigue vigente: {type} {number} de {issuer}", "Still valid: {type} {number} from {issuer}"),
        Text(
            "La anulación de este comprobante no prosperó: sigue autorizado y conserva su validez tributaria.",
            "This document was not annulled after all: it is still authorized and valid.",
        ),
    ),
}
"""By what became of a document after its delivery: subject and first words of the notice."""
TESTING: Final = Text(
    "Este comprobante es de PRUEBAS: no tiene validez tributaria.",
    "This document is a TEST: it has no fiscal validity.",
)
FILES: Final = Text(
    "Se adjuntan el XML autorizado, que es el comprobante legal, y su representación impresa (RIDE, PDF). "
    "Guarde el XML siete años.",
    "Attached are the authorized XML, which is the legal document, and its printed form (RIDE, PDF). "
    "Please keep the XML for seven years.",
)
AUTOMATIC: Final = Text(
    "Es un mensaje automático. Si no esperaba este comprobante, consulte con {issuer}.",
    "This is an automatic message. If you did not expect this document, please ask {issuer}.",
)
FACTS_TITLE: Final = Text("Datos del comprobante", "About this document")
LABELS: Final[dict[str, Text]] = {
    "type": Text("Comprobante", "Document"),
    "number": Text("Número", "Number"),
    "date": Text("Fecha de emisión", "Issue date"),
    "issuer": Text("Emisor", "Issuer"),
    "ruc": Text("RUC del emisor", "Issuer's RUC"),
    "total": Text("Valor total (USD)", "Total (USD)"),
    "authorization": Text("Número de autorización", "Authorization number"),
}


def of(text: Text, language: Language, **values: str) -> str:
    """``text`` in ``language`` with ``values`` in its places."""
    return text.read_in(language).format_map(values)
