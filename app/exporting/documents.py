"""The list of documents as a file: its columns, and its rows taxpayer by taxpayer in the order of their ids."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from peewee import SQL

from app.catalogues.documents import NAMES
from app.catalogues.situations import AMBIENTES, STATES
from app.exporting.cells import Column
from app.search import finding
from app.search.finding import Wanted
from app.search.keyset import Place
from app.search.words import Term
from app.store.documents import Document
from app.store.exports import Export
from app.store.tenants import Tenant

COLUMNS: Final = (
    Column("id", lambda row: row.id),
    Column("ruc_emisor", lambda row: row.issuer.ruc, code=True),
    Column("emisor", lambda row: row.issuer.razon_social),
    Column("ambiente", lambda row: AMBIENTES[row.environment]),
    Column("tipo", lambda row: NAMES.get(row.doc_type, row.doc_type)),
    Column("numero", lambda row: row.number),
    Column("clave_acceso", lambda row: row.access_key, code=True),
    Column("estado", lambda row: STATES[row.state]),
    Column("fecha_emision", lambda row: row.issue_date),
    Column("id_comprador", lambda row: row.buyer_id, code=True),
    Column("comprador", lambda row: row.buyer_name),
    Column("subtotal", lambda row: row.subtotal),
    Column("iva", lambda row: row.iva),
    Column("total", lambda row: row.total),
    Column("referencia", lambda row: row.reference),
    Column("recibido", lambda row: row.created_at),
    Column("autorizado", lambda row: row.authorized_at),
)
_IVA: Final = "2"
"""Its code among the taxes, ficha tabla 16."""
READ: Final = (
    *(Document.id, Document.tenant_id, Document.environment, Document.doc_type, Document.number),
    *(Document.access_key, Document.state, Document.issue_date, Document.buyer_id, Document.buyer_name),
    *(Document.total, Document.reference, Document.created_at, Document.authorized_at),
    SQL("(content ->> 'totalSinImpuestos')::numeric").alias("subtotal"),
    SQL(
        "(select sum((tax ->> 'valor')::numeric) from jsonb_array_elements(content -> 'totalConImpuestos') tax"
        " where tax ->> 'codigo' = %s)",
        (_IVA,),
    ).alias("iva"),
)
"""What the columns are made of, beside the issuer."""


def wanted_of(export: Export, tenant_id: int) -> Wanted:
    """What is asked of one taxpayer's documents. Inside that taxpayer's scope."""
    wanted = finding.resolve(tuple(Term(*each) for each in export.terms), [tenant_id])
    return replace(wanted, where=[*wanted.where, Document.id <= export.last_id])


def page(export: Export, wanted: Wanted, issuer: Tenant, behind: int | None, most: int) -> Sequence[Any]:
    """The next rows of one taxpayer past the id ``behind``, each with its issuer. Inside that taxpayer's scope."""
    place = _place(export, behind)
    ids = finding.find_all(wanted, place, most)
    if not ids:
        return ()
    theirs = (Document.tenant_id == issuer.id) & Document.id.in_(ids)
    rows: list[Any] = list(Document.select(*READ).where(theirs).order_by(place.order(Document.id)))
    for row in rows:
        row.issuer = issuer
    return rows


def _place(export: Export, behind: int | None) -> Place:
    if export.oldest_first:
        return Place(True, behind or 0)
    return Place(False, export.last_id + 1 if behind is None else behind)
