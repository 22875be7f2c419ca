"""Puts a taxpayer's certificate in force, now or later: opened once, proved, its key sealed, the one before ended.

One that still waits for its day can be withdrawn; one that signs is only ever replaced.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import fn

from app import certificate_texts, certificate_timeline, certificate_watch, sentences, work
from app.auditing import audit
from app.certificate_timeline import Timeline
from app.certificates import OpenedCertificate, open_p12
from app.errors import Mistyped, Refused, Text
from app.lifecycle import State
from app.secrets import SecretBox
from app.store.base import database
from app.store.documents import Document
from app.store.tenants import Certificate, Tenant
from app.tenancy import tenant_scope

WAITING_FOR_ONE = certificate_watch.STOPPED
"""Reasons for which documents wait that a new certificate ends."""
TAKING_OVER = timedelta(minutes=1)
"""So long before its moment a certificate is no longer withdrawn: whoever signs then may have seen it already."""


@dataclass(frozen=True)
class Installed:
    """What became of a p12: in force since ``signs_from``, or ``staged`` until then."""

    certificate: OpenedCertificate
    staged: bool
    warnings: tuple[Text, ...]


def install(
    tenant: Tenant, p12: bytes, password: str, box: SecretBox, *, by: str, start: datetime | None = None
) -> Installed:
    """Validate ``p12`` and sign with it from now on, or from ``start`` (aware) or its own first moment if later.

    A certificate that must wait is staged, in place of one staged before; it takes over by itself. One in force at
    once leaves the staged one as it is, unless that is the same. Work that waits for a certificate goes on then.
    Raises ``CertificateRefused`` with the true reason; then nothing has changed.
    """
    now = datetime.now(UTC)
    opened = open_p12(p12, password, ruc=tenant.ruc, now=now, start=start)
    staged = opened.signs_from > now
    with tenant_scope(tenant.id):
        moment = _hold(tenant.id)
        before = certificate_timeline.of(tenant.id)
        place = _make_room(before, opened, opened.signs_from if staged else moment, moment)
        _insert(tenant.id, opened, box, by=by, **place)
        action = "certificate_staged" if staged else "certificate_installed"
        facts = {"from": opened.signs_from.isoformat()} if staged else {}
        audit(tenant.id, by=by, action=action, target=opened.fingerprint, facts=facts)
        _resume(tenant.id, opened.signs_from if staged else None)
        certificate_watch.look(tenant.id, now)
    return Installed(opened, staged, opened.warnings + _sooner(before, opened) + _gap(before, opened, now))


def withdraw(
    tenant: Tenant, certificate_id: int, *, by: str, reason: str, address: str | None = None
) -> None:
    """Take back a staged certificate: the one in force goes on signing until its own end.

    Work that waited for its day is looked at again at once. Raises ``Refused`` for one that does not wait, and without
    a ``reason``; ``address`` is whence the wish came, for the audit.
    """
    if not reason.strip():
        raise Mistyped(Text("indique por qué se retira", "say why it is withdrawn"))
    with tenant_scope(tenant.id):
        moment = _hold(tenant.id)
        before = certificate_timeline.of(tenant.id)
        staged = before.staged
        if staged is None or staged.id != certificate_id or staged.in_force_from < moment + TAKING_OVER:
            raise Refused(certificate_texts.text("not_staged"))
        Certificate.update(replaced_at=moment).where(Certificate.id == certificate_id).execute()
        if before.current:
            Certificate.update(replaced_at=None).where(Certificate.id == before.current.id).execute()
        audit(
            tenant.id,
            by=by,
            action="certificate_withdrawn",
            target=str(staged.fingerprint),
            reason=reason.strip(),
            address=address,
        )
        _resume(tenant.id, None)
        certificate_watch.look(tenant.id, datetime.now(UTC))


def seconds_to_next(tenant_id: int, now: datetime) -> float | None:
    """How soon the taxpayer can sign: 0 when now, the wait for a staged certificate, or None while nobody knows.

    Inside its scope; until that ends no certificate is installed or withdrawn, so that work set aside for want of one
    is not forgotten by the one that comes meanwhile.
    """
    _hold(tenant_id)
    timeline = certificate_timeline.of(tenant_id)
    if timeline.current and certificate_timeline.is_valid(timeline.current, now):
        return 0.0
    return max(1.0, (timeline.staged.in_force_from - now).total_seconds()) if timeline.staged else None


def _hold(tenant_id: int) -> datetime:
    """Let nobody else change the taxpayer's certificates until this transaction ends; the moment it began to hold."""
    database.execute_sql("select from tenant where id = %s for no key update", (tenant_id,))
    moment: datetime = database.execute_sql("select clock_timestamp()").fetchone()[0]
    return moment


def _make_room(
    before: Timeline, opened: OpenedCertificate, begin: datetime, moment: datetime
) -> dict[str, datetime | None]:
    """The new one's part of the timeline: the one in force ends where it begins, a superseded staged one goes."""
    follows = before.staged
    if follows and (begin > moment or follows.fingerprint == opened.fingerprint):
        Certificate.update(replaced_at=moment).where(Certificate.id == follows.id).execute()
        follows = None
    if before.current:
        Certificate.update(replaced_at=begin).where(Certificate.id == before.current.id).execute()
    return {"in_force_from": begin, "replaced_at": follows.in_force_from if follows else None}


def _insert(tenant_id: int, opened: OpenedCertificate, box: SecretBox, *, by: str, **place: Any) -> None:
    Certificate.insert(
        tenant_id=tenant_id,
        fingerprint=opened.fingerprint,
        subject=opened.subject,
        issuer=opened.issuer,
        serial=opened.serial,
        not_before=opened.not_before,
        not_after=opened.not_after,
        certificate=opened.certificate_der,
        sealed_key=box.seal(opened.private_key_der),
        added_by=by,
        added_at=fn.now(),
        **place,
    ).execute()


def _resume(tenant_id: int, at: datetime | None) -> None:
    """Work that waits for a certificate is due ``at`` (None: now), without anybody asking."""
    due = {**work.cleared(0), "published_at": None}  # nobody sends a message: their sweep takes them up
    if at is not None:
        why = sentences.said("next_certificate", start=certificate_texts.day(at)).es
        due |= {"next_attempt_at": at, "last_error_code": Document.last_error_code, "last_error": why}
    waiting = Document.needs_person_code.in_(WAITING_FOR_ONE) | (
        (Document.state == State.DRAFT) & Document.last_error_code.in_(WAITING_FOR_ONE)
    )
    Document.update(**due).where(
        Document.tenant_id == tenant_id, Document.lease_until.is_null(), waiting
    ).execute()


def _sooner(before: Timeline, opened: OpenedCertificate) -> tuple[Text, ...]:
    current = before.current
    if current is None or opened.not_after >= current.not_after:
        return ()
    ends, was = certificate_texts.day(opened.not_after), certificate_texts.day(current.not_after)
    return (certificate_texts.text("ends_earlier", day=ends, before=was),)


def _gap(before: Timeline, opened: OpenedCertificate, now: datetime) -> tuple[Text, ...]:
    current = before.current
    covered = current.not_after if current and certificate_timeline.is_valid(current, now) else now
    if covered >= opened.signs_from:
        return ()
    ends, starts = certificate_texts.day(covered), certificate_texts.day(opened.signs_from)
    return (certificate_texts.text("leaves_a_gap", ends=ends, begins=starts),)
