"""Documents: the list with its search, filters, export and bulk retry; one document's page is beside it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from flask import g, jsonify, redirect, request
from flask_admin import expose
from peewee import SQL

from admin.console import kept_views, page_sums
from admin.console.door import mine, of_mine, reach
from admin.console.filters import OF_TENANT, Asked, Filter, one_of
from admin.console.pages.all_matching import AllMatching, new_click
from admin.console.pages.document import DocumentPage
from admin.console.pages.exporting_all import ExportingAll
from admin.console.pages.retrying_chosen import RetryingChosen
from admin.console.scoped import ScopedView, whose
from admin.console.texts import later, spoken, t, word
from app.bulk import proposing
from app.exporting.documents import COLUMNS, READ
from app.exporting.sums import Sums
from app.lifecycle import State
from app.permissions import Permission
from app.search import attention, buyers, finding, issued, mailed, suggesting, words
from app.search.keyset import Place
from app.search.mailed import BOUNCED
from app.search.values import Unclear
from app.search.words import QUALIFIERS, Term
from app.store.documents import Document
from app.store.engine import Run
from app.store.tenants import Tenant

_STATE, _STATES = one_of(Document.state, [str(state) for state in State], lambda value: word("state", value))
_AS_TERMS = ("state", "attention")
"""Filters of the form that mean the same as the qualifier of that name in the box."""
_LOOKED_AT = {
    "name": buyers.MOST_BY_NAME,
    "issued": issued.LOOKED_AT,
    "moving": attention.LOOKED_AT,
    "mail": mailed.MOST,
}
"""How many a search that was cut off looked at."""


def _attention(value: str) -> list[Any]:
    if value not in attention.VALUES:
        raise ValueError(value)
    return []  # no condition of its own: other rows are read then


def _a_day(value: str) -> list[Any]:
    date.fromisoformat(value)
    return []  # no condition of its own: it becomes a term


def _readable(value: str) -> list[Any]:
    words.parse(value)
    return []  # no condition of its own: the terms lead


class Documents(AllMatching, ExportingAll, RetryingChosen, DocumentPage, ScopedView):
    """Every comprobante of the taxpayers one may see."""

    icon = "document"
    can_view_details = can_export = True
    actions_need: ClassVar = {"retry": Permission.RETRY}
    list_template = "console/documents.html"
    narrowed_by = (
        OF_TENANT,
        Filter("state", _STATE, _STATES),
        Filter("attention", _attention, lambda: [(one, word("attention", one)) for one in attention.VALUES]),
        Filter("issued_from", _a_day),
        Filter("issued_until", _a_day),
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
                straight = self._straight(terms[0], unless=_of_id(written))
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

    def _straight(self, term: Term, unless: Document | None) -> str | None:
        """Where the one thing that ``term`` names is shown, ``unless`` another may be meant. Inside ``mine()``."""
        wanted = finding.resolve((term,), reach())
        found = finding.find(wanted, Place(), 2).ids
        if len(found) == 1 and (unless is None or unless.id == found[0]):
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
        if days := _days_of_form(asked):
            among = issued.both(days, terms["issued"].value) if "issued" in terms else days
            if among is None:
                return None
            terms["issued"] = Term("issued", among, among)
        return tuple(terms.values())

    def beside(self, rows: Any) -> dict[str, Any]:
        """The taxpayers of the rows, and what was asked for as chips that can be taken away."""
        written = request.args.get("q", "").strip()
        terms = words.parse(written)
        chips = [(_named(term), words.without(terms, term.name)) for term in terms]
        return {
            "names": _issuers(rows),
            "chips": chips,
            "cut_off": g.get("cut_off", False),
            "cut_off_at": _LOOKED_AT.get(g.get("cut_off", ""), 0),
            "of_id": _of_id(written),
            "sums": page_sums.said(Sums().add(rows).of),
            "qualifiers": QUALIFIERS,
            "click": new_click(),
            "bulk_actions": proposing.ACTIONS,
        }

    def rows_to_export(self, asked: Asked) -> list[Any]:
        """The rows, each with its issuer."""
        place = Place(asked.place.oldest_first)
        among = SQL("t1.id = any(%s::bigint[])", (list(self.ids_of(asked, place, self.export_max_rows)),))
        rows: list[Any] = list(self.theirs(*READ).where(among).order_by(place.order(Document.id)))
        issuers = _issuers(rows)
        for row in rows:
            row.issuer = issuers[row.tenant_id]
        return rows


def _of_id(written: str) -> Document | None:
    """The document with the internal id that a bare number may also be meant as. Inside ``mine()``."""
    if (maybe := words.maybe_id(written)) is None:
        return None
    query = Document.select(Document.id, Document.number, Document.buyer_name)
    found: Document | None = query.where(*of_mine(Document), Document.id == maybe).first()
    return found


def _days_of_form(asked: Asked) -> str | None:
    """The days of issue that the form asks for, as the value of the qualifier."""
    first, last = (asked.values.get(name, "") for name in ("issued_from", "issued_until"))
    return issued.from_to(first, last) if first or last else None


def _named(term: Term) -> str:
    """A term as its chip says it."""
    if term.name == "mail" and term.value == BOUNCED:
        value = t("search.bounced")
    else:
        value = word("state", term.value) if term.name == "state" else term.written
    return f"{t('search.' + term.name)}: {value}"


def _issuers(rows: Any) -> dict[int, Tenant]:
    ids = {row.tenant_id for row in rows}
    return {row.id: row for row in Tenant.select().where(*of_mine(Tenant), Tenant.id.in_(ids))} if ids else {}
