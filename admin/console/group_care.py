"""What people decided about the groups on a page, put together from the taxpayers each group is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from peewee import SQL

from admin.console.door import current, of_mine
from app.failure_groups import Key
from app.store.failures import FailureCare
from app.store.people import Person


@dataclass(frozen=True)
class Care:
    """The decisions about one group: a row for each taxpayer somebody decided something for."""

    rows: Sequence[FailureCare]
    names: dict[int, str]
    """Names of people by id."""
    tenants: frozenset[int]
    """The taxpayers the group is made of now."""

    @property
    def assignees(self) -> list[str]:
        """Names of those who look into it."""
        return sorted({self.names[row.assignee_id] for row in self.rows if row.assignee_id in self.names})

    @property
    def mine(self) -> bool:
        """Whether it is the signed-in person's."""
        return any(row.assignee_id == current().person_id for row in self.rows)

    @property
    def put_off(self) -> list[FailureCare]:
        """The decisions by which it waits now."""
        now = datetime.now(UTC)
        return [row for row in self.rows if row.snoozed_until is not None and row.snoozed_until > now]

    @property
    def snoozed(self) -> bool:
        """Whether it waits for every taxpayer it is made of."""
        return bool(self.put_off) and self.tenants <= {row.tenant_id for row in self.put_off}

    @property
    def back_at(self) -> datetime | None:
        """When it comes back at the latest."""
        return min((row.snoozed_until for row in self.put_off), default=None)

    @property
    def was_n(self) -> int:
        """How many there were when it was put off."""
        return sum(row.snoozed_n or 0 for row in self.put_off)

    @property
    def wakes_at(self) -> int | None:
        """How many bring it back sooner; None when each of several taxpayers has a number of its own."""
        return self.put_off[0].wakes_at_n if len(self.put_off) == 1 else None

    @property
    def woken(self) -> FailureCare | None:
        """The last decision to put it off, when that came to its end by itself."""
        now = datetime.now(UTC)
        over = [row for row in self.rows if row.snoozed_until is not None and row.snoozed_until <= now]
        back = [row for row in self.rows if row.woken_because in ("time", "grew")]
        found = sorted([*over, *back], key=lambda row: row.snoozed_at)
        return found[-1] if found and not self.put_off else None

    @property
    def muted(self) -> bool:
        """Whether no alert is raised about it, for any of its taxpayers."""
        silent = {row.tenant_id for row in self.rows if row.muted_at}
        return bool(silent) and self.tenants <= silent

    @property
    def notes(self) -> list[FailureCare]:
        """One for each text, the newest first."""
        found = sorted((row for row in self.rows if row.note), key=lambda row: row.noted_at)
        return list({row.note: row for row in found}.values())[::-1]

    @property
    def runbooks(self) -> list[str]:
        """Where it is written what to do."""
        return sorted({row.runbook for row in self.rows if row.runbook})


def read(groups: Iterable[tuple[Key, Iterable[int]]]) -> dict[Key, Care]:
    """The decisions about each group, by its key, in the documents of the taxpayers named. Inside ``mine()``."""
    wanted = {key: frozenset(tenants) for key, tenants in groups}
    keys = [stage for stage, _ in wanted], [cause for _, cause in wanted]
    both = SQL("(t1.stage, t1.cause) in (select * from unnest(%s::text[], %s::text[]))", keys)
    rows: dict[Key, list[FailureCare]] = {key: [] for key in wanted}
    for row in FailureCare.select().where(*of_mine(FailureCare), both):
        rows[row.stage, row.cause].append(row)
    ids = {row.assignee_id for some in rows.values() for row in some if row.assignee_id}
    people = Person.select(Person.id, Person.name).where(Person.id.in_(ids or [0]))
    names = {person.id: person.name for person in people}
    return {key: Care(_of(rows[key], wanted[key]), names, wanted[key]) for key in wanted}


def _of(rows: Sequence[FailureCare], tenants: frozenset[int]) -> list[FailureCare]:
    return [row for row in rows if row.tenant_id in tenants] if tenants else list(rows)
