"""Everything a list of documents shows, however many pages that is, as a file that a worker writes."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, current_app, flash, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import engine, filters
from admin.console.door import current, mine, needs
from admin.console.filters import Filter
from admin.console.pages.all_matching import LONGEST_CLICK, SHORTEST_CLICK
from admin.console.scoped import whose
from admin.console.texts import language, why
from admin.console.witness import note_refused
from app.config import Settings
from app.errors import Refused
from app.exporting import asking, cells
from app.exporting.asking import Click
from app.permissions import Permission
from app.search.words import Term


class ExportingAll:
    """The part of the list of documents that has all that matches written into a file."""

    narrowed_by: ClassVar[tuple[Filter, ...]]
    terms_of: Any
    get_url: Any

    @expose("/export-all", methods=("POST",))
    @needs(Permission.EXPORT)
    def export_all(self) -> Response:
        """An export of what the address asks for, as of now; its page says how far it is."""
        asked = filters.read(self.narrowed_by, request.args)
        name = request.form.get("click", "")
        terms: Sequence[Term] | None = self.terms_of(asked)
        try:
            layout = cells.layout_of(request.form.get("layout", "plain"))
        except ValueError:
            abort(400)
        if terms is None or not SHORTEST_CLICK <= len(name) <= LONGEST_CLICK:
            abort(400)
        settings: Settings = current_app.extensions["services"].settings
        limits = {"most_rows": settings.export_max_rows, "at_once": settings.export_at_once}
        order = {"order": filters.OLDEST} if asked.place.oldest_first else {}
        click = Click(name, {**asked.values, **order}, bool(order), language(), layout, request.remote_addr)
        try:
            with mine():
                export = asking.ask(current(), terms, whose(asked), click, **limits)
        except Refused as refusal:
            note_refused(refusal)
            flash(why(refusal), "refused")
            return redirect(self.get_url(".index_view", **asked.values))
        engine.let_export_go_on(export.id)
        return redirect(url_for("exports.one", export_id=export.id))
