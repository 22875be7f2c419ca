"""Failures by cause: what is wrong, whose business it is, what to do, and how to act on all of it at once."""

from typing import Any

from flask import abort, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict

from admin.console import keyset, standing, trouble_groups
from admin.console.door import mine, of_mine, reach
from admin.console.filters import row_id
from admin.console.keyset import Page, Place
from admin.console.names import names_of
from admin.console.pages.all_matching import new_click
from admin.console.scoped import PageView
from admin.console.texts import later
from app import causes
from app.store.documents import Document

PAGE = 50
SHOWN = (
    *("id", "tenant_id", "number", "buyer_name", "total", "created_at"),
    *("needs_person_since", "needs_person_reason", "last_error", "refused_text"),
)
"""Columns a list of documents in trouble reads."""


class Faults(PageView):
    """Groups of what is in trouble, those with most money first; the documents of each."""

    icon = "failure"

    def __init__(self) -> None:
        super().__init__(name=later("menu.faults"), endpoint="faults", url="/failures")

    def kept(self, name: str, arguments: MultiDict[str, str]) -> dict[str, str] | None:
        """A stage, and the cause when it is narrowed to one."""
        asked = {key: value for key, value in arguments.items() if key not in ("behind", "before")}
        if name != "stage":
            return None
        if asked.keys() - {"stage", "cause"} or not trouble_groups.is_stage(asked.get("stage", "")):
            abort(400)
        return asked

    @expose("/")
    def index(self) -> str:
        """Every group."""
        if request.args:
            abort(400)
        with mine():
            groups = trouble_groups.groups(standing.board(reach()).troubled)
            for group in groups:
                trouble_groups.note_ends(group)
            names = names_of(end for group in groups for end in (group.first, group.last) if end)
        return self.render(
            "console/faults.html",
            groups=groups,
            classes=trouble_groups.worst_first(groups),
            names=names,
            click=new_click(),
        )

    @expose("/<stage>/")
    def stage(self, stage: str) -> str:
        """The documents at one stage: those in trouble for ``cause``, or all of them."""
        if not trouble_groups.is_stage(stage):
            abort(404)
        if request.args.keys() - {"cause", "behind", "before"}:
            abort(400)
        cause = request.args.get("cause")
        with mine():
            page = self._page(stage, cause, _place())
            names = names_of(page.rows)
        person = stage in standing.REFUSED or any(row.needs_person_since for row in page.rows)
        return self.render(
            "console/stage.html",
            stage=stage,
            key=cause,
            cause=causes.explain(cause, person=person) if cause else None,
            page=page,
            names=names,
            click=new_click(),
        )

    def _page(self, stage: str, cause: str | None, place: Place) -> Page:
        """Documents, each under the id of the row that is in trouble: a RIDE's or a delivery's is another's."""
        found = trouble_groups.page_of(stage, cause, reach(), place, PAGE + 1)
        about = {document for _, document in found}
        columns = [getattr(Document, name) for name in SHOWN]
        query = Document.select(*columns).where(*of_mine(Document), Document.id.in_(about or [0]))
        known = {row.id: row for row in query}
        rows: list[Any] = []
        for key, document in found:
            row = known[document]
            rows.append(Row(key, row))
        return keyset.page_of(rows, place, PAGE)


class Row:
    """A document of the list, with the id of the row the list is ordered by."""

    def __init__(self, id: int, document: Document) -> None:
        self.id = id
        self.document = document
        self.tenant_id = document.tenant_id
        self.needs_person_since = document.needs_person_since


def _place() -> Place:
    try:
        return Place(True, row_id(request.args.get("behind")), row_id(request.args.get("before")))
    except ValueError:
        abort(400)
