"""What happened beside the figures of a span, as its charts and a list tell it: releases, pauses, the SRI's outages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from admin.console import outages_shown, pauses_shown
from admin.console.charts import Event
from admin.console.outages_shown import Shown
from admin.console.texts import t
from app import milestones, pausing
from app.store.engine import Pause
from app.trends import Span, stretch


@dataclass(frozen=True)
class Happened:
    """A release first at work at a moment, or a pause or an outage from one to another.

    ``until`` is None while that stands.
    """

    name: str
    at: datetime
    until: datetime | None = None
    pause: Pause | None = None
    outage: Shown | None = None

    @property
    def said(self) -> str:
        """It on a chart."""
        if self.outage:
            return self.outage.said
        return t("trends.paused", name=self.name) if self.pause else self.name


def of(over: Span, *, engine: bool, now: datetime | None = None) -> tuple[list[Happened], int]:
    """What is shown of the span, in order, and how many shorter outages there were. Inside ``mine()``.

    Releases only for those who may see the ``engine``; outages of the ambientes the reader's taxpayers issue in.
    """
    since, upto = stretch(over, now)
    found = [
        Happened(pauses_shown.name_of(pausing.of_row(row)), row.since, row.ended_at, row)
        for row in milestones.pauses(since, upto)
    ]
    away, shorter = outages_shown.within(since, upto)
    found += [Happened(one.name, one.row.since, one.row.until, outage=one) for one in away]
    if engine:
        releases = milestones.releases(since, upto, over.grain)
        found += [Happened(t("trends.release", version=one.version), one.at) for one in releases]
    return sorted(found, key=lambda one: one.at), shorter


def on_chart(happened: Sequence[Happened], over: Span, now: datetime) -> list[Event]:
    """The same on the steps of the span's charts."""
    since, _ = stretch(over, now)
    found = []
    for one in happened:
        lasted = one.pause is not None or one.outage is not None
        end = ((one.until or now) - since) / over.step if lasted else None
        found.append(Event(one.said, (one.at - since) / over.step, end, "away" if one.outage else ""))
    return found
