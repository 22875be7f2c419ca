"""The console's door to the engine: what people may ask of it, and what it runs by the clock."""

from dataclasses import dataclass

from workers.cron import Cron


@dataclass(frozen=True)
class Programme:
    """A periodic actor: its name, and when it is due."""

    name: str
    cron: Cron


# The modules below bind the broker to the settings in use when they are first imported, so they are imported
# when a request needs them: by then the console has said which settings those are.


def retry(tenant_id: int, document_id: int, *, by: str) -> None:
    """Try the next step of a document, or of its RIDE, now. Raises ``Refused`` when that makes no sense."""
    from workers import by_hand

    by_hand.retry(tenant_id, document_id, by=by)


def run_now(schedule: str, *, by: str) -> int:
    """Run a schedule beside its clock; the id of its tick. Raises ``Refused``."""
    from workers import by_hand

    return by_hand.run_now(schedule, by=by)


def programmes() -> tuple[Programme, ...]:
    """Every periodic actor of this installation, in the order of an invoice's way."""
    from workers.schedules import PERIODIC

    return tuple(Programme(actor.actor_name, actor.options["periodic"]) for actor in PERIODIC)


def is_programme(actor: str) -> bool:
    """Whether ``actor`` is a periodic one, which may be run at any time."""
    return any(one.name == actor for one in programmes())
