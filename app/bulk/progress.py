"""How far an operation is, tenant by tenant, and what was said of those it left alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.store.base import database

_COUNTED = """
select tenant_id, coalesce(outcome, 'waiting'), case when outcome = 'done' then null else said end, count(*)
from bulk_item where bulk_id = %s group by 1, 2, 3
"""


@dataclass
class Progress:
    """Documents of one operation by outcome (``waiting``, ``done``, ``skipped``, ``failed``)."""

    by_outcome: dict[str, int] = field(default_factory=dict)
    by_tenant: dict[int, dict[str, int]] = field(default_factory=dict)
    because: dict[tuple[str, str], int] = field(default_factory=dict)
    """Of those skipped or failed: how often each reason."""

    @property
    def total(self) -> int:
        """All documents of the snapshot."""
        return sum(self.by_outcome.values())

    def of(self, *outcomes: str) -> int:
        """Documents that came to one of ``outcomes``."""
        return sum(self.by_outcome.get(outcome, 0) for outcome in outcomes)

    @property
    def share(self) -> float:
        """The part that is settled, from 0 to 1."""
        return 1 - self.of("waiting") / self.total if self.total else 1.0


def measure(bulk_id: int) -> Progress:
    """The progress of an operation. Inside a scope of all its tenants."""
    progress = Progress()
    for tenant_id, outcome, said, count in _rows(bulk_id):
        progress.by_outcome[outcome] = progress.by_outcome.get(outcome, 0) + count
        own = progress.by_tenant.setdefault(tenant_id, {})
        own[outcome] = own.get(outcome, 0) + count
        if outcome in ("skipped", "failed"):
            why = (outcome, said or "")
            progress.because[why] = progress.because.get(why, 0) + count
    return progress


def _rows(bulk_id: int) -> Sequence[tuple[int, str, str | None, int]]:
    rows: Sequence[tuple[int, str, str | None, int]] = database.execute_sql(_COUNTED, (bulk_id,)).fetchall()
    return rows
