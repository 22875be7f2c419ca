"""Documents: the list with its search, filters, export and bulk retry; one document's page is beside it."""

from typing import Any, ClassVar

from flask import flash, redirect, request
from flask_admin import expose
from flask_admin.actions import action

from admin.console import attention, engine, search
from admin.console.door import current, mine, of_mine
from admin.console.export import Column
from admin.console.filters import OF_TENANT, Asked, Filter, one_of
from admin.console.keyset import Place
from admin.console.pages.document import DocumentPage
from admin.console.scoped import ScopedView, whose
from admin.console.texts import count_of, later, t, word
from app.errors import Refused
from app.lifecycle import State
from app.permissions import Permission
from app.store.documents import Document
from app.store.tenants import Tenant

_STATE, _STATES = one_of(Document.state, [str(state) for state in State], lambda value: word("state", value))


def _attention(value: str) -> list[Any]:
    if value != "person":
        raise ValueError(value)
    return []  # no condition of its own: other rows are read then


class Documents(DocumentPage, ScopedView):
    """Every comprobante of the taxpayers one may see."""

    icon = "document"
    can_view_details = can_export = True
    actions_need: ClassVar = {"retry": Permission.RETRY}
    list_template = "console/documents.html"
    narrowed_by = (
        OF_TENANT,
        Filter("state", _STATE, _STATES),
        Filter("attention", _attention, lambda: [("person", t("documents.needs_person"))]),
        Filter("q", search.matching),
    )
    in_order = ("state", Document.state)
    shown = (
        Document.id,
        Document.tenant_id,
        Document.doc_type,
        Document.environment,
        Document.number,
        Document.access_key,
        Document.state,
        Document.issue_date,
        Document.buyer_id,
        Document.buyer_name,
        Document.total,
        Document.reference,
        Document.created_at,
        Document.authorized_at,
        Document.needs_person_since,
        Document.needs_person_reason,
        Document.last_error_code,
    )
    exported = (
        Column("id", lambda row: row.id),
        Column("ruc_emisor", lambda row: row.issuer.ruc),
        Column("emisor", lambda row: row.issuer.razon_social),
        Column("ambiente", lambda row: word("environment", str(row.environment))),
        Column("tipo", lambda row: word("type", row.doc_type)),
        Column("numero", lambda row: row.number),
        Column("clave_acceso", lambda row: row.access_key),
        Column("estado", lambda row: word("state", row.state)),
        Column("fecha_emision", lambda row: row.issue_date),
        Column("id_comprador", lambda row: row.buyer_id),
        Column("comprador", lambda row: row.buyer_name),
        Column("total", lambda row: row.total),
        Column("referencia", lambda row: row.reference),
        Column("recibido", lambda row: row.created_at),
        Column("autorizado", lambda row: row.authorized_at),
    )

    def __init__(self) -> None:
        super().__init__(Document, name=later("menu.documents"), endpoint="documents", url="/documents")

    @expose("/")
    def index_view(self) -> Any:
        """The list; an access key or number that is one document's leads straight to it."""
        words = request.args.get("q", "").strip()
        if request.args.keys() == {"q"} and (exactly := search.identity(words)):
            with mine():
                found: list[Any] = list(self.get_query().where(*exactly).limit(2))
            if len(found) == 1:
                return redirect(self.get_url(".details_view", row_id=found[0].id))
        return super().index_view()

    def rows(self, asked: Asked, place: Place, most: int) -> list[Any]:
        """The first rows at ``place``; those that need a person are found state by state."""
        if "attention" not in asked.values:
            return super().rows(asked, place, most)
        where = asked.conditions(without="state")
        ids = attention.ids(whose(asked), where, place, most, only=asked.values.get("state"))
        return self.by_id(ids, place)

    def beside(self, rows: Any) -> dict[str, Any]:
        """The taxpayers of the rows."""
        return {"names": _issuers(rows)}

    def rows_to_export(self, asked: Asked) -> list[Any]:
        """The rows, each with its issuer."""
        rows = super().rows_to_export(asked)
        issuers = _issuers(rows)
        for row in rows:
            row.issuer = issuers[row.tenant_id]
        return rows

    @action("retry", later("documents.retry"))
    def action_retry(self, rows: list[Document]) -> None:
        """Try the next step of each now; those for which it makes no sense are counted, with the first reason."""
        refused = []
        for row in rows:
            try:
                engine.retry(row.tenant_id, row.id, by=current().email)
            except Refused as why:
                refused.append(f"{row.number or row.reference}: {why}")
        flash(count_of("documents.retried", len(rows) - len(refused)), "done")
        if refused:
            flash(t("documents.not_retried", n=len(refused), first=refused[0]), "refused")


def _issuers(rows: Any) -> dict[int, Tenant]:
    ids = {row.tenant_id for row in rows}
    return {row.id: row for row in Tenant.select().where(*of_mine(Tenant), Tenant.id.in_(ids))} if ids else {}
