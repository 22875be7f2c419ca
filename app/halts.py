"""Halts: signing and sending of a taxpayer or establishment stand still until a person, or their time, lifts them.

What was sent is asked for all the same. A halt that the SRI's words place has no time: only a person knows.
"""

from datetime import UTC, datetime

from peewee import fn

from app import sentences
from app.alerts import raise_alert, resolve_alert
from app.auditing import audit
from app.errors import Mistyped, Refused, Text
from app.sri.codes import HALTS_ESTABLISHMENT, HALTS_TENANT, MessageCode, describe
from app.sri.gateway import Answer
from app.store.documents import Document
from app.store.tenants import Halt
from app.tenancy import every_tenant_scope, tenant_scope

PLACED = "halted"
HELD_BACK = ("draft", "signed")
"""States whose next step a halt holds back."""
BY_HAND = "manual"
"""The code of a halt that a person places; the SRI's are numbers."""
RESTORED = "restored"
"""Stands after a restored backup until the SRI was asked; ``app.reconciling`` alone ends it."""
_NOT_BY_HAND = Text(
    "la base se restauró de un respaldo y eso no se levanta a mano: use «autoriza reconcile»",
    "the database was restored from a backup, which is not lifted by hand: use 'autoriza reconcile'",
)
_NONE_THERE = Text(
    "no hay ninguna suspensión vigente ahí: consulte «autoriza tenant halts»",
    "no halt stands there: see 'autoriza tenant halts'",
)


def place_for(document: Document, answer: Answer) -> None:
    """Place the halts that the codes of a refusal ask for (rules 7.3). Inside the tenant's scope."""
    for message in answer.messages:
        if message.code in HALTS_TENANT:
            stand(document.tenant_id, None, message.code, message.detail or message.text)
        elif message.code in HALTS_ESTABLISHMENT:
            stand(document.tenant_id, document.establishment, message.code, message.detail or message.text)


def place(
    tenant_id: int,
    establishment: str | None,
    *,
    code: str,
    reason: str,
    by: str,
    until: datetime | None = None,
) -> None:
    """A person stops a taxpayer, or one establishment of theirs (3 digits), for good or ``until`` then (aware).

    Raises ``Refused`` for a time that is over.
    """
    if until is not None and until <= datetime.now(UTC):
        raise Mistyped(
            Text("la hora de levantar la suspensión ya pasó", "the time to lift the halt is over already")
        )
    with tenant_scope(tenant_id):
        stand(tenant_id, establishment, code, reason, by, until)
        target = establishment or "tenant"
        facts = {"until": until.isoformat()} if until else {}
        audit(tenant_id, by=by, action="halt_placed", target=target, reason=reason, facts=facts)


def lift_overdue() -> list[int]:
    """Lift the halts whose time is over; of which taxpayers."""
    with every_tenant_scope():
        over = list(Halt.select().where(Halt.lifted_at.is_null(), Halt.resume_at <= fn.now()))
        _end(over, "autoriza", sentences.said("time_has_come").es)
        for halt in over:
            target = halt.establishment or "tenant"
            audit(halt.tenant_id, by="autoriza", action="halt_lifted", target=target, reason=halt.reason)
    return sorted({halt.tenant_id for halt in over})


def lift(tenant_id: int, establishment: str | None, *, by: str, reason: str) -> int:
    """End the standing halts of the taxpayer (None) or of one establishment; how many. Raises ``Refused`` for none."""
    with tenant_scope(tenant_id):
        where = Halt.establishment.is_null() if establishment is None else Halt.establishment == establishment
        there = list(Halt.select().where(Halt.tenant_id == tenant_id, Halt.lifted_at.is_null(), where))
        standing = [halt for halt in there if halt.code != RESTORED]
        if not standing:
            raise Refused(_NOT_BY_HAND if there else _NONE_THERE)
        _end(standing, by, reason)
        audit(tenant_id, by=by, action="halt_lifted", target=establishment or "tenant", reason=reason)
    return len(standing)


def end_restored(tenant_id: int, *, by: str, reason: str) -> None:
    """The SRI was asked for all that a restored backup had forgotten. Inside the tenant's scope."""
    standing = Halt.select().where(
        Halt.tenant_id == tenant_id, Halt.code == RESTORED, Halt.lifted_at.is_null()
    )
    _end(list(standing), by, reason)
    audit(tenant_id, by=by, action="reconciled", target="tenant", reason=reason)


def _end(standing: list[Halt], by: str, reason: str) -> None:
    if not standing:
        return
    Halt.update(lifted_at=fn.now(), lifted_by=by, lift_reason=reason).where(
        Halt.id.in_([halt.id for halt in standing])
    ).execute()
    for halt in standing:
        resolve_alert(halt.tenant_id, PLACED, _subject(halt.establishment, halt.code))
    # Messages of before may have come to nothing: whatever is due is published anew.
    Document.update(published_at=None).where(
        Document.tenant_id.in_([halt.tenant_id for halt in standing]),
        Document.state.in_(HELD_BACK),
        Document.next_attempt_at <= fn.now(),
        Document.published_at <= fn.now(),
        Document.lease_until.is_null(),
    ).execute()


def stand(
    tenant_id: int,
    establishment: str | None,
    code: str,
    reason: str,
    by: str = "SRI",
    until: datetime | None = None,
) -> None:
    """Place a halt and its alert, unless one with the same code stands there. Inside the tenant's scope."""
    same = Halt.establishment.is_null() if establishment is None else Halt.establishment == establishment
    if (
        Halt.select()
        .where(Halt.tenant_id == tenant_id, Halt.lifted_at.is_null(), Halt.code == code, same)
        .exists()
    ):
        return
    Halt.insert(
        tenant_id=tenant_id,
        establishment=establishment,
        code=code,
        reason=reason,
        placed_by=by,
        since=fn.now(),
        resume_at=until,
    ).execute()
    raise_alert(tenant_id, PLACED, _subject(establishment, code), _told(describe(code), reason))


def _told(known: MessageCode, reason: str) -> Text:
    """What a code of the SRI means and asks for; else what was said, by a person or by us."""
    if not known.text:
        return sentences.read(reason)
    return Text(f"{known.meaning.es} {known.remedy.es}", f"{known.meaning.en} {known.remedy.en}")


def _subject(establishment: str | None, code: str) -> str:
    return f"{code} {establishment or 'tenant'}"
