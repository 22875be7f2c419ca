"""The circuit breaker of each SRI service: one row, shared by every worker; open, it lets one probe through at a time.

closed ──failures in a row──► open ──probe_at──► probing ──an answer──► closed (slow start)
                                ▲                   └──no answer──► open
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast

from peewee import Case, fn

from app.errors import Unavailable
from app.sri.gateway import Environment
from app.store.engine import Circuit
from app.store.prepared import Prepared
from app.work import in_seconds

Service = Literal["submit", "query"]
State = Literal["closed", "open", "probing"]
OF_ONE_DOCUMENT = frozenset({"fault", "wrong_key", "no_estado", "no_verdict", "too_large", "not_soap"})
"""Silences that say nothing about the service: it answered, and the answer was of no use for that document."""
SLOW_START_S = 30.0
LEAST_SHARE = 0.1


@dataclass(frozen=True)
class Standing:
    """How one service stands, by the database's clock, read a moment ago."""

    state: State
    changed_at: datetime
    probe_at: datetime | None

    def share(self, now: datetime) -> float:
        """The share of the usual rate to use: all, less during the slow start, nothing while it is not closed."""
        if self.state != "closed":
            return 0.0
        since = (now - self.changed_at).total_seconds()
        return min(1.0, max(LEAST_SHARE, since / SLOW_START_S))

    def probe_due(self, now: datetime) -> bool:
        """Whether somebody may try it again."""
        return self.state != "closed" and self.probe_at is not None and self.probe_at <= now


def read(environment: Environment, service: Service) -> Standing:
    """How the service stands now. Needs no tenant's scope."""
    row = Circuit.get((Circuit.environment == environment) & (Circuit.service == service))
    return Standing(cast(State, row.state), row.changed_at, row.probe_at)


def take_probe(environment: Environment, service: Service, *, patience_s: float) -> bool:
    """Whether the caller may make the one call that shows whether the service is back; it reports by its exchange.

    A probe that never reports is over after ``patience_s`` and another may be taken.
    """
    return bool(
        Circuit.update(state="probing", probe_at=in_seconds(patience_s))
        .where(
            Circuit.environment == environment,
            Circuit.service == service,
            Circuit.state != "closed",
            Circuit.probe_at <= fn.now(),
        )
        .execute()
    )


ANSWERED = """
update jobs.circuit
set failures = 0, changed_at = case when state <> 'closed' then now() else changed_at end, state = 'closed',
    probe_at = null, reason = null
where environment = %(environment)s and service = %(service)s and (failures > 0 or state <> 'closed')
"""
_ANSWERED = Prepared(ANSWERED)


def note_answer(environment: int, service: Service) -> None:
    """An answer came: whatever was wrong is over. ``ANSWERED`` is the same within a larger statement."""
    _ANSWERED.count(environment=environment, service=service)


def note_silence(
    environment: int, service: Service, silence: Unavailable, *, opens_after: int, probe_every_s: float
) -> None:
    """No usable answer came: one more failure in a row; enough of them, or a failed probe, open the circuit."""
    if silence.kind in OF_ONE_DOCUMENT:
        return
    opens = (Circuit.failures + 1 >= opens_after) | (Circuit.state == "probing")
    Circuit.update(
        failures=Circuit.failures + 1,
        state=Case(None, [(opens, "open")], Circuit.state),
        changed_at=Case(None, [(opens & (Circuit.state == "closed"), fn.now())], Circuit.changed_at),
        probe_at=Case(
            None,
            [(opens & ((Circuit.state != "open") | Circuit.probe_at.is_null()), in_seconds(probe_every_s))],
            Circuit.probe_at,
        ),
        reason=str(silence)[:300],
    ).where(Circuit.environment == environment, Circuit.service == service).execute()


def now() -> datetime:
    """The clock to read a standing by; a few seconds of skew only shift a probe."""
    return datetime.now(UTC)
