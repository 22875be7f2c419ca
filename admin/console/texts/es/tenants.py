"""Taxpayers, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "tenants.environment": "Ambiente",
    "tenants.certificate": "Certificado de firma",
    "tenants.valid_until": "Vigente hasta",
    "tenants.expires_soon": "Caduca pronto:",
    "tenants.expired": "Caducado:",
    "tenants.no_certificate": "No tiene",
    "tenants.halts": "Suspensiones",
    "tenants.inactive": "inactivo",
    "tenants.see_documents": "Ver comprobantes",
}
