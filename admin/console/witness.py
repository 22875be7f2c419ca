"""What people do in the console and are refused, written to the audit with their address."""

from typing import Any

from flask import request
from flask_login import current_user

from admin.console import concerned, texts
from app.auditing import audit
from app.errors import Mistyped, Refused, Text
from app.store.people import Audit
from app.tenancy import SYSTEM, every_tenant_scope

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


def note_refused(refusal: Refused) -> None:
    """``note_refusal`` of what was not possible; a form that was written wrongly is no attempt at anything."""
    if not isinstance(refusal, Mistyped):
        note_refusal(refusal.text)


def note_refusal(reason: Text) -> None:
    """Record that the signed-in person was refused this request; outside any scope.

    Kept with the taxpayers whose rows the request names, so that their auditors see who tried; else for the
    installation. Whoever asks is told nothing of it: what is foreign and what is missing look alike to them.
    """
    with every_tenant_scope():
        for tenant_id in concerned.taxpayers() or [SYSTEM]:
            audit(
                tenant_id,
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
