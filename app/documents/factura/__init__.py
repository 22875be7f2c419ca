"""The factura (01), whole: every block of its four versions in, version 1.1.0 or 2.1.0 out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.documents.design import Design
from app.documents.factura import blocks, rules
from app.documents.factura.grammar import ONLY_IN_2, VERSIONS
from app.documents.factura.model import Factura
from app.documents.factura.totals import ADDED, complete
from app.documents.making import made
from app.documents.structures import COMPENSATIONS_ENDED

if TYPE_CHECKING:
    from app.ride.layout import Printed
    from app.ride.reading import Source

_BLOCKS_OF_2 = frozenset(part.tag for part in ONLY_IN_2)


def _emitted(content: Mapping[str, Any]) -> str:
    """Rules of the ficha: 2.1.0 only for its own blocks (anexos 8 and 9), else 1.1.0."""
    return "1.1.0" if _BLOCKS_OF_2.isdisjoint(content) else "2.1.0"


def _ride(source: "Source") -> "Printed":
    from app.ride import factura  # the drawing library is loaded where RIDEs are made, nowhere else

    return factura.read(source)


DESIGN = Design(
    code="01",
    name="factura",
    root="factura",
    info="infoFactura",
    versions=VERSIONS,
    emitted=_emitted,
    model=Factura,
    total="importeTotal",
    added=frozenset(ADDED),
    required=(
        "estab",
        "ptoEmi",
        "tipoIdentificacionComprador",
        "razonSocialComprador",
        "identificacionComprador",
        "pagos",
        "detalles",
    ),
    asked_by_ficha=frozenset({"pagos"}),
    complete=complete,
    rules=rules.RULES + blocks.RULES,
    warnings=rules.WARNINGS + blocks.WARNINGS,
    sri_rules=(rules.rates,),
    ride=_ride,
    dead={"compensaciones": COMPENSATIONS_ENDED, "compensacionesReembolso": COMPENSATIONS_ENDED},
    beyond_sums=frozenset({"compensaciones"}),
)

FACTURA = made(DESIGN)
from_json, from_xml, build_xml, inspect = (
    FACTURA.from_json,
    FACTURA.from_xml,
    FACTURA.build_xml,
    FACTURA.inspect,
)
