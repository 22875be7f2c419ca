"""What people do in the console and are refused, written to the audit with their address."""

from typing import Any

from flask import request
from flask_login import current_user

from admin.console import texts
from app.auditing import audit
from app.errors import Text
from app.store.people import Audit
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


def note_refusal(reason: Text) -> None:
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
            reason=reason.es[:500],
            address=request.remote_addr,
            facts={"reason_en": reason.en[:500]},
        )


def reason_of(row: Audit) -> str:
    """Why somebody did it or was refused: ours in the reader's language, theirs as they wrote it."""
    in_english = row.facts.get("reason_en")
    return texts.spoken(Text(str(row.reason), in_english)) if in_english else texts.reread(row.reason)
