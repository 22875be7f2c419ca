"""How a taxpayer's RIDEs look: logo and accent colour, in versions that are never changed.

A RIDE remembers the version it was drawn with, so a later change makes no RIDE another.
"""

from dataclasses import dataclass
from typing import TypedDict, Unpack

from peewee import fn

from app import logos
from app.auditing import audit
from app.errors import Refused, Text
from app.ride import Branding, colours
from app.store.prepared import Prepared, arg, row_of, written
from app.store.tenants import BrandingVersion, Tenant
from app.tenancy import tenant_scope


class Changes(TypedDict, total=False):
    """What is to be another from now on; None takes it away, what is not named stays."""

    logo: bytes | None  # a PNG or JPEG as it was handed in
    accent: str | None


@dataclass(frozen=True)
class Look:
    """One version; 0 is that of a taxpayer who never chose."""

    version: int
    branding: Branding


PLAIN = Look(0, Branding())


def current(tenant_id: int) -> Look:
    """What RIDEs are drawn with from now on. Inside the taxpayer's scope."""
    rows = _NEWEST.rows(tenant=tenant_id)
    return _look(row_of(BrandingVersion, BrandingVersion._meta.sorted_fields, rows[0])) if rows else PLAIN


def _newest() -> str:
    of_tenant = BrandingVersion.select().where(BrandingVersion.tenant_id == arg("tenant"))
    return written(of_tenant.order_by(BrandingVersion.version.desc()).limit(1))


_NEWEST = Prepared(_newest)


def of_version(tenant_id: int, version: int | None) -> Look:
    """What a RIDE was drawn with; None, as an older release left it, is the plain one."""
    if not version:
        return PLAIN
    with tenant_scope(tenant_id):
        return _look(
            BrandingVersion.get(BrandingVersion.tenant_id == tenant_id, BrandingVersion.version == version)
        )


def change(tenant_id: int, *, by: str, **changes: Unpack[Changes]) -> Look:
    """Add a version with another logo or accent colour; what changes nothing adds nothing.

    Raises ``Refused`` for a picture or a colour that will not do.
    """
    logo, accent = changes.get("logo"), changes.get("accent")
    prepared = logos.prepared(logo) if logo is not None else None
    readable = colours.normal(accent) if accent is not None else None
    with tenant_scope(tenant_id):
        if Tenant.select().where(Tenant.id == tenant_id).for_update().first() is None:
            raise Refused(
                Text(f"no existe el contribuyente {tenant_id}", f"there is no taxpayer {tenant_id}")
            )
        before = current(tenant_id)
        branding = Branding(
            logo=prepared if "logo" in changes else before.branding.logo,
            accent=readable if "accent" in changes else before.branding.accent,
        )
        if branding == before.branding:
            return before
        after = Look(before.version + 1, branding)
        row = {"tenant_id": tenant_id, "version": after.version, "by": by, "created_at": fn.now()}
        BrandingVersion.insert(**row, **vars(branding)).execute()
        facts = {"version": after.version, "accent": branding.accent, "logo_bytes": len(branding.logo or b"")}
        audit(tenant_id, by=by, action="branded", target="tenant", facts=facts)
    return after


def _look(row: BrandingVersion) -> Look:
    return Look(row.version, Branding(bytes(row.logo) if row.logo is not None else None, row.accent))
