"""What people do in the console and are refused, written to the audit with their address."""

from typing import Any

from flask import request
from flask_login import current_user

from app.auditing import audit
from app.tenancy import SYSTEM, tenant_scope

LONGEST_TARGET = 300


def note(tenant_id: int, action: str, target: str, **facts: Any) -> None:
    """Record that the signed-in person did ``action``; inside a scope that holds the tenant."""
    audit(
        tenant_id,
        by=current_user.access.email,
        action=action,
        target=target[:LONGEST_TARGET],
        address=request.remote_addr,
        facts=facts,
    )


def note_refusal(reason: str) -> None:
    """Record that the signed-in person was refused this request; outside any scope, kept for the installation.

    It names no tenant: whose row a foreign id is must not be looked up.
    """
    with tenant_scope(SYSTEM):
        audit(
            SYSTEM,
            by=current_user.access.email,
            action=request.method,
            target=request.path[:LONGEST_TARGET],
            result="refused",
            reason=reason[:500],
            address=request.remote_addr,
        )
