"""Handing documents in: files of JSON or XML, all of them or none, with everything that is wrong said at once."""

from datetime import date
from typing import Any

from flask import abort, current_app, flash, redirect, request
from flask_admin import expose

from admin.console import engine
from admin.console.door import current, mine, needs, of_mine
from admin.console.filters import row_id
from admin.console.pages.acts import spoken_problem
from admin.console.scoped import PageView
from admin.console.texts import both, count_of, later, t, why
from admin.console.witness import note_refused
from app import batches, intake
from app.errors import Mistyped, Refused
from app.intake import Accepted, Offer, OffersRefused
from app.permissions import Permission
from app.store.tenants import Tenant

MOST_FILES = 100
MOST_BYTES = 8 * 1024 * 1024


class Importing(PageView):
    """The form, and what became of what was handed in with it."""

    sees = Permission.IMPORT
    icon = "inbox"

    def __init__(self) -> None:
        super().__init__(name=later("menu.import"), endpoint="importing", url="/import")

    @expose("/", methods=("GET", "POST"))
    @needs(Permission.IMPORT)
    def index(self) -> Any:
        """The form; posted, every file becomes a draft, or none does."""
        with mine():
            tenants = list(Tenant.select().where(*of_mine(Tenant)).order_by(Tenant.razon_social))
        if request.method != "POST":
            return self._form(tenants)
        tenant = _chosen(tenants)
        try:
            accepted = self._accept(tenant)
        except OffersRefused as refused:
            return self._form(tenants, refused.by_file), 422
        except Refused as refusal:
            note_refused(refusal)
            flash(t("import.refused", why=why(refusal)), "refused")
            return self._form(tenants), 409
        return self._done(accepted)

    def _accept(self, tenant: Tenant) -> list[Accepted]:
        offers = [Offer(one.read(), (one.filename or "")[:200]) for one in request.files.getlist("files")]
        offers = [one for one in offers if one.filename]
        if not offers:
            raise Mistyped(both("import.no_file"))
        if len(offers) > MOST_FILES:
            raise Mistyped(both("import.too_many", n=MOST_FILES))
        settings = current_app.extensions["services"].settings
        return intake.accept_all(
            tenant.id,
            offers,
            by=current().email,
            requested_date=_date(),
            max_age_days=settings.sri_max_age_days,
            called=request.form.get("called", ""),
        )

    def _done(self, accepted: list[Accepted]) -> Any:
        new = [one for one in accepted if one.new]
        for one in new:
            engine.wake(one.tenant_id, one.document_id)
        flash(count_of("import.accepted", len(new)), "done")
        if len(new) < len(accepted):
            flash(count_of("import.known", len(accepted) - len(new)), "warning")
        for one in accepted:
            for warning in one.warnings:
                flash(spoken_problem(warning), "warning")
        if len(accepted) == 1:
            return redirect(self.get_url("documents.details_view", row_id=accepted[0].document_id))
        if new:
            return redirect(self.get_url("batches.details_view", row_id=new[0].batch))
        return redirect(self.get_url("documents.index_view", tenant=accepted[0].tenant_id))

    def _form(self, tenants: list[Tenant], by_file: Any = None) -> str:
        chosen = request.form.get("tenant", request.args.get("tenant", ""))
        page: str = self.render(
            "console/import.html",
            tenants=tenants,
            chosen=chosen,
            by_file=by_file or {},
            called=request.form.get("called", ""),
            most_files=MOST_FILES,
            most_bytes=MOST_BYTES,
            most_called=batches.LONGEST_NAME,
            date=request.form.get("date", ""),
        )
        return page


def _chosen(tenants: list[Tenant]) -> Tenant:
    try:
        wanted = row_id(request.form.get("tenant", ""))
    except ValueError:
        abort(400)
    return next((one for one in tenants if one.id == wanted), None) or abort(404)


def _date() -> date | None:
    written = request.form.get("date", "").strip()
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise Mistyped(both("import.no_date", written=written[:20])) from None
