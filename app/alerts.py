"""Things a person should know: raised once per subject, counted while they last, resolved when over."""

from collections.abc import Sequence

from peewee import fn

from app.alert_kinds import Severity, severity_of
from app.auditing import audit
from app.errors import Refused, Text
from app.store.people import Alert
from app.store.prepared import Prepared


def raise_alert(tenant_id: int, kind: str, subject: str, message: Text) -> None:
    """Raise ``kind`` about ``subject``, or count it once more when it stands already. Inside the tenant's scope."""
    counted = (
        Alert.update(times=Alert.times + 1, last_seen_at=fn.now(), **_kept(message))
        .where(
            Alert.tenant_id == tenant_id,
            Alert.kind == kind,
            Alert.subject == subject,
            Alert.resolved_at.is_null(),
        )
        .execute()
    )
    if not counted:
        Alert.insert(
            tenant_id=tenant_id,
            kind=kind,
            severity=severity_of(kind),
            subject=subject,
            **_kept(message),
            raised_at=fn.now(),
            last_seen_at=fn.now(),
            times=1,
        ).on_conflict_ignore().execute()


def announce(tenant_id: int, kind: str, subject: str, message: Text, *, severity: Severity) -> None:
    """Tell of something that happened: an alert of a kind that is an event, over at once. Inside the tenant's scope."""
    at = {"raised_at": fn.now(), "last_seen_at": fn.now(), "resolved_at": fn.now()}
    Alert.insert(
        tenant_id=tenant_id, kind=kind, severity=severity, subject=subject, **_kept(message), times=1, **at
    ).execute()


_RESOLVE = Prepared("""
update alert set resolved_at = now()
where tenant_id = %(tenant)s and kind = %(kind)s and subject = %(subject)s and resolved_at is null
""")


def resolve_alert(tenant_id: int, kind: str, subject: str) -> None:
    """End the standing alert of ``kind`` about ``subject``, if any. Inside the tenant's scope."""
    _RESOLVE.count(tenant=tenant_id, kind=kind, subject=subject)


def resolve_alerts_about(tenant_id: int, kind: str, subjects: Sequence[str]) -> None:
    """End the standing alerts of ``kind`` about any of ``subjects``. Inside the tenant's scope."""
    Alert.update(resolved_at=fn.now()).where(
        Alert.tenant_id == tenant_id,
        Alert.kind == kind,
        Alert.subject.in_(list(subjects)),
        Alert.resolved_at.is_null(),
    ).execute()


def keep_alert(tenant_id: int, kind: str, subject: str, message: Text) -> None:
    """Raise ``kind`` about ``subject``, or bring the standing one's text up to date without counting it again.

    Inside the tenant's scope.
    """
    standing = Alert.update(last_seen_at=fn.now(), **_kept(message)).where(
        Alert.tenant_id == tenant_id,
        Alert.kind == kind,
        Alert.subject == subject,
        Alert.resolved_at.is_null(),
    )
    if not standing.execute():
        raise_alert(tenant_id, kind, subject, message)


def resolve_alerts(tenant_id: int, kind: str, *, but: str = "") -> None:
    """End the standing alerts of ``kind``, but the one about the subject ``but``. Inside the tenant's scope."""
    Alert.update(resolved_at=fn.now()).where(
        Alert.tenant_id == tenant_id, Alert.kind == kind, Alert.subject != but, Alert.resolved_at.is_null()
    ).execute()


def silence(tenant_id: int, kind: str, subject: str) -> None:
    """End the standing alert of ``kind`` about ``subject`` without telling anybody that it is over, which it is not.

    Inside the tenant's scope.
    """
    Alert.update(
        resolved_at=fn.now(), told_at=fn.coalesce(Alert.told_at, fn.now()), end_told_at=fn.now()
    ).where(
        Alert.tenant_id == tenant_id,
        Alert.kind == kind,
        Alert.subject == subject,
        Alert.resolved_at.is_null(),
    ).execute()


def _kept(message: Text) -> dict[str, str]:
    return {"message": message.es, "message_en": message.en}


def acknowledge(tenant_id: int, alert_id: int, *, by: str) -> None:
    """Record that ``by`` has seen a standing alert and looks after it. Inside the tenant's scope.

    Raises ``Refused`` when it is over or somebody has it already.
    """
    seen = (
        Alert.update(acknowledged_at=fn.now(), acknowledged_by=by)
        .where(
            Alert.tenant_id == tenant_id,
            Alert.id == alert_id,
            Alert.resolved_at.is_null(),
            Alert.acknowledged_at.is_null(),
        )
        .execute()
    )
    if not seen:
        raise Refused(
            Text(
                "la alerta ya está resuelta o alguien ya la atiende",
                "the alert is over already, or somebody looks after it already",
            )
        )
    audit(tenant_id, by=by, action="alert_acknowledged", target=str(alert_id))
