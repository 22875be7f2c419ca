"""How often a schedule may run when a person sets it: in no rush, and not so seldom that what it promises is broken."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from croniter import croniter

from app.durations import in_words
from app.errors import Mistyped, Refused, Text
from app.schedule_settings import comes_due

LONGEST = 100
SOONEST_S = 5
_FIELDS = {5, 6}
_ALLOWED = re.compile(r"[0-9A-Za-z*/,?#\- ]+")
_FOUR_YEARS = datetime(2027, 1, 1, tzinfo=UTC), timedelta(days=1461)
"""Every date there is, the 29th of February too."""


@dataclass(frozen=True)
class Bound:
    """The longest a schedule may stay away, and what would suffer if it did for longer."""

    most_s: int
    because: Text


_STUCK = Bound(
    60, Text("dos minutos después, lo listo cuenta como atascado", "what is due counts as stuck after two")
)
_FIVE = 300
_DAY = 24 * 3600

RAREST: Final[dict[str, Bound]] = {
    "sign_drafts": _STUCK,
    "submit_signed": _STUCK,
    "check_pending_authorizations": _STUCK,
    "generate_rides": _STUCK,
    "deliver_documents": Bound(
        600, Text("los compradores esperarían su correo", "buyers would wait for their mail")
    ),
    "end_pauses": Bound(
        _FIVE, Text("las pausas no terminarían a su hora", "pauses would not end at their time")
    ),
    "reconcile_rides": Bound(
        7 * _DAY, Text("un archivo perdido se notaría tarde", "a lost file would be noticed late")
    ),
    "keep_house": Bound(
        _FIVE,
        Text("lo que dejó un proceso caído quedaría abierto", "what a dead process left would stay open"),
    ),
    "check_invariants": Bound(_DAY, Text("un daño se sabría tarde", "damage would be known of late")),
    "watch_certificates": Bound(
        _DAY, Text("el último aviso es de un día antes", "the last warning is a day before")
    ),
    "roll_up": Bound(_FIVE, Text("las cifras quedarían viejas", "the figures would grow old")),
    "continue_bulk": Bound(
        _FIVE, Text("una operación masiva quedaría detenida", "a bulk operation would stand still")
    ),
    "evaluate_alerts": Bound(120, Text("las alertas llegarían tarde", "alerts would come late")),
}
"""By schedule; a sweep's follows from the invariants, that of the alerts from who looks instead of it."""


def accepted(schedule: str, cron: str) -> str:
    """``cron`` as it is kept, when the schedule may keep to it. Raises ``Refused`` in words."""
    cron = " ".join(cron.split())
    if len(cron) > LONGEST or not _ALLOWED.fullmatch(cron) or len(cron.split()) not in _FIELDS:
        raise Mistyped(
            Text(
                "escriba cinco campos, o seis con los segundos primero: segundo minuto hora día mes día-de-semana",
                "write five fields, or six with the seconds first: second minute hour day month weekday",
            )
        )
    try:
        comes_due(cron)
        shortest, longest = spacing(cron)
    except ValueError as error:
        raise Mistyped(
            Text(
                f"«{cron}» no es una expresión cron que llegue a cumplirse",
                f"'{cron}' is not a cron expression that ever comes due",
            )
        ) from error
    bound = RAREST[schedule]
    if shortest < SOONEST_S:
        raise Refused(
            Text(
                f"sería más de una vez cada {SOONEST_S} segundos",
                f"it would be more than once in {SOONEST_S} seconds",
            )
        )
    if longest > bound.most_s:
        raise Refused(
            Text(
                f"estaría hasta {in_words(longest).es} sin correr, y debe hacerlo al menos cada "
                f"{in_words(bound.most_s).es}: {bound.because.es}",
                f"it would stay away for up to {in_words(longest).en}, and has to run at least every "
                f"{in_words(bound.most_s).en}: {bound.because.en}",
            )
        )
    return cron


def spacing(cron: str) -> tuple[int, int]:
    """The shortest and the longest time between two due times, in seconds, on a clock without summer time.

    Raises ``ValueError`` for what is no cron expression of five or six fields.
    """
    *first, hours, day, month, weekday = cron.split()
    second, minute = first if len(first) > 1 else ("0", *first)
    midnight, _ = _FOUR_YEARS
    in_hour = _due(f"{second} {minute} * * * *", midnight, timedelta(hours=1))
    in_day = [
        hour + offset
        for hour in _due(f"0 0 {hours} * * *", midnight, timedelta(days=1))
        for offset in in_hour
    ]
    days = _due(f"0 0 0 {day} {month} {weekday}", *_FOUR_YEARS)
    overnight = [later - earlier - in_day[-1] + in_day[0] for earlier, later in pairwise(days)]
    gaps = [later - earlier for earlier, later in pairwise(in_day)] + overnight
    return (min(gaps), max(gaps)) if overnight else (_FOUR_YEARS[1] // timedelta(seconds=1),) * 2


def _due(cron: str, since: datetime, span: timedelta) -> list[int]:
    """Seconds after ``since`` of every due time within ``span``."""
    due: Callable[[], float] = croniter(cron, since - timedelta(seconds=1), second_at_beginning=True).get_next
    found = []
    while (at := int(due() - since.timestamp())) < span.total_seconds():
        found.append(at)
    return found
