"""How much there is of everything, for the start page; bounded, so that a large installation answers as fast."""

from dataclasses import dataclass
from datetime import datetime

from admin.console.attention import REFUSED
from app.lifecycle import MOVING, State
from app.store.base import database

COUNTED_UP_TO = 10_000
LATE_AFTER_S = 120

# One part per state, tenant by tenant, so that an index answers each; nothing is counted beyond the bound.
# The range over the state is on purpose, see admin.console.keyset.
_COUNTED = """
select tenant.id, tenant.razon_social, tenant.environment, '{state}' as state, counted.n, {parked}, {oldest}
from tenant
cross join lateral (
    select count(*) as n from (
        select 1 from document where tenant_id = tenant.id and state = '{state}' limit {bound}
    ) capped
) counted"""
_PARKED = """
cross join lateral (
    select count(*) as n from (
        select 1 from document
        where tenant_id = tenant.id and state = '{state}' and needs_person_since is not null limit {bound}
    ) capped
) parked
left join lateral (
    select created_at from document
    where tenant_id = tenant.id and state >= '{state}' and state <= '{state}' order by state, id limit 1
) oldest on true"""


def _part(state: State) -> str:
    values = {"state": state, "bound": COUNTED_UP_TO + 1}
    if state in MOVING:
        return (_COUNTED + _PARKED).format(parked="parked.n", oldest="oldest.created_at", **values)
    alone = "counted.n" if state in REFUSED else "0"
    return _COUNTED.format(parked=alone, oldest="null::timestamptz", **values)


_SQL = " union all ".join(_part(state) for state in State)


@dataclass
class Tally:
    """One taxpayer's documents."""

    tenant_id: int
    name: str
    environment: int
    by_state: dict[State, int]
    needing_person: int = 0
    oldest: datetime | None = None

    @property
    def moving(self) -> int:
        """Documents the engine still works on."""
        return sum(self.by_state[state] for state in MOVING)


def tallies() -> list[Tally]:
    """Every visible taxpayer, those with the oldest unfinished document first. Inside a scope."""
    found: dict[int, Tally] = {}
    for tenant_id, name, environment, word, number, waiting, created in database.execute_sql(_SQL).fetchall():
        tally = found.setdefault(tenant_id, Tally(tenant_id, name, environment, dict.fromkeys(State, 0)))
        tally.by_state[State(word)] = number
        tally.needing_person += waiting
        tally.oldest = min(filter(None, (tally.oldest, created)), default=None)
    return sorted(found.values(), key=lambda one: (one.oldest is None, one.oldest or 0, one.name))
