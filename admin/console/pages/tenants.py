"""Taxpayers: who is served here, in which ambiente, with which certificate, and what stands still."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import engine
from admin.console.door import current, mine, needs, of_mine
from admin.console.filters import Asked
from admin.console.pages.branding import BrandingPage
from admin.console.scoped import ScopedView
from admin.console.texts import both, later, t, why
from app import certificate_timeline, halts
from app.errors import Mistyped, Refused
from app.permissions import Permission
from app.search.keyset import Place
from app.store.tenants import Certificate, Halt, Tenant

SOON = timedelta(days=30)
HALTS_SHOWN = 50
SHORTEST_REASON, LONGEST_REASON = 5, 500


class Tenants(BrandingPage, ScopedView):
    """The taxpayers one may see."""

    group = "taxpayers"
    icon = "building"
    can_view_details = True
    list_template = "console/tenants.html"
    details_template = "console/tenant.html"

    def __init__(self) -> None:
        super().__init__(Tenant, name=later("menu.tenants"), endpoint="tenants", url="/tenants")

    def rows(self, asked: Asked, place: Place, most: int) -> list[Any]:  # noqa: ARG002 - nothing to narrow by
        """The first taxpayers at ``place``. Inside ``mine()``."""
        there = place.past(Tenant.id)
        return list(self.get_query().where(there).order_by(place.order(Tenant.id)).limit(most))

    def beside(self, rows: Any) -> dict[str, Any]:
        """Certificates and standing halts, by taxpayer. No key is read, sealed or not."""
        ids = [row.id for row in rows]
        certificates = certificate_timeline.standing(*of_mine(Certificate), Certificate.tenant_id.in_(ids))
        halts = Halt.select().where(*of_mine(Halt), Halt.tenant_id.in_(ids), Halt.lifted_at.is_null())
        standing: dict[int, list[Halt]] = {}
        for halt in halts if ids else ():
            standing.setdefault(halt.tenant_id, []).append(halt)
        return {
            "certificates": {row.tenant_id: row for row, place in certificates if place == "current"}
            if ids
            else {},
            "halts": standing,
            "now": datetime.now(UTC),
            "soon": datetime.now(UTC) + SOON,
        }

    def told(self, row: Tenant) -> dict[str, Any]:
        """One taxpayer's certificates, standing halts, and those that were lifted."""
        of_row = Halt.select().where(Halt.tenant_id == row.id)
        own = Certificate.tenant_id == row.id
        return {
            "certificates": list(certificate_timeline.standing(own, certificate_timeline.still())),
            "standing": list(of_row.where(Halt.lifted_at.is_null()).order_by(Halt.id)),
            "lifted": list(
                of_row.where(Halt.lifted_at.is_null(False)).order_by(Halt.lifted_at.desc()).limit(HALTS_SHOWN)
            ),
            "now": datetime.now(UTC),
            "soon": datetime.now(UTC) + SOON,
        }

    @expose("/<row:row_id>/halt", methods=("POST",))
    @needs(Permission.PLACE_HALT)
    def halt(self, row_id: int) -> Response:
        """Stop the taxpayer's signing and sending, or one establishment's, with a reason."""

        def place(tenant_id: int, establishment: str | None, reason: str) -> None:
            until = engine.until_in(request.form.get("hours", ""))
            who = {"by": current().email, "reason": reason}
            halts.place(tenant_id, establishment, code=halts.BY_HAND, until=until, **who)

        return self._change(row_id, place, "tenants.is_halted")

    @expose("/<row:row_id>/lift", methods=("POST",))
    @needs(Permission.LIFT_HALT)
    def lift(self, row_id: int) -> Response:
        """End the standing halts of the taxpayer, or of one establishment, with a reason."""

        def lift(tenant_id: int, establishment: str | None, reason: str) -> None:
            engine.lift(tenant_id, establishment, by=current().email, reason=reason)

        return self._change(row_id, lift, "tenants.is_lifted")

    def _change(self, row_id: int, act: Callable[[int, str | None, str], None], done: str) -> Response:
        with mine():
            tenant = self.get_one(row_id)
        try:
            act(tenant.id, _establishment(), _reason())
            flash(t(done), "done")
        except Refused as refusal:
            flash(why(refusal), "refused")
        return redirect(self.get_url(".details_view", row_id=row_id))


def _reason() -> str:
    reason = request.form.get("reason", "").strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Mistyped(both("tenants.reason_needed", n=SHORTEST_REASON))
    return reason


def _establishment() -> str | None:
    written = request.form.get("establishment", "").strip()
    if written and not (written.isascii() and written.isdigit() and len(written) == 3):
        raise Mistyped(both("tenants.establishment_wrong"))
    return written or None
