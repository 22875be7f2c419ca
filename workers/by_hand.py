"""What people may ask of the engine: try or correct a document, run a schedule now, look at a new document at once."""

from datetime import UTC, datetime

import redis
from dramatiq.errors import BrokerError

from app import buyer_notices, correcting, halts, pausing, resending, retrying, rhythm, sentences, work
from app.auditing import audit
from app.correcting import Corrected
from app.errors import Mistyped, Refused, Text
from app.intake import Offer
from app.lifecycle import MOVING, State
from app.pausing import Subject
from app.store.documents import Document
from app.tenancy import SYSTEM, tenant_scope
from workers import chains, jobs, rhythms, schedules, ticks
from workers.job import JOBS, announce, publish, wake_deliveries


def wake(tenant_id: int, document_id: int) -> None:
    """Start a new draft on its way without waiting for its sweep."""
    announce(tenant_id, document_id, State.DRAFT)


def retry(tenant_id: int, document_id: int, *, by: str, reason: str | None = None) -> None:
    """Try the next step of a document, or of its RIDE, now. Raises ``Refused`` when that makes no sense."""
    kind, state = retrying.retry(tenant_id, document_id, by=by, reason=reason)
    if kind == "ride":
        publish(jobs.generate_ride, tenant_id, document_id)
    else:
        announce(tenant_id, document_id, state)


def ask_sri(tenant_id: int, document_id: int, *, by: str, reason: str | None = None) -> None:
    """Let the SRI be asked about a document now. Raises ``Refused`` when it cannot know of it, or has said yes."""
    retrying.ask(tenant_id, document_id, by=by, reason=reason)
    publish(jobs.check_authorization, tenant_id, document_id)


def correct(
    tenant_id: int,
    document_id: int,
    *,
    by: str,
    reason: str,
    offer: Offer | None = None,
    new_number: bool = False,
) -> Corrected:
    """Correct a returned or rejected document and start it on its way again. Raises as ``correcting.correct``."""
    corrected = correcting.correct(
        tenant_id, document_id, by=by, reason=reason, offer=offer, new_number=new_number
    )
    announce(tenant_id, document_id, State.DRAFT)
    return corrected


def resend(tenant_id: int, document_id: int, *, to: str | None = None, by: str, reason: str) -> list[str]:
    """Send an authorized document to its buyer, or to ``to``, once more; to which addresses. Raises ``Refused``."""
    chosen = resending.resend(tenant_id, document_id, to=to, by=by, reason=reason)
    wake_deliveries(tenant_id, document_id, len(chosen))
    return chosen


def notify(tenant_id: int, document_id: int, state: str, *, by: str, reason: str) -> list[str]:
    """Tell the buyer what became of a document they got; to which addresses. Raises ``Refused``."""
    told = buyer_notices.notify(tenant_id, document_id, state, by=by, reason=reason)
    wake_deliveries(tenant_id, document_id, len(told))
    return told


def pause(schedule: str, *, by: str, reason: str, until: datetime | None = None) -> None:
    """Skip a schedule's ticks from now on, or ``until`` then (aware).

    Raises ``Refused`` without a reason, for a time that is over, and when there is none of that name that runs.
    """
    reason = pausing.explained(reason, until)
    with tenant_scope(SYSTEM):
        if not ticks.pause(schedule, by=by, reason=reason, until=until):
            raise Refused(
                Text(f"no hay un programa «{schedule}» en marcha", f"no schedule '{schedule}' runs")
            )
        facts = {"until": until.isoformat()} if until else {}
        audit(SYSTEM, by=by, action="schedule_paused", target=schedule, reason=reason, facts=facts)


def resume(schedule: str, *, by: str) -> None:
    """Let a paused schedule run again. Raises ``Refused`` when there is none of that name that is paused."""
    with tenant_scope(SYSTEM):
        if not ticks.resume(schedule):
            raise Refused(
                Text(f"no hay un programa «{schedule}» en pausa", f"no schedule '{schedule}' is paused")
            )
        audit(SYSTEM, by=by, action="schedule_resumed", target=schedule)


def set_cron(schedule: str, cron: str, *, by: str, reason: str) -> str:
    """Let a schedule keep to ``cron``, whatever the setting says, until it is given back; the expression as it is kept.

    Raises ``Refused`` without a reason, for what never comes due or is too often or too seldom for this schedule, and
    when there is none of that name.
    """
    if not reason.strip():
        raise Mistyped(Text("indique por qué se cambia", "say why it is changed"))
    if schedule not in rhythm.RAREST:
        raise Refused(Text(f"no hay un programa «{schedule}»", f"there is no schedule '{schedule}'"))
    cron = rhythm.accepted(schedule, cron)
    with tenant_scope(SYSTEM):
        changed = rhythms.change(schedule, cron, by=by, reason=reason.strip())
        facts = vars(changed)
        audit(SYSTEM, by=by, action="schedule_set", target=schedule, reason=reason.strip(), facts=facts)
    return cron


def as_configured(schedule: str, *, by: str) -> str:
    """Let a schedule keep to its setting again; which that is. Raises ``Refused`` when it does already."""
    with tenant_scope(SYSTEM):
        changed = rhythms.give_back(schedule)
        audit(SYSTEM, by=by, action="schedule_as_configured", target=schedule, facts=vars(changed))
    return changed.after


def hold(subject: Subject, *, by: str, reason: str, until: datetime | None = None) -> None:
    """Pause a queue, a stage or a service of the SRI. Raises as ``pausing.place``."""
    pausing.place(subject, by=by, reason=reason, until=until)


def let_go(subject: Subject, *, by: str, reason: str = "") -> None:
    """Let it go on: what waited is published at once. Raises ``Refused`` when it is not paused."""
    pausing.end(subject, by=by, reason=reason)
    schedules.publish_again([subject])


def repair(tenant_id: int, document_id: int, *, by: str) -> None:
    """Have the sweep take up, now, a document that stands still although it is due; one that crashed is tried anew.

    Raises ``Refused`` when it does not exist, is being worked on, or has nothing left to do by itself.
    """
    with tenant_scope(tenant_id):
        document = Document.get_or_none(Document.tenant_id == tenant_id, Document.id == document_id)
    if document is None or document.needs_person_since or document.state not in MOVING:
        retry(tenant_id, document_id, by=by, reason=sentences.said("repaired").es)
        return
    kind = next(kind for kind in JOBS.values() if kind.on == document.state)
    with tenant_scope(tenant_id):
        work.unpublish(Document, tenant_id, kind.named == document_id)
        audit(tenant_id, by=by, action="repair", target=f"document {document_id}")
    chains.start(kind.name, tenant_id)


def lift(tenant_id: int, establishment: str | None, *, by: str, reason: str) -> int:
    """End halts, and publish what waited; how many. Raises as ``halts.lift``."""
    lifted = halts.lift(tenant_id, establishment, by=by, reason=reason)
    for kind in (jobs.sign_document, jobs.submit_document):
        chains.start(kind.name, tenant_id)
    return lifted


def run_now(schedule: str, *, by: str) -> int:
    """Run a schedule at once, beside its cron; the id of the tick.

    Raises ``Refused`` for an unknown schedule, or when Redis cannot take the message: the tick is kept as failed.
    """
    actor = next((actor for actor in schedules.PERIODIC if actor.actor_name == schedule), None)
    if actor is None:
        raise Refused(Text(f"no hay un programa «{schedule}»", f"there is no schedule '{schedule}'"))
    with tenant_scope(SYSTEM):
        tick_id = ticks.take(schedule, datetime.now(UTC), origin="person", by=by)
        audit(SYSTEM, by=by, action="run_now", target=schedule)
    if tick_id is None:
        raise Refused(
            Text(
                "alguien más lo pidió en este mismo instante",
                "somebody else asked for it in this very moment",
            )
        )
    try:
        actor.send(tick_id=tick_id)
    except (BrokerError, redis.RedisError) as error:
        ticks.Running(tick_id).end("failed", str(error))
        raise Refused(
            Text(
                "Redis no recibe mensajes ahora; inténtelo en un momento",
                "Redis takes no messages now; try again in a moment",
            )
        ) from error
    return tick_id
