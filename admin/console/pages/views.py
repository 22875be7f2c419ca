"""Saved views: keep what a list shows under a name, share it, rename it, delete it."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import kept_views
from admin.console.door import current, mine, of_anybody
from admin.console.filters import row_id
from admin.console.scoped import PageView
from admin.console.texts import later, t, why
from admin.console.witness import note_refused
from app import saved_views
from app.errors import Refused
from app.permissions import Role
from app.saved_views import PRIVATE, ROLES, Sharing

ONLY_ME, EVERY_ROLE, EVERYBODY = "", "all", "everybody"


class Views(PageView):
    """One's own views and those others share; nobody changes but their own."""

    group = ""
    icon = "view"

    def __init__(self) -> None:
        super().__init__(name=later("menu.views"), endpoint="views", url="/views")

    @expose("/")
    def index(self) -> str:
        """All of them, one's own first."""
        if request.args:
            abort(400)
        with mine():
            offers = kept_views.offers()
            asked = kept_views.in_words(offers)
        return self.render("console/views.html", offers=offers, asked=asked, with_whom=kept_views.with_whom)

    @expose("/save", methods=("POST",))
    @of_anybody()
    def save(self) -> Response:
        """Keep the view an address shows; back to it."""
        page, asked = kept_views.read(request.form.get("address", ""))
        try:
            saved_views.keep(current(), request.form.get("name", ""), page, asked, _sharing())
            flash(t("views.saved"), "done")
        except Refused as refusal:
            note_refused(refusal)
            flash(t("views.not_saved", why=why(refusal)), "refused")
        return redirect(kept_views.address_of(page, asked))

    @expose("/<row:row_id>/rename", methods=("POST",))
    @of_anybody()
    def rename(self, row_id: int) -> Response:
        """Another name for one of one's own."""
        try:
            if not saved_views.rename(current(), row_id, request.form.get("name", "")):
                abort(404)
            flash(t("views.renamed"), "done")
        except Refused as refusal:
            flash(t("views.not_saved", why=why(refusal)), "refused")
        return redirect(url_for(".index"))

    @expose("/<row:row_id>/delete", methods=("POST",))
    @of_anybody()
    def delete(self, row_id: int) -> Response:
        """One of one's own is offered to nobody any more."""
        if not saved_views.forget(current(), row_id):
            abort(404)
        flash(t("views.deleted"), "done")
        return redirect(url_for(".index"))


def _sharing() -> Sharing:
    """With whom a form shares; 400 for a role or an id there is not."""
    shared = request.form.get("with", ONLY_ME)
    if shared == ONLY_ME:
        return PRIVATE
    if shared == EVERYBODY:
        return Sharing(everybody=True)
    if shared != EVERY_ROLE and shared not in map(str, ROLES):
        abort(400)
    try:
        tenant: Any = row_id(request.form.get("of"))
    except ValueError:
        abort(400)
    roles = ROLES if shared == EVERY_ROLE else (Role(shared),)
    return Sharing(roles, (tenant,) if tenant else ())
