"""The nota de crédito (04): what takes back a factura in whole or in part; versions 1.0.0 and 1.1.0 in, 1.1.0 out."""

from typing import TYPE_CHECKING

from app.documents.design import Design
from app.documents.making import made
from app.documents.nota_credito import rules
from app.documents.nota_credito.grammar import VERSIONS
from app.documents.nota_credito.model import INFO, NotaCredito, complete, modified
from app.documents.structures import COMPENSATIONS_ENDED
from app.errors import Text

if TYPE_CHECKING:
    from app.ride.layout import Printed
    from app.ride.reading import Source


def _ride(source: "Source") -> "Printed":
    from app.ride import nota_credito  # the drawing library is loaded where RIDEs are made, nowhere else

    return nota_credito.read(source)


DESIGN = Design(
    code="04",
    name="nota_credito",
    root="notaCredito",
    info=INFO,
    versions=VERSIONS,
    emitted=lambda _content: "1.1.0",
    model=NotaCredito,
    total="valorModificacion",
    added=frozenset({"totalConImpuestos"}),
    required=(
        "estab",
        "ptoEmi",
        "tipoIdentificacionComprador",
        "razonSocialComprador",
        "identificacionComprador",
        "codDocModificado",
        "numDocModificado",
        "fechaEmisionDocSustento",
        "motivo",
        "detalles",
    ),
    complete=complete,
    rules=rules.RULES,
    warnings=rules.WARNINGS,
    sri_rules=(rules.rates,),
    ride=_ride,
    dead={
        "compensaciones": COMPENSATIONS_ENDED,
        "rise": Text(
            "el régimen RISE terminó en 2021: hoy la leyenda es contribuyenteRimpe",
            "the RISE regime ended in 2021: today's legend is contribuyenteRimpe",
        ),
    },
    beyond_sums=frozenset({"compensaciones"}),
    modified=modified,
)

NOTA_CREDITO = made(DESIGN)
