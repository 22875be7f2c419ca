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
    "tenants.trade_name": "Trade name",
    "tenants.address": "Head office",
    "tenants.mail": "Mail to buyers",
    "tenants.halted_what": "What is halted",
    "tenants.everything": "All issuing",
    "tenants.establishment": "Establishment {n}",
    "tenants.reason": "Reason",
    "tenants.lift_why": "Why it is lifted",
    "tenants.lift": "Lift",
    "tenants.is_lifted": "The halt is lifted: issuing goes on by itself.",
    "tenants.not_halted": "Nothing is halted.",
    "tenants.halt": "Halt issuing",
    "tenants.only_establishment": "Only the establishment",
    "tenants.halt_hours": "Lift by itself after (hours)",
    "tenants.halt_why": "Why it is halted",
    "tenants.is_halted": "Issuing is halted; what was sent is still asked for.",
    "tenants.lifted": "Lifted before: {n}",
    "tenants.reason_needed": "Write the reason, with at least {n} letters.",
    "tenants.establishment_wrong": "An establishment is three digits.",
}
