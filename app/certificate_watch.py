"""Warns of certificates that end: one standing alert per taxpayer, a new one at each threshold."""

from datetime import datetime, timedelta

from app import certificate_texts, certificate_timeline
from app.alerts import keep_alert, resolve_alert, resolve_alerts
from app.certificate_timeline import Timeline
from app.errors import Text
from app.store.people import Alert
from app.store.tenants import Certificate
from app.tenancy import every_tenant_scope, tenant_scope

THRESHOLDS_DAYS = (60, 30, 15, 7, 1)
ENDS = "certificate_ends"
STOPPED = ("no_certificate", "certificate_not_valid")
"""Kinds of alerts, and codes of parked documents, that a certificate in force ends."""
SUBJECT = "signing"


def look_at_all(now: datetime) -> int:
    """Look at every taxpayer whose certificate ends soon or has an alert; how many those are."""
    soon = now + timedelta(days=THRESHOLDS_DAYS[0] + 1)
    with every_tenant_scope():
        ending = Certificate.select(Certificate.tenant_id).where(
            certificate_timeline.still(), Certificate.not_after < soon
        )
        warned = Alert.select(Alert.tenant_id).where(
            Alert.kind.in_((ENDS, *STOPPED)), Alert.resolved_at.is_null()
        )
        tenant_ids = sorted({row.tenant_id for row in (*ending, *warned)})
    for tenant_id in tenant_ids:
        with tenant_scope(tenant_id):
            look(tenant_id, now)
    return len(tenant_ids)


def look(tenant_id: int, now: datetime) -> None:
    """Raise, renew or resolve the alerts about one taxpayer's certificate. Inside its scope.

    A staged certificate that takes over before the one in force ends counts as if it were in force already.
    """
    timeline = certificate_timeline.of(tenant_id)
    current = timeline.current
    if current is None:
        return
    if not certificate_timeline.is_valid(current, now):
        resolve_alerts(tenant_id, ENDS)
        keep_alert(tenant_id, STOPPED[1], SUBJECT, _sentence("ended", current, timeline, now))
        return
    for kind in STOPPED:
        resolve_alert(tenant_id, kind, SUBJECT)
    last = _last_of_unbroken(current, timeline.staged)
    left = certificate_timeline.days_left(last.not_after, now)
    reached = [threshold for threshold in THRESHOLDS_DAYS if left <= threshold]
    subject = f"{min(reached)} día{'' if min(reached) == 1 else 's'}" if reached else ""
    resolve_alerts(tenant_id, ENDS, but=subject)
    if reached:
        keep_alert(tenant_id, ENDS, subject, _sentence("ends", last, timeline, now))


def _last_of_unbroken(current: Certificate, staged: Certificate | None) -> Certificate:
    return staged if staged and staged.in_force_from <= current.not_after else current


def _sentence(what: str, last: Certificate, timeline: Timeline, now: datetime) -> Text:
    left = certificate_timeline.days_left(last.not_after, now)
    code = what if what == "ended" else {0: "ends_today", 1: "ends_tomorrow"}.get(left, "ends_in_days")
    facts = {"day": certificate_texts.day(last.not_after), "left": str(left)}
    said = certificate_texts.text(code, **facts)
    if timeline.staged and timeline.staged is not last:
        begins = certificate_texts.day(timeline.staged.in_force_from)
        return _together(said, certificate_texts.text("next_one_begins", day=begins))
    return _together(said, certificate_texts.text("load_the_next_one"))


def _together(first: Text, second: Text) -> Text:
    return Text(f"{first.es} {second.es}", f"{first.en} {second.en}")
