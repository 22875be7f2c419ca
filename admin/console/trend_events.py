"""What happened beside the figures of a span, as its charts and a list tell it: new releases, and pauses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from admin.console import pauses_shown
from admin.console.charts import Event
from admin.console.texts import t
from app import milestones, pausing
from app.store.engine import Pause
from app.trends import Span, stretch


@dataclass(frozen=True)
class Happened:
    """A release first at work at a moment, or a pause from one to another; ``until`` is None while it stands."""

    name: str
    at: datetime
    until: datetime | None = None
    pause: Pause | None = None


def of(over: Span, *, engine: bool, now: datetime | None = None) -> list[Happened]:
    """Everything within the span, in order; releases only for those who may see the ``engine``. Inside a scope."""
    since, upto = stretch(over, now)
    found = [
        Happened(pauses_shown.name_of(pausing.of_row(row)), row.since, row.ended_at, row)
        for row in milestones.pauses(since, upto)
    ]
    if engine:
        releases = milestones.releases(since, upto, over.grain)
        found += [Happened(t("trends.release", version=one.version), one.at) for one in releases]
    return sorted(found, key=lambda one: one.at)


def on_chart(happened: Sequence[Happened], over: Span, now: datetime) -> list[Event]:
    """The same on the steps of the span's charts."""
    since, _ = stretch(over, now)
    return [
        Event(
            one.name if one.pause is None else t("trends.paused", name=one.name),
            (one.at - since) / over.step,
            None if one.pause is None else ((one.until or now) - since) / over.step,
        )
        for one in happened
    ]
