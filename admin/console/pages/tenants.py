"""Taxpayers: who is served here, in which ambiente, with which certificate, and what stands still."""

from datetime import UTC, datetime, timedelta
from typing import Any

from admin.console.door import of_mine
from admin.console.filters import Asked
from admin.console.keyset import Place
from admin.console.pages.branding import BrandingPage
from admin.console.scoped import ScopedView
from admin.console.texts import later
from app import certificate_timeline
from app.store.tenants import Certificate, Halt, Tenant

SOON = timedelta(days=30)


class Tenants(BrandingPage, ScopedView):
    """The taxpayers one may see."""

    group = "taxpayers"
    icon = "building"
    list_template = "console/tenants.html"

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
