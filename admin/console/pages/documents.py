"""Documents: the list with its search, filters, export and bulk retry; one document's page is beside it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, g, jsonify, redirect, request
from flask_admin import expose
from flask_admin.actions import action

from admin.console import engine, kept_views
from admin.console.door import current, mine, of_mine, reach
from admin.console.filters import OF_TENANT, Asked, Filter, one_of
from admin.console.pages.all_matching import AllMatching, new_click
from admin.console.pages.document import DocumentPage
from admin.console.pages.exporting_all import ExportingAll
from admin.console.scoped import ScopedView, whose
from admin.console.texts import count_of, later, spoken, t, why, word
from app.bulk import proposing
from app.errors import Refused
from app.exporting.documents import COLUMNS
from app.lifecycle import State
from app.permissions import Permission
from app.search import finding, suggesting, words
from app.search.keyset import Place
from app.search.values import Unclear
from app.search.words import QUALIFIERS, Term
from app.store.documents import Document
from app.store.engine import Run
from app.store.tenants import Tenant

_STATE, _STATES = one_of(Document.state, [str(state) for state in State], lambda value: word("state", value))
_AS_TERMS = ("state", "attention")
"""Filters of the form that mean the same as the qualifier of that name in the box."""


def _attention(value: str) -> list[Any]:
    if value != "person":
        raise ValueError(value)
    return []  # no condition of its own: other rows are read then


def _readable(value: str) -> list[Any]:
    words.parse(value)
    return []  # no condition of its own: the terms lead


class Documents(AllMatching, ExportingAll, DocumentPage, ScopedView):
    """Every comprobante of the taxpayers one may see."""

    icon = "document"
    can_view_details = can_export = True
    actions_need: ClassVar = {"retry": Permission.RETRY}
    list_template = "console/documents.html"
    narrowed_by = (
        OF_TENANT,
        Filter("state", _STATE, _STATES),
        Filter("attention", _attention, lambda: [("person", t("documents.needs_person"))]),
        Filter("q", _readable),
    )
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
    exported = COLUMNS

    def __init__(self) -> None:
        super().__init__(Document, name=later("menu.documents"), endpoint="documents", url="/documents")

    @expose("/")
    def index_view(self) -> Any:
        """The list; whatever names one document leads straight to it, and what cannot be meant is explained."""
        written = request.args.get("q", "").strip()
        try:
            terms = words.parse(written)
        except Unclear as why:
            page = self.render("console/unclear.html", why=why.text, written=written, qualifiers=QUALIFIERS)
            return page, 400
        if request.args.keys() == {"q"} and len(terms) == 1 and terms[0].name in words.EXACT:
            with mine():
                straight = self._straight(terms[0])
            if straight:
                return redirect(straight)
        return super().index_view()

    @expose("/suggestions.json")
    def suggestions(self) -> Any:
        """What the box offers for what is written so far."""
        written = request.args.get("q", "")
        with mine():
            views = kept_views.named_like(written)[: suggesting.OF_EACH]
            offered = suggesting.suggest(written, reach())
        kept = [
            {
                "words": one.view.name,
                "hint": t("views.suggested"),
                "detail": one.page,
                "address": one.address,
            }
            for one in views
        ]
        found = [
            {
                "words": one.words,
                "hint": spoken(one.hint) if one.hint else t("search.document"),
                "detail": one.detail,
                "address": self.get_url(".details_view", row_id=one.document) if one.document else None,
            }
            for one in offered
        ]
        return jsonify([*kept, *found][: suggesting.MOST])

    def _straight(self, term: Term) -> str | None:
        """Where the one thing that ``term`` names is shown, if it is one. Inside ``mine()``."""
        wanted = finding.resolve((term,), reach())
        found = finding.find(wanted, Place(), 2).ids
        if len(found) == 1:
            return str(self.get_url(".details_view", row_id=found[0]))
        if term.name == "message" and not found:
            run = Run.select(Run.id).where(*of_mine(Run), Run.message_id == term.value).first()
            return str(self.get_url("runs.details_view", row_id=run.id)) if run else None
        return None

    def rows(self, asked: Asked, place: Place, most: int) -> list[Any]:
        """The first rows at ``place`` of what the box and the filters ask for, led by the narrowest of it."""
        return self.by_id(self.ids_of(asked, place, most), place)

    def ids_of(self, asked: Asked, place: Place, most: int) -> Sequence[int]:
        """The ids of those rows, without reading them. Inside ``mine()``."""
        terms = self.terms_of(asked)
        if terms is None:
            return []
        found = finding.find(finding.resolve(terms, whose(asked)), place, most)
        g.cut_off = found.cut_off
        return found.ids

    def terms_of(self, asked: Asked) -> tuple[Term, ...] | None:
        """What the box and the form ask for together; None when they contradict each other."""
        terms = {term.name: term for term in words.parse(asked.values.get("q", ""))}
        for name in _AS_TERMS:
            if value := asked.values.get(name):
                if name in terms and terms[name].value != value:
                    return None
                terms[name] = Term(name, value, value)
        return tuple(terms.values())

    def beside(self, rows: Any) -> dict[str, Any]:
        """The taxpayers of the rows, and what was asked for as chips that can be taken away."""
        terms = words.parse(request.args.get("q", ""))
        chips = [(_named(term), words.without(terms, term.name)) for term in terms]
        return {
            "names": _issuers(rows),
            "chips": chips,
            "cut_off": g.get("cut_off", False),
            "most_by_name": finding.MOST_BY_NAME,
            "qualifiers": QUALIFIERS,
            "click": new_click(),
            "bulk_actions": proposing.ACTIONS,
        }

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
            except Refused as refusal:
                refused.append(f"{row.number or row.reference}: {why(refusal)}")
        flash(count_of("documents.retried", len(rows) - len(refused)), "done")
        if refused:
            flash(t("documents.not_retried", n=len(refused), first=refused[0]), "refused")


def _named(term: Term) -> str:
    """A term as its chip says it."""
    value = word("state", term.value) if term.name == "state" else term.written
    return f"{t('search.' + term.name)}: {value}"


def _issuers(rows: Any) -> dict[int, Tenant]:
    ids = {row.tenant_id for row in rows}
    return {row.id: row for row in Tenant.select().where(*of_mine(Tenant), Tenant.id.in_(ids))} if ids else {}
