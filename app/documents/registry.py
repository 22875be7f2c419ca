"""Every comprobante type the service issues: a new one is a file of its own and a name in ``TYPES``."""

from app.documents.base import DocumentType
from app.documents.factura import FACTURA
from app.documents.nota_credito import NOTA_CREDITO
from app.errors import Invalid, Problem, Text

TYPES: tuple[DocumentType, ...] = (FACTURA, NOTA_CREDITO)

_BY_CODE = {kind.code: kind for kind in TYPES}
_BY_ROOT = {kind.root: kind for kind in TYPES}
ROOTS = frozenset(_BY_ROOT)


def document_type(code: str) -> DocumentType:
    """The type with this codDoc (ficha tabla 3). Raises ``Invalid`` when it is not issued here."""
    if kind := _BY_CODE.get(code):
        return kind
    raise _unknown("codDoc", code, _BY_CODE)


def by_root(tag: str) -> DocumentType:
    """The type whose XML has this root tag. Raises ``Invalid`` when it is not issued here."""
    if kind := _BY_ROOT.get(tag):
        return kind
    raise _unknown("XML", tag, _BY_ROOT)


def _unknown(field: str, found: str, known: dict[str, DocumentType]) -> Invalid:
    rule = Text(f"el tipo «{found}» no se emite aquí", f"the type '{found}' is not issued here")
    fix = Text(f"Se admite {', '.join(known)}", f"Allowed: {', '.join(known)}")
    return Invalid((Problem(field, rule, fix, "35"),))
