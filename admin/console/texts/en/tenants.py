"""Taxpayers, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "tenants.environment": "Environment",
    "tenants.certificate": "Signing certificate",
    "tenants.valid_until": "Valid until",
    "tenants.expires_soon": "Ends soon:",
    "tenants.expired": "Expired:",
    "tenants.no_certificate": "Has none",
    "tenants.halts": "Halts",
    "tenants.inactive": "inactive",
    "tenants.see_documents": "See documents",
}
