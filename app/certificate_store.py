"""Puts a taxpayer's certificate in force: opened once, proved, its key sealed, the one before it replaced."""

from datetime import UTC, datetime

from peewee import fn

from app import work
from app.alerts import resolve_alert
from app.auditing import audit
from app.certificates import OpenedCertificate, open_p12
from app.secrets import SecretBox
from app.store.documents import Document
from app.store.tenants import Certificate, Tenant
from app.tenancy import tenant_scope

WAITING_FOR_ONE = ("no_certificate", "certificate_not_valid")
"""Reasons for which documents are parked that a new certificate ends."""


def install(tenant: Tenant, p12: bytes, password: str, box: SecretBox, *, by: str) -> OpenedCertificate:
    """Validate ``p12`` and sign with it from now on; work parked for want of a certificate goes on.

    Raises ``CertificateRefused`` with the true reason; then nothing has changed.
    """
    opened = open_p12(p12, password, ruc=tenant.ruc, now=datetime.now(UTC))
    with tenant_scope(tenant.id):
        Certificate.update(replaced_at=fn.now()).where(
            Certificate.tenant_id == tenant.id, Certificate.replaced_at.is_null()
        ).execute()
        Certificate.insert(
            tenant_id=tenant.id,
            fingerprint=opened.fingerprint,
            subject=opened.subject,
            issuer=opened.issuer,
            serial=opened.serial,
            not_before=opened.not_before,
            not_after=opened.not_after,
            certificate=opened.certificate_der,
            sealed_key=box.seal(opened.private_key_der),
            added_by=by,
            added_at=fn.now(),
        ).execute()
        audit(tenant.id, by=by, action="certificate_installed", target=opened.fingerprint)
        _resume(tenant.id)
    return opened


def _resume(tenant_id: int) -> None:
    Document.update(**work.cleared(0)).where(
        Document.tenant_id == tenant_id, Document.needs_person_code.in_(WAITING_FOR_ONE)
    ).execute()
    for code in WAITING_FOR_ONE:
        resolve_alert(tenant_id, code, "signing")
