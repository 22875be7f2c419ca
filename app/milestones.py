"""What may explain a chart: when a release was first at work, and what was paused meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.rollups import COARSE_KEPT, FINE, FINE_KEPT
from app.store.base import database
from app.store.engine import Pause

MOST_PAUSES = 50
LOOK_BACK = timedelta(days=60)
"""A release that was not at work for longer, or for longer than the rollups of the chart are kept, counts as new when
it is again."""

_RELEASES = """
select subject, min(at) from rollup
where tenant_id = 0 and grain = %(grain)s and measure = 'version' and at >= %(back)s and at < %(upto)s group by 1
"""


@dataclass(frozen=True)
class Release:
    """A version, and when the step of the rollups begins in which it was first at work."""

    version: str
    at: datetime


def releases(since: datetime, upto: datetime, grain: int) -> list[Release]:
    """Versions first at work between two moments; that with which the record begins is none. In the system scope."""
    kept = FINE_KEPT if grain == FINE else COARSE_KEPT
    known = {"grain": grain, "back": since - min(LOOK_BACK, kept), "upto": upto}
    found = [Release(version, at) for version, at in database.execute_sql(_RELEASES, known).fetchall()]
    began = min((one.at for one in found), default=since)
    return sorted(
        (one for one in found if one.at >= since and one.at > began), key=lambda one: (one.at, one.version)
    )


def pauses(since: datetime, upto: datetime) -> list[Pause]:
    """Pauses that stood at any time between two moments, the latest ``MOST_PAUSES``, oldest first."""
    stood = Pause.select().where(Pause.since < upto, Pause.ended_at.is_null() | (Pause.ended_at > since))
    return list(stood.order_by(Pause.id.desc()).limit(MOST_PAUSES))[::-1]
