"""The pipeline at a glance: how many documents stand at each stage, with how much money, and since when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app import counting
from app.counting import UNDER_WAY, Standing
from app.lifecycle import State

WAY = ("draft", "signed", "pending_authorization", "ride", "mail")
"""What an invoice goes through, in this order; between the verdict and the RIDE it is ``authorized``."""
REFUSED = (str(State.RETURNED), str(State.REJECTED))


@dataclass
class Stage:
    """One stage: its rows, those of them that wait for a person, the money of its documents, and the oldest."""

    name: str
    n: int = 0
    person: int = 0
    amount: Decimal = Decimal(0)
    oldest: datetime | None = None
    held: int = 0
    """How many only the silence of the SRI keeps here, or did until a moment ago, persons aside."""
    untried: int = 0
    """Those of them about which nothing has gone wrong: no call was made yet."""
    overdue: datetime | None = None
    """When the oldest came that nothing but this service keeps here; what waits for a person is none of it."""
    limit_s: float | None = None
    """How old the oldest may be before it is called late."""
    over: int = 0
    over_more: bool = False
    """How many are older than that, and whether there may be more."""

    @property
    def late(self) -> bool:
        """Whether the oldest has been there for too long, persons and the silence of the SRI aside."""
        if self.overdue is None or self.limit_s is None or self.n - self.held <= self.person:
            return False
        return (datetime.now(UTC) - self.overdue).total_seconds() > self.limit_s


@dataclass
class Board:
    """All stages of the taxpayers in sight, and each taxpayer's own numbers."""

    stages: dict[str, Stage]
    sends_mail: bool
    """Whether there is a mail server; without one, what is to be sent waits, which is neither moving nor late."""
    by_tenant: dict[int, dict[str, int]] = field(default_factory=dict)
    troubled: list[Standing] = field(default_factory=list)

    @property
    def moving(self) -> int:
        """Documents and artefacts that the engine still moves by itself."""
        return sum(
            self.stages[name].n - self.stages[name].person
            for name in WAY
            if name != "mail" or self.sends_mail
        )

    @property
    def late(self) -> list[Stage]:
        """Stages whose oldest has been there for too long."""
        return [
            stage
            for stage in self.stages.values()
            if stage.late and (stage.name != "mail" or self.sends_mail)
        ]

    @property
    def untried(self) -> int:
        """Documents that wait for the SRI to answer again and about which it was not called yet."""
        return sum(stage.untried for stage in self.stages.values())

    @property
    def without_mail(self) -> int:
        """Documents whose delivery waits for a mail server."""
        return 0 if self.sends_mail else self.stages["mail"].n - self.stages["mail"].person

    @property
    def person(self) -> int:
        """Rows that wait for a person, the refused among them."""
        return sum(self.stages[name].person for name in WAY) + sum(self.stages[name].n for name in REFUSED)

    @property
    def amount_of_persons(self) -> Decimal:
        """Money of documents that wait for a person."""
        return sum(
            (one.amount for one in self.troubled if one.person or one.stage in REFUSED), start=Decimal(0)
        )

    @property
    def waiting(self) -> int:
        """Documents on their way to the SRI's verdict."""
        return sum(self.stages[name].n - self.stages[name].person for name in WAY[:3])

    @property
    def oldest(self) -> datetime | None:
        """When the oldest of those on their way came."""
        return min(filter(None, (self.stages[name].oldest for name in WAY[:3])), default=None)


def board(
    tenant_ids: Sequence[int] | None,
    sends_mail: bool = True,
    limits: Mapping[str, float] | None = None,
    away: Collection[tuple[int, str]] = (),
) -> Board:
    """How everything stands now, of ``tenant_ids`` or all in sight; ``limits`` are seconds by stage.

    ``away``: the taxpayers and stages whose documents the silence of the SRI holds back, or did until a moment ago:
    they are not late.
    Inside a scope that holds them.
    """
    standings = counting.standings(tenant_ids)
    names = (*WAY, *REFUSED, str(State.AUTHORIZED), "kept", "sent")
    found = Board({name: Stage(name) for name in names}, sends_mail)
    for one in standings:
        stage = found.stages.setdefault(one.stage, Stage(one.stage))
        stage.n += one.n
        stage.amount += one.amount
        stage.person += one.n if one.person else 0
        if not one.person and (one.tenant_id, one.stage) in away:
            stage.held += one.n
            stage.untried += 0 if one.cause else one.n
        own = found.by_tenant.setdefault(one.tenant_id, {})
        own[one.stage] = own.get(one.stage, 0) + one.n
        if one.stage in UNDER_WAY and one.person:
            own["person"] = own.get("person", 0) + one.n
        if one.cause and (one.stage in UNDER_WAY or one.stage in REFUSED):
            found.troubled.append(one)
    for name, limit in (limits or {}).items():
        found.stages[name].limit_s = limit
    ours = [one for one in standings if not one.person and (one.tenant_id, one.stage) not in away]
    _note_ages(found, standings, ours)
    return found


def _note_ages(found: Board, standings: Sequence[Standing], ours: Sequence[Standing]) -> None:
    """Since when each stage holds something; of ``ours``, which nobody holds back, how many are late."""
    ages = counting.oldest(standings)
    for name, since in ages.items():
        found.stages[name].oldest = since
    for name, since in (ages if len(ours) == len(standings) else counting.oldest(ours, moving=True)).items():
        found.stages[name].overdue = since
    late = {stage.name: datetime.now(UTC) - timedelta(seconds=stage.limit_s or 0) for stage in found.late}
    for name, (n, more) in counting.over(ours, late).items():
        found.stages[name].over, found.stages[name].over_more = n, more
