"""Telling people about alerts: a row per event and channel, written with the look, sent until it is taken."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from peewee import fn

from app import claiming, metrics, notice_words, work
from app.alert_kinds import KINDS, SEVERITIES
from app.channels import Channel, Message, NotNow, channels_of
from app.config import Settings
from app.errors import Language
from app.services import Services
from app.store.notices import Notice
from app.store.people import Alert
from app.store.prepared import NOW
from app.store.tenants import Tenant
from app.tenancy import SYSTEM, every_tenant_scope, tenant_scope

log = structlog.get_logger("notices")
AT_ONCE = 500
LEASE_S = 60.0
RENEWED = frozenset({"certificate_ends"})
"""Kinds raised anew as time goes by: their end is told only when none of them stands any more."""


def plan(services: Services, now: datetime) -> int:
    """Write the notices of alerts raised or over since the last look; how many.

    An alert that is over before it was told of is told of no more; one less grave than asked for never is.
    """
    channels = channels_of(services.settings)
    with every_tenant_scope():
        return _plan_raised(channels, services.settings, now) + _plan_ended(channels)


def due() -> list[tuple[int, int]]:
    """Tenant and id of the notices to be sent now, the oldest first."""
    with every_tenant_scope():
        waiting = (
            Notice.select(Notice.tenant_id, Notice.id)
            .where(Notice.next_attempt_at <= fn.now(), work.free(Notice))
            .order_by(Notice.next_attempt_at, Notice.id)
            .limit(AT_ONCE)
        )
        return [(row.tenant_id, row.id) for row in waiting]


def send_due(services: Services) -> dict[str, int]:
    """Send every notice that is due, each by one process only; how many were taken and how many wait on."""
    counts, language = {"sent": 0, "later": 0}, services.settings.autoriza_language
    channels = {channel.fingerprint: channel for channel in channels_of(services.settings)}
    for tenant_id, notice_id in due():
        with tenant_scope(tenant_id):
            claim = claiming.claim(Notice, tenant_id, notice_id, owner=services.owner, lease_s=LEASE_S)
            alert = claim and Alert.get_by_id(claim.row.alert_id)
        if claim is not None:
            counts[_send(claim, alert, channels.get(claim.row.channel), language)] += 1
    return counts


def test(services: Services) -> dict[str, str]:
    """Send a message to every channel at once; by name of the channel what it said, empty when it was taken."""
    title, text = notice_words.test(services.settings.autoriza_language)
    message = Message(
        reference=f"test-{datetime.now(UTC):%Y%m%d%H%M%S%f}",
        event="test",
        kind="test",
        severity="info",
        title=title,
        text=text,
        taxpayer="",
        subject="",
        at=datetime.now(UTC),
    )
    said = {channel.name: channel.send(message) for channel in channels_of(services.settings)}
    return {name: answer.why if answer else "" for name, answer in said.items()}


def quiet_until(settings: Settings, now: datetime) -> datetime | None:
    """When the quiet hours that ``now`` lies in are over; None when it lies in none."""
    span = settings.quiet_span
    if span is None:
        return None
    local = now.astimezone(ZoneInfo(settings.schedule_timezone))
    begins, ends = span
    inside = begins <= local.time() < ends if begins <= ends else not ends <= local.time() < begins
    return _next(local, ends) if inside and begins != ends else None


def _next(local: datetime, at: time) -> datetime:
    today = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return (today if today > local else today + timedelta(days=1)).astimezone(UTC)


def _plan_raised(channels: Sequence[Channel], settings: Settings, now: datetime) -> int:
    least = SEVERITIES.index(settings.alert_least_severity)
    untold = list(
        Alert.select()
        .where(Alert.told_at.is_null())
        .order_by(Alert.id)
        .limit(AT_ONCE)
        .for_update(skip_locked=True)
    )
    planned = 0
    for alert in untold:
        over = alert.resolved_at is not None and not _is_event(alert)
        silent = over or SEVERITIES.index(alert.severity) < least or not channels
        for channel in () if silent else channels:
            hold = None if alert.severity == "critical" else quiet_until(settings, now)
            planned += _insert(alert, "raised", channel.fingerprint, channel.name, hold)
        no_end = silent or _is_event(alert)
        Alert.update(told_at=fn.now(), end_told_at=fn.now() if no_end else None).where(
            Alert.id == alert.id
        ).execute()
    return planned


def _plan_ended(channels: Sequence[Channel]) -> int:
    over = list(
        Alert.select()
        .where(Alert.resolved_at.is_null(False), Alert.told_at.is_null(False), Alert.end_told_at.is_null())
        .order_by(Alert.id)
        .limit(AT_ONCE)
        .for_update(skip_locked=True)
    )
    known = {channel.fingerprint for channel in channels}
    planned = 0
    for alert in over:
        raised = (Notice.alert_id == alert.id) & (Notice.event == "raised")
        late = raised & Notice.outcome.is_null() & work.free(Notice)
        Notice.update(outcome="over", next_attempt_at=None).where(late).execute()
        told = list(Notice.select().where(raised, Notice.outcome.is_null() | (Notice.outcome == "sent")))
        for notice in () if _renewed(alert) else told:
            if notice.channel in known:
                planned += _insert(alert, "resolved", notice.channel, notice.channel_name, None)
        Alert.update(end_told_at=fn.now()).where(Alert.id == alert.id).execute()
    return planned


def _is_event(alert: Any) -> bool:
    known = KINDS.get(alert.kind)
    return known is not None and known.event


def _renewed(alert: Any) -> bool:
    standing = Alert.select().where(
        Alert.tenant_id == alert.tenant_id, Alert.kind == alert.kind, Alert.resolved_at.is_null()
    )
    return alert.kind in RENEWED and bool(standing.exists())


def _insert(alert: Any, event: str, channel: str, name: str, hold: datetime | None) -> int:
    values = {"alert_id": alert.id, "event": event, "channel": channel, "channel_name": name}
    row = Notice.insert(
        tenant_id=alert.tenant_id, created_at=fn.now(), next_attempt_at=hold or fn.now(), **values
    ).on_conflict_ignore()
    row.execute()
    return 1


def _send(claim: work.Claim, alert: Any, channel: Channel | None, language: Language) -> str:
    if channel is None:
        answer: NotNow | None = None
        outcome = "channel_gone"
    else:
        answer = channel.send(_message(claim, alert, language))
        outcome = "sent"
    metrics.NOTICES.labels(outcome if answer is None else "later").inc()
    with tenant_scope(claim.tenant_id):
        if answer is not None:
            work.sleep(claim, work.backoff(claim.attempts, base_s=15), code="not_taken", why=answer.why)
            log.warning("notice_not_taken", channel=claim.row.channel_name, why=answer.why)
            return "later"
        work.finish(claim, outcome=outcome, sent_at=NOW if channel is not None else None)
    return "sent"


def _message(claim: work.Claim, alert: Any, language: Language) -> Message:
    taxpayer = _taxpayer(alert.tenant_id)
    over = claim.row.event == "resolved"
    return Message(
        reference=f"autoriza-{alert.id}-{claim.row.event}-{claim.row.channel}",
        event=claim.row.event,
        kind=alert.kind,
        severity=alert.severity,
        title=notice_words.title(alert, taxpayer, language, over=over),
        text=notice_words.text(alert, taxpayer, language, over=over),
        taxpayer=taxpayer,
        subject=alert.subject,
        at=alert.resolved_at if over else alert.raised_at,
    )


def _taxpayer(tenant_id: int) -> str:
    if tenant_id == SYSTEM:
        return ""
    with tenant_scope(tenant_id):
        tenant = Tenant.get_or_none(Tenant.id == tenant_id)
    return f"{tenant.razon_social} ({tenant.ruc})" if tenant else ""
