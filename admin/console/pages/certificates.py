"""Certificates: what each taxpayer signs with, until when, and what takes over; a new one is proved first."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import abort, current_app, flash, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import formats, replies
from admin.console.door import current, mine, needs, of_mine
from admin.console.filters import row_id
from admin.console.replies import Rejected
from admin.console.scoped import PageView
from admin.console.texts import dated, later, spoken, t, why
from admin.console.witness import note_refused
from app import certificate_store, certificate_timeline
from app.auditing import audit
from app.certificates import CertificateRefused
from app.ecuador import ECUADOR
from app.errors import Refused
from app.permissions import Permission
from app.store.tenants import Certificate, Tenant
from app.tenancy import tenant_scope

MOST_SHOWN = 1_000
LARGEST_P12 = 256 * 1024
LONGEST_REASON = 300
SOON = timedelta(days=30)
_FAULTS: Final = {
    "certificate_password": "password",
    "certificate_locked": "password",
    "certificate_ends_first": "from",
}
"""The field of the form to which a refusal belongs; the file, where none is named."""


class Certificates(PageView):
    """Of the taxpayers one may see. No key leaves the database, and no password is kept."""

    group = "taxpayers"
    icon = "certificate"

    def __init__(self) -> None:
        super().__init__(name=later("menu.certificates"), endpoint="certificates", url="/certificates")

    @expose("/")
    def index(self) -> str:
        """Those that sign or will, the one that ends first on top; taxpayers without one above all."""
        past = "all" in request.args
        if request.args.keys() - {"all"}:
            abort(400)
        with mine():
            still = [] if past else [certificate_timeline.still()]
            known = list(certificate_timeline.standing(*of_mine(Certificate), *still))[:MOST_SHOWN]
            names = {row.id: row for row in Tenant.select().where(*of_mine(Tenant))}
        known.sort(key=lambda one: one[0].not_after)
        now = datetime.now(UTC)
        in_force = [row for row, place in known if place == "current"]
        signing = {row.tenant_id for row in in_force}
        return self.render(
            "console/certificates.html",
            certificates=known,
            signs_now={row.tenant_id for row in in_force if certificate_timeline.is_valid(row, now)},
            names=names,
            without=[row for row in names.values() if row.active and row.id not in signing],
            past=past,
            now=now,
            soon=now + SOON,
        )

    @expose("/new", methods=("GET", "POST"))
    @needs(Permission.CERTIFY, proof=True)
    def new(self) -> Any:
        """The form; posted, the certificate signs from now on or from its day, or the true reason why it cannot."""
        with mine():
            tenants = list(Tenant.select().where(*of_mine(Tenant)).order_by(Tenant.razon_social))
        chosen = request.values.get("tenant", "")
        if request.method != "POST":
            return self._form(tenants, chosen)
        tenant = next((one for one in tenants if str(one.id) == chosen), None)
        if tenant is None:
            abort(404 if _is_id(chosen) else 400)
        try:
            return self._install(tenant)
        except CertificateRefused as refusal:
            self._note_refused(tenant, refusal)
            return self._form(tenants, chosen, refused=refusal), 422

    @expose("/<row:row_id>/withdraw", methods=("POST",))
    @needs(Permission.CERTIFY, proof=True)
    def withdraw(self, row_id: int) -> Response:
        """Take back one that waits for its day, with a reason."""
        with mine():
            query = Tenant.select().join(Certificate, on=Certificate.tenant_id == Tenant.id)
            tenant = query.where(*of_mine(Certificate), Certificate.id == row_id).first() or abort(404)
        reason = request.form.get("reason", "")[:LONGEST_REASON]
        try:
            certificate_store.withdraw(
                tenant, row_id, by=current().email, reason=reason, address=request.remote_addr
            )
        except Refused as refusal:
            note_refused(refusal)
            replies.reject(t("certificates.not_withdrawn", why=why(refusal)), f"withdraw-{row_id}", "reason")
        else:
            flash(t("certificates.withdrawn"), "done")
        return redirect(self.get_url(".index"))

    def _install(self, tenant: Tenant) -> Response:
        file = request.files.get("p12")
        p12 = file.read() if file else b""
        box = current_app.extensions["services"].box
        password, start = request.form.get("password", ""), _first_day()
        installed = certificate_store.install(tenant, p12, password, box, by=current().email, start=start)
        until = _day(installed.certificate.not_after)
        if installed.staged:
            flash(t("certificates.staged", start=_day(installed.certificate.signs_from), until=until), "done")
        else:
            flash(t("certificates.installed", until=until), "done")
        for warning in installed.warnings:
            flash(dated(spoken(warning)), "warning")
        return redirect(self.get_url(".index"))

    def _note_refused(self, tenant: Tenant, refusal: CertificateRefused) -> None:
        with tenant_scope(tenant.id):
            audit(
                tenant.id,
                by=current().email,
                action="certificate_installed",
                target="p12",
                result="refused",
                reason=refusal.text.es,
                address=request.remote_addr,
                facts={"reason_en": refusal.text.en},
            )

    def _form(self, tenants: list[Tenant], chosen: str, refused: CertificateRefused | None = None) -> str:
        kept = {"from": request.form.get("from", "")}
        form = (
            Rejected(_FAULTS.get(refused.code, "p12"), spoken(refused.text), kept) if refused else Rejected()
        )
        return self.render("console/certificate_new.html", tenants=tenants, chosen=chosen, form=form)


def _day(moment: datetime) -> str:
    """The day of ``moment`` in Ecuador, as the reader writes it."""
    return formats.day(moment.astimezone(ECUADOR).date())


def _first_day() -> datetime | None:
    written = request.form.get("from", "")
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ECUADOR).astimezone(UTC) if written else None
    except ValueError:
        abort(400)


def _is_id(written: str) -> bool:
    try:
        return row_id(written or None) is not None
    except ValueError:
        return False
