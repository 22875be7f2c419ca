"""Turns what a step says into what the queue does; the only place that knows a step's error classes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import dramatiq
import redis
import structlog
from dramatiq.errors import BrokerError
from peewee import Expression, InterfaceError, OperationalError, fn

from app import claiming, pausing, sentences, work
from app.kill_points import reached
from app.lifecycle import State
from app.outcome import Done, Held, Later, Moved, Outcome, Parked, Stored
from app.run_results import Result
from app.services import Services
from app.store.base import WorkRow
from app.store.delivery import Delivery
from app.store.documents import Document, Ride
from app.store.prepared import arg
from app.store.tenants import Halt
from app.tenancy import one_statement_scope, tenant_scope
from app.work import Claim
from workers import chains, gate, paused
from workers.broker import broker
from workers.middleware.run_history import tell, tell_of_death
from workers.pacing import Service
from workers.runtime import services, settings

log = structlog.get_logger("jobs")
FAILURES_BEFORE_PARKING = 5


class StepFailed(Exception):
    """A bug of ours in a step: recorded on the row with its next attempt, so Dramatiq must not retry the message."""


@dataclass(frozen=True)
class Job:
    """One kind of per-document work: which rows it serves and the actor that does it."""

    name: str
    model: type[WorkRow]
    on: State | None
    step: Callable[[Claim, Services], Outcome]
    stage: pausing.Stage
    obeys_halts: bool
    calls: Service | None
    actor: Any
    also: tuple[State, ...] = ()
    """States in which a person may ask for it; rows in them are due only then."""

    @property
    def named(self) -> Any:
        """The column whose value its messages carry: the id of the document, whose RIDE has the same."""
        return Delivery.document_id if self.model is Delivery else self.model.id

    def claiming(self) -> claiming.Claiming:
        """How its rows are claimed; a message about a delivery takes the first of its document's that is due."""
        return _claiming(self, mail_is_on())

    def serves(self) -> Expression:
        """The condition a row must meet for this job, beside being due and free."""
        at_work = ~pausing.holds(self.stage, of_documents=self.model is Document)
        if self.model is Ride:
            return Ride.path.is_null() & at_work
        if self.model is Delivery:
            under_way = Delivery.outcome.is_null() & at_work
            return under_way if mail_is_on() else under_way & Delivery.id.is_null()  # which no row is
        served = Document.state.in_([str(state) for state in (self.on, *self.also)]) & at_work
        return served & ~_halted() if self.obeys_halts else served


def mail_is_on() -> bool:
    """Whether this installation has a mail server."""
    return settings().sends_mail


@cache
def _claiming(kind: Job, _mail: bool) -> claiming.Claiming:
    if kind.model is not Delivery:
        return claiming.Claiming(kind.model, only=kind.serves())
    due = Delivery.next_attempt_at <= work.in_seconds(work.EARLY_S)
    first = (
        Delivery.select(Delivery.id)
        .where(Delivery.tenant_id == arg("tenant"), Delivery.document_id == arg("row"))
        .where(due, work.free(Delivery), kind.serves())
        .order_by(Delivery.id)
        .limit(1)
        .for_update(skip_locked=True)
    )
    return claiming.Claiming(Delivery, only=kind.serves(), row=Delivery.id == first)


def _halted() -> Any:
    standing = Halt.select().where(
        Halt.tenant_id == Document.tenant_id,
        Halt.lifted_at.is_null(),
        Halt.establishment.is_null() | (Halt.establishment == Document.establishment),
    )
    return fn.EXISTS(standing)


JOBS: dict[str, Job] = {}


def job(
    *,
    on: State | None = None,
    queue: str,
    stage: pausing.Stage,
    model: type[WorkRow] = Document,
    obeys_halts: bool = False,
    calls: Service | None = None,
    also: tuple[State, ...] = (),
    priority: int = 0,
) -> Callable[[Callable[[Claim, Services], Outcome]], Job]:
    """Declare a step as a Dramatiq actor of (tenant_id, document_id); the function's name is the actor's.

    ``on`` is the state whose entry wakes it, None when something else does; ``calls`` is the SRI service the step
    needs, at whose pace it is done. ``also`` are states in which it serves what a person asked for. Of what a process
    has at hand, the lower ``priority`` comes first.
    """

    def declare(step: Callable[[Claim, Services], Outcome]) -> Job:
        name = step.__name__

        def act(tenant_id: int, document_id: int, paced: bool = False) -> None:
            tell(run(JOBS[name], tenant_id, document_id, paced=paced))

        act.__doc__ = step.__doc__
        declared = dramatiq.actor(
            actor_name=name,
            queue_name=queue,
            priority=priority,
            broker=broker,
            throws=StepFailed,
            claims=True,
        )
        actor = declared(act)
        JOBS[name] = Job(name, model, on, step, stage, obeys_halts, calls, actor, also)
        return JOBS[name]

    return declare


def run(kind: Job, tenant_id: int, document_id: int, *, paced: bool = False) -> str:
    """Claim, work, let go. A message for something already done, held elsewhere or not due is a no-op.

    ``paced`` says that its call to the SRI is reserved already.
    """
    if kind.calls and not paced and (elsewhere := _take_turn(kind, tenant_id, document_id, here=True)):
        return elsewhere
    claim = _claim(kind, tenant_id, document_id)
    if claim is None:
        return _held(Result.PAUSED) if paused.stage(kind.stage) else Result.NOTHING
    structlog.contextvars.bind_contextvars(
        document=document_id, access_key=getattr(claim.row, "access_key", None)
    )
    outcome = _work(kind, claim)
    reached("before_ack")
    log.info(
        kind.name, outcome=type(outcome).__name__, detail=getattr(outcome, "why", getattr(outcome, "to", ""))
    )
    _follow(kind, claim, outcome)
    return _say(outcome)


def _take_turn(kind: Job, tenant_id: int, document_id: int, *, here: bool = False) -> str | None:
    """Reserve the step's call and send a message for it, unless it may be made now and ``here``; what came of it.

    While others of its tenant wait before it, the tenant's sweep takes all in their order.
    """
    wait_s = gate.turn(kind.calls, tenant_id) if kind.calls else 0.0
    if wait_s is not None:
        if here and wait_s <= gate.WORTH_WAITING_S:
            time.sleep(wait_s)
            return None
        publish(kind, tenant_id, document_id, wait_s, paced=True)
        return Result.TURN.format(seconds=f"{wait_s:.1f}")
    if not gate.flows(kind.calls, tenant_id):
        return _held(Result.SRI_AWAY)
    _leave_to_sweep(kind, tenant_id, document_id)
    return Result.LEFT


def _leave_to_sweep(kind: Job, tenant_id: int, document_id: int) -> None:
    """No message is sent: the tenant's sweep takes the row up in its turn, and begins to look now."""
    with tenant_scope(tenant_id):
        work.unpublish(kind.model, tenant_id, kind.named == document_id)
    chains.start(kind.name, tenant_id)


def _claim(kind: Job, tenant_id: int, document_id: int) -> Claim | None:
    lease_s = services().settings.lease_s
    with one_statement_scope(tenant_id):
        claim = kind.claiming().take(tenant_id, document_id, owner=services().owner, lease_s=lease_s)
    if claim is None or claim.died is None:
        return claim
    with tenant_scope(tenant_id):
        tell_of_death(kind.actor, claim, lease_s)
        return None if claiming.quarantined(claim) else claim


def _work(kind: Job, claim: Claim) -> Outcome:
    try:
        return kind.step(claim, services())
    except work.Refused:
        return Done(Result.LATE)
    except (OperationalError, InterfaceError):
        raise  # PostgreSQL is away: nothing can be written, Dramatiq tries the message again
    except Exception as bug:
        with tenant_scope(claim.tenant_id):
            _record(claim, bug)
        raise StepFailed(kind.name) from bug


def _record(claim: Claim, bug: Exception) -> None:
    what = f"{type(bug).__name__}: {bug}"[:1_000]
    if claim.attempts >= FAILURES_BEFORE_PARKING:
        work.park(claim, "failed", sentences.said("failed", times=claim.attempts, error=what).es)
    else:
        work.sleep(claim, work.backoff(claim.attempts, base_s=5), code="failed", why=what)


def _follow(kind: Job, claim: Claim, outcome: Outcome) -> None:
    match outcome:
        case Moved(to, due_in):
            announce(claim.tenant_id, claim.id, to, due_in)
        case Later(seconds):
            if seconds <= work.HINT_WITHIN_S:
                publish(kind, claim.tenant_id, claim.document_id, seconds)
        case Stored(deliveries):
            wake_deliveries(claim.tenant_id, claim.id, deliveries)
        case Held() | Parked() | Done():
            pass


def _say(outcome: Outcome) -> str:
    match outcome:
        case Moved(to):
            return Result.MOVED.format(state=to)
        case Later(seconds, why):
            return Result.AGAIN.format(seconds=f"{seconds:.0f}", why=why)
        case Held(why):
            return _held(why)
        case Parked(why):
            return Result.PARKED.format(why=why)
        case Stored():
            return Result.STORED
        case Done(why):
            return why or Result.DONE


def _held(why: str) -> str:
    return Result.HELD.format(why=why)


def announce(tenant_id: int, document_id: int, state: State, due_in: float = 0) -> None:
    """Wake every job that serves ``state``, after the commit that led there. A lost message costs a sweep, no more."""
    for kind in JOBS.values():
        if kind.on == state and kind.calls and not due_in:
            _take_turn(kind, tenant_id, document_id)
        elif kind.on == state:
            publish(kind, tenant_id, document_id, due_in)


def wake_deliveries(tenant_id: int, document_id: int, count: int) -> None:
    """One message for each of a document's due deliveries; none while there is no mail server."""
    for kind in JOBS.values() if mail_is_on() else ():
        if kind.model is Delivery:
            for _ in range(count):
                publish(kind, tenant_id, document_id)


def publish(kind: Job, tenant_id: int, document_id: int, due_in: float = 0, *, paced: bool = False) -> bool:
    """Send one message, best effort. Returns whether Redis took it.

    Into a queue that is full already nothing is sent: its sweep gives every tenant its turn.
    """
    options = {"paced": True} if paced else {}
    try:
        if not due_in and broker.depth(kind.actor.queue_name) > 2 * settings().queue_depth:
            _leave_to_sweep(kind, tenant_id, document_id)
            return False
        kind.actor.send_with_options(
            args=(tenant_id, document_id), kwargs=options, delay=int(due_in * 1000) or None
        )
    except (BrokerError, redis.RedisError) as error:
        log.warning("not_published", job=kind.name, document=document_id, error=str(error))
        return False
    return True
