"""The console's door to the engine: what people may ask of it, and what it runs by the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.correcting import Corrected
from app.errors import Mistyped, Text
from app.intake import Offer
from app.pausing import Subject, subject_of
from app.store.engine import Schedule
from workers import rhythms
from workers.cron import Cron

LONGEST_PAUSE_H = 24 * 30


@dataclass(frozen=True)
class Programme:
    """A periodic actor: its name, and when its setting has it due."""

    name: str
    configured: Cron

    def in_force(self, announced: Schedule | None) -> Cron:
        """When it is due: what a person set on its row, else the setting."""
        return rhythms.of(announced, self.configured).cron


@dataclass(frozen=True)
class Depth:
    """Messages of one queue: those that wait or are at work, and those that come due later."""

    waiting: int
    delayed: int


# The modules below bind the broker to the settings in use when they are first imported, so they are imported
# when a request needs them: by then the console has said which settings those are.


def retry(tenant_id: int, document_id: int, *, by: str) -> None:
    """Try the next step of a document, or of its RIDE, now. Raises ``Refused`` when that makes no sense."""
    from workers import by_hand

    by_hand.retry(tenant_id, document_id, by=by)


def ask_sri(tenant_id: int, document_id: int, *, by: str) -> None:
    """Have the SRI asked about a document now. Raises ``Refused`` when it cannot know of it, or has said yes."""
    from workers import by_hand

    by_hand.ask_sri(tenant_id, document_id, by=by)


def correct(
    tenant_id: int, document_id: int, *, by: str, reason: str, offer: Offer | None, new_number: bool
) -> Corrected:
    """Correct a refused document and start it on its way. Raises ``Refused``, and ``Invalid`` with every problem."""
    from workers import by_hand

    return by_hand.correct(tenant_id, document_id, by=by, reason=reason, offer=offer, new_number=new_number)


def resend(tenant_id: int, document_id: int, *, to: str | None, by: str, reason: str) -> list[str]:
    """Send an authorized document to its buyer, or to ``to``, once more; to which addresses. Raises ``Refused``."""
    from workers import by_hand

    return by_hand.resend(tenant_id, document_id, to=to, by=by, reason=reason)


def wake(tenant_id: int, document_id: int) -> None:
    """Start a new draft on its way without waiting for its sweep."""
    from workers import by_hand

    by_hand.wake(tenant_id, document_id)


def run_now(schedule: str, *, by: str) -> int:
    """Run a schedule beside its clock; the id of its tick. Raises ``Refused``."""
    from workers import by_hand

    return by_hand.run_now(schedule, by=by)


def pause(schedule: str, *, by: str, reason: str, until: datetime | None) -> None:
    """Skip a schedule's ticks from now on, or until then. Raises ``Refused``."""
    from workers import by_hand

    by_hand.pause(schedule, by=by, reason=reason, until=until)


def resume(schedule: str, *, by: str) -> None:
    """Let a paused schedule run again. Raises ``Refused``."""
    from workers import by_hand

    by_hand.resume(schedule, by=by)


def set_cron(schedule: str, cron: str, *, by: str, reason: str) -> None:
    """Let a schedule keep to ``cron`` until it is given back to its setting. Raises ``Refused``."""
    from workers import by_hand

    by_hand.set_cron(schedule, cron, by=by, reason=reason)


def as_configured(schedule: str, *, by: str) -> None:
    """Let a schedule keep to its setting again. Raises ``Refused``."""
    from workers import by_hand

    by_hand.as_configured(schedule, by=by)


def hold(what: str, *, by: str, reason: str, until: datetime | None) -> Subject:
    """Pause what a form names, from now on or until then. Raises ``Refused``."""
    from workers import by_hand

    subject = subject_of(what)
    by_hand.hold(subject, by=by, reason=reason, until=until)
    return subject


def let_go(what: str, *, by: str) -> Subject:
    """Let it go on: what waited is published at once. Raises ``Refused``."""
    from workers import by_hand

    subject = subject_of(what)
    by_hand.let_go(subject, by=by)
    return subject


def repair(tenant_id: int, document_id: int, *, by: str) -> None:
    """Have the sweep take up now what stands still; what crashed is tried anew. Raises ``Refused``."""
    from workers import by_hand

    by_hand.repair(tenant_id, document_id, by=by)


def lift(tenant_id: int, establishment: str | None, *, by: str, reason: str) -> int:
    """End a taxpayer's halts, and publish what waited; how many. Raises ``Refused``."""
    from workers import by_hand

    return by_hand.lift(tenant_id, establishment, by=by, reason=reason)


def until_in(hours: str) -> datetime | None:
    """The moment so many hours from now, as a form writes them; None for nothing written. Raises ``Refused``."""
    if not hours.strip():
        return None
    if not (hours.isascii() and hours.isdigit() and 0 < int(hours) <= LONGEST_PAUSE_H):
        raise Mistyped(
            Text(
                f"las horas son un número entero, como máximo {LONGEST_PAUSE_H}",
                f"the hours are a whole number, {LONGEST_PAUSE_H} at most",
            )
        )
    return in_hours(int(hours))


def in_hours(hours: int) -> datetime:
    """The moment so many hours from now, aware."""
    return datetime.now(UTC) + timedelta(hours=hours)


def queues() -> list[Any] | None:
    """What waits in Redis, queue by queue; None while Redis is away."""
    import redis

    from workers import queues as waiting

    try:
        return list(waiting.look())
    except redis.RedisError:
        return None


def queue_names() -> list[str]:
    """The queues of this installation."""
    from workers import queues as waiting

    return waiting.declared()


def programmes() -> tuple[Programme, ...]:
    """Every periodic actor of this installation, in the order of an invoice's way."""
    from workers.schedules import PERIODIC

    return tuple(Programme(actor.actor_name, actor.options["periodic"]) for actor in PERIODIC)


def is_programme(actor: str) -> bool:
    """Whether ``actor`` is a periodic one, which may be run at any time."""
    return any(one.name == actor for one in programmes())


def depths() -> dict[str, Depth]:
    """How deep each queue is; empty while Redis does not tell."""
    import redis

    from workers import schedules  # noqa: F401 - which declares every queue
    from workers.broker import NAMESPACE, broker

    try:
        with broker.client.pipeline(transaction=False) as pipe:
            queues = sorted(broker.get_declared_queues())
            for queue in queues:
                pipe.hlen(f"{NAMESPACE}:{queue}.msgs")
                pipe.hlen(f"{NAMESPACE}:{queue}.DQ.msgs")
            counts = pipe.execute()
    except redis.RedisError:
        return {}
    return {queue: Depth(*counts[2 * place : 2 * place + 2]) for place, queue in enumerate(queues)}


def let_bulk_go_on(bulk_id: int) -> None:
    """Tell the queue that a bulk operation has something to do; after the commit that says so."""
    from workers import bulk

    bulk.send(bulk_id)


def let_export_go_on(export_id: int) -> None:
    """Tell the queue that an export is to be written; after the commit that says so."""
    from workers import exports

    exports.send(export_id)
