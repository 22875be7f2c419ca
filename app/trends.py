"""Rollups read back: how often, and how long at the median and the 95th percentile, over the last hour to month."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app import rollups
from app.rollups import COARSE, EDGES, FINE
from app.store.base import database
from app.store.tenants import Tenant

EVERYBODY = (0,)
"""Whose rollups an installation's whole is: tenant 0 has the sums, made when the rollups were."""


@dataclass(frozen=True)
class Span:
    """A stretch of time that ends now, cut into steps; ``grain`` are the finest rollups it is made of."""

    name: str
    length: timedelta
    step: timedelta
    grain: int


SPANS = (
    Span("1h", timedelta(hours=1), timedelta(minutes=5), FINE),
    Span("24h", timedelta(hours=24), timedelta(minutes=30), FINE),
    Span("7d", timedelta(days=7), timedelta(hours=6), COARSE),
    Span("30d", timedelta(days=30), timedelta(days=1), COARSE),
)
# Whole days up to ``days``, finer ones from there on: a month read by the hour would be most of the table.
_COUNTED = """(
    select tenant_id, at, subject, bin, n, seconds from rollup where tenant_id = any(%(tenants)s)
        and grain = 86400 and measure = %(measure)s and at >= %(since)s and at < %(days)s
    union all
    select tenant_id, at, subject, bin, n, seconds from rollup where tenant_id = any(%(tenants)s)
        and grain = %(grain)s and measure = %(measure)s and at >= %(days)s and at < %(upto)s
) counted"""
_READ = """
select date_bin(%(step)s, at, %(since)s), subject, bin, sum(n), sum(seconds) from {counted} group by 1, 2, 3
"""
_TOP = """
select tenant_id, coalesce(sum(n) filter (where subject = 'authorized'), 0) as authorized,
    coalesce(sum(n) filter (where subject <> 'authorized'), 0) as refused
from {counted} where subject in ('authorized', 'returned', 'rejected')
group by tenant_id order by authorized desc, refused desc, tenant_id limit %(most)s
"""


@dataclass(frozen=True)
class Ranked:
    """How many documents of one taxpayer the SRI authorized over a span, and how often it refused one."""

    tenant_id: int
    authorized: int
    refused: int


@dataclass
class Counts:
    """How often, by the bin of its duration."""

    bins: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def n(self) -> int:
        """How often in all."""
        return sum(self.bins.values())

    def add(self, bin_: int, n: int, seconds: float) -> None:
        """Count ``n`` more within one bin."""
        self.bins[bin_] = self.bins.get(bin_, 0) + n
        self.seconds += seconds

    def percentile(self, share: float) -> float | None:
        """Seconds within which ``share`` of them ended, as exact as the bins; None when there are none."""
        left = share * self.n
        if not self.n:
            return None
        for bin_ in sorted(self.bins):
            count = self.bins[bin_]
            if left <= count:
                low, high = _ends(bin_)
                return low + (high - low) * left / count
            left -= count
        return _ends(max(self.bins))[1]


@dataclass
class Series:
    """One measure over a span: for each step its counts by subject."""

    moments: list[datetime]
    by_moment: dict[datetime, dict[str, Counts]]

    def counts(self, at: datetime, wanted: Callable[[str], bool] = bool) -> Counts:
        """The counts of one step, of the subjects wanted, as one."""
        found = [counts for subject, counts in self.by_moment[at].items() if wanted(subject)]
        return found[0] if len(found) == 1 else together(found)

    def whole(self, wanted: Callable[[str], bool] = bool) -> Counts:
        """The same over all steps."""
        return together(self.counts(at, wanted) for at in self.moments)

    def subjects(self) -> list[str]:
        """Every subject there is, in the order of the alphabet."""
        return sorted({subject for known in self.by_moment.values() for subject in known})


def read(measure: str, span: Span, tenant_ids: Sequence[int], *, now: datetime | None = None) -> Series:
    """``measure`` of ``tenant_ids`` (``EVERYBODY``: of the installation) over ``span``. Inside a scope."""
    asked = _asked(measure, span, tenant_ids, now)
    first: datetime = asked["since"]
    moments = [first + span.step * place for place in range(int(span.length / span.step))]
    found: dict[datetime, dict[str, Counts]] = {at: {} for at in moments}
    rows = database.execute_sql(_READ.format(counted=_COUNTED), asked | {"step": span.step})
    for at, subject, bin_, n, seconds in rows.fetchall():
        found[at].setdefault(subject, Counts()).add(int(bin_), int(n), float(seconds))
    return Series(moments, found)


def top(
    span: Span, tenant_ids: Sequence[int] | None, most: int, *, now: datetime | None = None
) -> list[Ranked]:
    """The taxpayers with most documents authorized over ``span``, of ``tenant_ids`` or of all. Inside a scope."""
    whose = [row.id for row in Tenant.select(Tenant.id)] if tenant_ids is None else tenant_ids
    asked = _asked("moved", span, whose, now) | {"most": most}
    rows = database.execute_sql(_TOP.format(counted=_COUNTED), asked).fetchall()
    return [Ranked(tenant_id, int(authorized), int(refused)) for tenant_id, authorized, refused in rows]


def stretch(span: Span, now: datetime | None = None) -> tuple[datetime, datetime]:
    """When the first step of a span that ends now begins, and when its last one ends; days are those of Ecuador."""
    last = rollups.floor(now or datetime.now(UTC), span.step.total_seconds())
    return last - span.length + span.step, last + span.step


def _asked(measure: str, span: Span, tenant_ids: Sequence[int], now: datetime | None) -> dict[str, Any]:
    since, upto = stretch(span, now)
    rolled = rollups.days_upto() if span.step.days else None
    days = min(max(rolled, since), upto) if rolled else since
    known = {"measure": measure, "grain": span.grain, "tenants": list(tenant_ids)}
    return known | {"since": since, "days": days, "upto": upto}


def together(counted: Iterable[Counts]) -> Counts:
    """Several counts as one."""
    whole = Counts()
    for one in counted:
        for bin_, n in one.bins.items():
            whole.add(bin_, n, 0.0)
        whole.seconds += one.seconds
    return whole


def bin_of(seconds: float) -> int:
    """The bin that PostgreSQL's ``width_bucket`` puts a duration in."""
    return bisect_right(EDGES, seconds)


def _ends(bin_: int) -> tuple[float, float]:
    low = EDGES[bin_ - 1] if bin_ else 0.0
    return low, EDGES[bin_] if bin_ < len(EDGES) else 2 * EDGES[-1]
