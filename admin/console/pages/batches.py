"""Batches: what was handed in together, how far it is, and what is wrong with some of it."""

from collections.abc import Sequence
from typing import Any

from flask import abort, request

from admin.console import batch
from admin.console.batch import SHOWS
from admin.console.filters import OF_TENANT, Asked, Filter, row_id
from admin.console.names import names_of
from admin.console.pages.all_matching import new_click
from admin.console.scoped import ScopedView, whose
from admin.console.texts import later, t
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
        try:
            given = [row_id(request.args.get(name)) for name in ("behind", "before")]
        except ValueError:
            abort(400)
        return {
            "course": batch.course_of(row),
            "tenant": Tenant.get_by_id(row.tenant_id),
            "page": batch.page_of(row, show, Place(True, *given)),
            "show": show,
            "shows": SHOWS,
            "click": new_click(),
        }
