"""The look of a taxpayer's RIDEs: what it is, another logo or colour, and a sample before anybody gets one."""

from typing import Any

from flask import Response, abort, flash, redirect, request
from flask_admin import expose

from admin.console.door import current, mine, needs
from admin.console.texts import t, why
from admin.console.witness import note_refused
from app import branding, logos
from app.branding import Changes, Look
from app.errors import Refused
from app.permissions import Permission
from app.ride import Branding, colours
from app.ride.sample import render_sample
from app.store.tenants import Tenant

LARGEST_UPLOAD = logos.LARGEST_BYTES + 64 * 1024


class BrandingPage:
    """The part of ``Tenants`` that is about one taxpayer's RIDEs."""

    get_one: Any
    get_url: Any
    render: Any

    @expose("/<row:row_id>/branding", methods=("GET", "POST"))
    @needs(Permission.BRAND)
    def branding(self, row_id: int) -> Any:
        """The form; posted, a new version from the next RIDE on, or the reason why not."""
        row, look = self._now(row_id)
        if request.method != "POST":
            return self.render(
                "console/branding.html", row=row, look=look, most=logos.LARGEST_BYTES // 1_000_000
            )
        try:
            after = branding.change(row.id, by=current().email, **_asked())
        except Refused as refusal:
            note_refused(refusal)
            flash(t("branding.refused", why=why(refusal)), "refused")
        else:
            flash(t("branding.changed" if after.version > look.version else "branding.same"), "done")
        return redirect(self.get_url(".branding", row_id=row.id))

    @expose("/<row:row_id>/logo")
    def logo(self, row_id: int) -> Response:
        """The logo as a RIDE carries it; 404 when there is none."""
        _, look = self._now(row_id)
        picture = look.branding.logo
        if picture is None:
            abort(404)
        kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
        return Response(picture, content_type=kind)

    @expose("/<row:row_id>/sample.pdf")
    def sample(self, row_id: int) -> Response:
        """A made-up RIDE with the present look, or with another colour that is only tried."""
        row, look = self._now(row_id)
        try:
            tried = request.args.get("accent", "").strip()
            accent = colours.normal(tried) if tried else look.branding.accent
        except Refused:
            abort(400)
        ride = render_sample(
            row.ruc, row.razon_social, row.nombre_comercial, Branding(look.branding.logo, accent)
        )
        name = f"muestra_ride_{row.ruc}.pdf"
        return Response(
            ride.pdf,
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _now(self, row_id: int) -> tuple[Tenant, Look]:
        with mine():
            row: Tenant = self.get_one(row_id)
            return row, branding.current(row.id)


def _asked() -> Changes:
    """What the form changes: a field left empty changes nothing, a box ticked takes away."""
    changes = Changes()
    file = request.files.get("logo")
    if request.form.get("no_logo"):
        changes["logo"] = None
    elif file is not None and file.filename:
        changes["logo"] = file.read(logos.LARGEST_BYTES + 1)
    written = request.form.get("accent", "").strip()
    if request.form.get("no_accent"):
        changes["accent"] = None
    elif written:
        changes["accent"] = written
    return changes
