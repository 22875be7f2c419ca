"""Finds a document by what people know of it: id, access key, or printed number with the taxpayer's RUC."""

import re

from app import access_key
from app.catalogues.documents import NAMES
from app.errors import Refused, Text
from app.store.documents import Document, Emission
from app.store.tenants import Tenant
from app.tenancy import every_tenant_scope

_NUMBER = re.compile(r"\d{3}-\d{3}-\d{9}")


def find_document(known: str, ruc: str | None = None) -> Document:
    """The one document that ``known`` names; for the operator, who sees all taxpayers.

    ``known`` is an id, the 49 digits of its access key or of an earlier one, or 001-002-000000003 with ``ruc``.
    Raises ``Refused`` when there is none, a number comes without its RUC, or several documents bear it.
    """
    with every_tenant_scope():
        if len(known) == access_key.LENGTH and known.isdigit():
            found = Document.get_or_none(Document.access_key == known) or _by_earlier_key(known)
        elif known.isdigit():
            found = Document.get_or_none(Document.id == int(known))
        elif _NUMBER.fullmatch(known):
            found = _by_number(known, ruc)
        else:
            raise Refused(
                Text(
                    f"{known}: se espera un id, una clave de acceso o un número 001-002-000000003 con --ruc",
                    f"{known}: an id, an access key or a number 001-002-000000003 with --ruc is expected",
                )
            )
    if found is None:
        raise Refused(Text(f"no se encuentra el comprobante {known}", f"document {known} is not found"))
    return found


def no_such_document(document_id: int) -> Refused:
    """The refusal to act on what is not there, or is another's."""
    return Refused(Text(f"no existe el comprobante {document_id}", f"there is no document {document_id}"))


def _by_earlier_key(key: str) -> Document | None:
    """The document that once bore ``key`` and was corrected since."""
    bore = Emission.select(Emission.document_id).where(Emission.access_key == key)
    found: Document | None = Document.get_or_none(Document.id.in_(bore))
    return found


def _by_number(number: str, ruc: str | None) -> Document | None:
    if ruc is None:
        raise Refused(
            Text(
                f"{number} puede ser de varios contribuyentes: indique también --ruc",
                f"{number} may be of several taxpayers: give --ruc too",
            )
        )
    owners = Tenant.select(Tenant.id).where(Tenant.ruc == ruc)
    found = list(
        Document.select()
        .where(Document.tenant_id.in_(owners), Document.number == number)
        .order_by(Document.id)
    )
    if len(found) > 1:
        # Each type, and each ambiente, counts for itself.
        es, en = (", ".join(f"{one.id} ({NAMES[one.doc_type][at]})" for one in found) for at in (0, 1))
        raise Refused(
            Text(
                f"{number} es de varios comprobantes: indique el id: {es}",
                f"{number} is of several documents: give the id: {en}",
            )
        )
    return found[0] if found else None
