"""Pauses: a queue, a stage, or a service of the SRI stands still until a person, or the clock, lets it go on.

A taxpayer is paused by a halt (``app.halts``). Nothing paused is claimed: the claim's own statement looks here, so a
pause holds from its commit on, spends no attempt and loses nothing, and ends at its moment whoever is awake.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

from peewee import SQL, fn

from app import sentences
from app.alerts import raise_alert, resolve_alert
from app.auditing import audit
from app.errors import Mistyped, Refused, Text
from app.store.documents import Document
from app.store.engine import Pause
from app.tenancy import SYSTEM, tenant_scope

Scope = Literal["queue", "stage", "endpoint"]
Stage = Literal["sign", "submit", "check", "ride", "mail"]
STAGES: tuple[Stage, ...] = ("sign", "submit", "check", "ride", "mail")
"""The steps of a document's way: check is polling, mail the delivery to the buyer."""
QUEUES = ("sign", "sri", "ride", "mail")
"""Those that can be paused; ``sweep`` carries the clock itself: schedules are paused one by one."""
QUEUE_OF: dict[Stage, str] = {"sign": "sign", "submit": "sri", "check": "sri", "ride": "ride", "mail": "mail"}
SERVICES = ("submit", "query")
SERVICE_OF: dict[Stage, str] = {"submit": "submit", "check": "query"}
STAGE_OF: dict[str, Stage] = {"draft": "sign", "signed": "submit", "pending_authorization": "check"}
"""By the state of a document, the stage that is next."""
PLACED = "paused"
BY_THE_CLOCK = "autoriza"


@dataclass(frozen=True)
class Subject:
    """What can be paused, written ``queue:sri``, ``stage:submit`` or ``endpoint:2:submit`` (of producción)."""

    scope: Scope
    name: str
    environment: int | None = None

    def __str__(self) -> str:
        place = f"{self.environment}:" if self.environment else ""
        return f"{self.scope}:{place}{self.name}"

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Those it holds back."""
        match self.scope:
            case "queue":
                return tuple(stage for stage in STAGES if QUEUE_OF[stage] == self.name)
            case "stage":
                return (cast(Stage, self.name),)
            case "endpoint":
                return tuple(stage for stage in STAGES if SERVICE_OF.get(stage) == self.name)


EVERYTHING = (
    *(Subject("stage", stage) for stage in STAGES),
    *(Subject("queue", queue) for queue in QUEUES),
    *(Subject("endpoint", service, environment) for environment in (2, 1) for service in SERVICES),
)
"""Whatever can be paused, in the order people are offered it."""


def subject_of(written: str) -> Subject:
    """What ``written`` names. Raises ``Refused``, naming all there is, for anything else."""
    for one in EVERYTHING:
        if str(one) == written.strip():
            return one
    known = ", ".join(map(str, EVERYTHING))
    raise Mistyped(
        Text(
            f"no se puede pausar «{written}»; hay: {known}",
            f"'{written}' cannot be paused; there are: {known}",
        )
    )


def of_row(row: Pause) -> Subject:
    """What the row holds back."""
    return Subject(cast(Scope, row.scope), row.subject, row.environment)


def standing() -> list[Pause]:
    """The pauses that hold now, oldest first. Needs no scope."""
    return list(Pause.select().where(_holds()).order_by(Pause.id))


def explained(reason: str, until: datetime | None) -> str:
    """Why something, or a schedule, is paused. Raises ``Refused`` without a reason, and for a time that is over."""
    if not reason.strip():
        raise Mistyped(Text("indique por qué se pausa", "say why it is paused"))
    if until is not None and until <= datetime.now(UTC):
        raise Mistyped(Text("la hora de reanudar ya pasó", "the time to resume is over already"))
    return reason.strip()


def place(subject: Subject, *, by: str, reason: str, until: datetime | None = None) -> None:
    """Hold ``subject`` back from now on, or ``until`` then (aware); on record, with an alert while it lasts.

    Raises ``Refused`` without a reason, for a time that is over, and when it is paused already.
    """
    reason = explained(reason, until)
    end_overdue()
    taken = Refused(Text(f"{subject} ya está en pausa", f"{subject} is paused already"))
    with tenant_scope(SYSTEM):
        made = (
            Pause.insert(
                scope=subject.scope,
                subject=subject.name,
                environment=subject.environment,
                reason=reason,
                by=by,
                since=fn.now(),
                resume_at=until,
            )
            .on_conflict_ignore()
            .execute()
        )
        if not made:
            raise taken
        facts = {"until": until.isoformat()} if until else {}
        audit(SYSTEM, by=by, action="paused", target=str(subject), reason=reason, facts=facts)
        raise_alert(SYSTEM, PLACED, str(subject), _told(subject, by, reason))


def _told(subject: Subject, by: str, reason: str) -> Text:
    return Text(f"{subject} está en pausa, por {by}: {reason}", f"{subject} is paused, by {by}: {reason}")


def end(subject: Subject, *, by: str, reason: str = "") -> None:
    """Let ``subject`` go on. Raises ``Refused`` when it is not paused."""
    with tenant_scope(SYSTEM):
        if not _end(Pause.ended_at.is_null(), _is(subject), by=by, reason=reason):
            raise Refused(Text(f"{subject} no está en pausa", f"{subject} is not paused"))


def end_overdue() -> list[Subject]:
    """Put on record the end of pauses whose time is over; which. They hold nothing back since then."""
    with tenant_scope(SYSTEM):
        over = (Pause.ended_at.is_null(), Pause.resume_at <= fn.now())
        return _end(*over, by=BY_THE_CLOCK, reason=sentences.said("time_has_come").es)


def holds(stage: Stage, *, of_documents: bool) -> Any:
    """Whether ``stage`` stands still, for a row of ``Document`` (which has an ambiente) or of anything else."""
    named = (Pause.scope == "stage") & (Pause.subject == stage)
    queued = (Pause.scope == "queue") & (Pause.subject == QUEUE_OF[stage])
    held: Any = fn.EXISTS(Pause.select(SQL("1")).where(_holds(), named | queued))
    service = SERVICE_OF.get(stage)
    if service and of_documents:
        there = (Pause.scope == "endpoint") & (Pause.subject == service)
        here = Pause.environment == Document.environment
        held |= fn.EXISTS(Pause.select(SQL("1")).where(_holds(), there, here))
    return held


def last_end(stage: Stage) -> Any:
    """When the last pause of ``stage`` was over; null for never. A message of before may have come to nothing."""
    queue, service = QUEUE_OF[stage], SERVICE_OF.get(stage)
    of_it = ((Pause.scope == "stage") & (Pause.subject == stage)) | (
        (Pause.scope == "queue") & (Pause.subject == queue)
    )
    if service:
        of_it |= (Pause.scope == "endpoint") & (Pause.subject == service)
    over = fn.coalesce(Pause.ended_at, Pause.resume_at)
    return Pause.select(fn.max(over)).where(of_it, over <= fn.now())


HELD = """exists (
    select from jobs.pause p
    where coalesce(p.ended_at, p.resume_at, 'infinity') > now() - interval '2 minutes'
      and (p.scope = 'stage' and p.subject = {stage}
        or p.scope = 'queue' and p.subject = case when {stage} in ('submit', 'check') then 'sri' else {stage} end
        or p.scope = 'endpoint' and p.environment = {environment}
           and p.subject = case {stage} when 'submit' then 'submit' when 'check' then 'query' end))"""
"""The same in SQL for whoever asks why something waits: a stage just let go is given two minutes to catch up."""


def _holds() -> Any:
    return Pause.ended_at.is_null() & (Pause.resume_at.is_null() | (Pause.resume_at > fn.now()))


def _is(subject: Subject) -> Any:
    here = (
        Pause.environment.is_null()
        if subject.environment is None
        else Pause.environment == subject.environment
    )
    return (Pause.scope == subject.scope) & (Pause.subject == subject.name) & here


def _end(*which: Any, by: str, reason: str) -> list[Subject]:
    rows = (
        Pause.update(ended_at=fn.now(), ended_by=by, end_reason=reason or None)
        .where(*which)
        .returning(Pause)
        .execute()
    )
    ended = [of_row(row) for row in rows]
    for subject in ended:
        audit(SYSTEM, by=by, action="pause_ended", target=str(subject), reason=reason or None)
        resolve_alert(SYSTEM, PLACED, str(subject))
    return ended
