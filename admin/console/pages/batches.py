"""Batches: what was handed in together, how far it is, and what is wrong with some of it."""

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, flash, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import batch, engine, sri_away
from admin.console.batch import SHOWS
from admin.console.door import current, mine, needs
from admin.console.filters import OF_TENANT, Asked, Filter, place_of
from admin.console.names import names_of
from admin.console.pages.all_matching import LONGEST_CLICK, SHORTEST_CLICK, new_click
from admin.console.scoped import ScopedView, whose
from admin.console.texts import later, t, why
from admin.console.witness import note_refused
from app.bulk import orders, proposing
from app.errors import Refused
from app.permissions import Permission
from app.possible import Action
from app.search import keyset
from app.search.keyset import Place
from app.store.batches import Batch
from app.store.tenants import Tenant


def _stage(value: str) -> list[Any]:
    if value not in ("moving", "over"):
        raise ValueError(value)
    return [Batch.finished_at.is_null(value == "moving")]


class Batches(ScopedView):
    """The batches of the taxpayers one may see, the newest first; the page of each."""

    group = ""
    icon = "inbox"
    can_view_details = True
    page_size = 20
    list_template = "console/batches.html"
    details_template = "console/batch.html"
    narrowed_by = (
        OF_TENANT,
        Filter("state", _stage, lambda: [("moving", t("batch.is_moving")), ("over", t("batch.is_over"))]),
    )

    def __init__(self) -> None:
        super().__init__(Batch, name=later("menu.batches"), endpoint="batches", url="/batches")

    def rows(self, asked: Asked, place: Place, most: int) -> list[Any]:
        """Those that are not over are found among themselves: they are few."""
        if asked.values.get("state") != "moving":
            return super().rows(asked, place, most)
        found = keyset.ids_marked(Batch, asked.conditions(without="tenant"), whose(asked), place, most)
        return self.by_id(found, place)

    def beside(self, rows: Sequence[Batch]) -> dict[str, Any]:
        """Names of taxpayers, and where the documents of each batch stand."""
        return {"names": names_of(rows), "states": batch.states_of(rows), "most": batch.COUNTED}

    def told(self, row: Batch) -> dict[str, Any]:
        """How far one batch is, and a page of its documents."""
        show = request.args.get("show", "")
        if request.args.keys() - {"show", "behind", "before"} or show not in SHOWS:
            abort(400)
        place = place_of(request.args, oldest_first=True)
        course = batch.course_of(row)
        decides = (course.over, course.failed > 0, course.not_sent > 0, course.held > 0)
        return {
            "course": course,
            "mark": " ".join(map(str, decides)),
            "sri_told": sri_away.told,
            "tenant": Tenant.get_by_id(row.tenant_id),
            "page": batch.page_of(row, show, place),
            "show": show,
            "shows": SHOWS,
            "click": new_click(),
            "many": _confirm_over(),
        }

    @expose("/<row:row_id>/hold", methods=("POST",))
    @needs(Permission.HOLD)
    def hold(self, row_id: int) -> Response:
        """Hold back what was not sent yet. It is in a hurry and can be taken back: no number is typed."""
        return self._begin(row_id, Action.HOLD, batch.can_be_held(), over=proposing.MOST_ITEMS)

    @expose("/<row:row_id>/let-go", methods=("POST",))
    @needs(Permission.HOLD)
    def let_go(self, row_id: int) -> Response:
        """Let what a person held back go on."""
        return self._begin(row_id, Action.RETRY, batch.is_held(), over=_confirm_over())

    def _begin(self, row_id: int, action: Action, which: Any, *, over: int) -> Response:
        """A bulk operation on some documents of a batch, begun at once."""
        click, by = request.form.get("click", ""), current().email
        told = {name: request.form.get(name, "") for name in ("reason", "typed")}
        if not SHORTEST_CLICK <= len(click) <= LONGEST_CLICK:
            abort(400)
        try:
            with mine():
                row = self.get_one(row_id)
                documents, described = batch.documents_of(row, which), {"batch": row.id, "called": row.called}
                operation = proposing.propose(action, documents, described=described, by=by, click=click)
                orders.change(operation.id, "start", by=by, over=over, **told)
        except Refused as refusal:
            note_refused(refusal)
            flash(t("bulk.not_done", why=why(refusal)), "refused")
            return redirect(self.get_url(".details_view", row_id=row_id))
        engine.let_bulk_go_on(operation.id)
        return redirect(self.get_url("operations.one", bulk_id=operation.id))


def _confirm_over() -> int:
    over: int = current_app.extensions["services"].settings.bulk_confirm_over
    return over
