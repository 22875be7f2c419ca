"""The periodic actors and their per-tenant fan-out: each schedule is the safety net of one job."""

from collections.abc import Callable
from typing import Any

import dramatiq
import structlog

from app import housekeeping, processes
from app.tenancy import every_tenant_scope
from app.time_scale import scaled
from workers import chains, gate, jobs, sweeps, ticks
from workers.broker import broker
from workers.cron import Cron
from workers.job import Job
from workers.middleware.run_history import abandon_runs_of_the_dead, tell
from workers.runtime import services, settings

log = structlog.get_logger("schedules")
LONGEST_STEP_S = 180.0


def _periodic(spec: str) -> Callable[[Callable[[int | None], None]], Any]:
    cron = Cron(spec, settings().schedule_timezone)
    declare = dramatiq.actor(queue_name="sweep", broker=broker, priority=-10, periodic=cron)
    return lambda work: declare(_quietly(work))


def _quietly(work: Callable[[int | None], None]) -> Callable[[int | None], None]:
    """A tick that overlaps with the one before is no failure; its row says what became of it."""

    def act(tick_id: int | None = None) -> None:
        try:
            work(tick_id)
        except ticks.Overlap:
            tell({"outcome": "skipped: the one before still ran"})

    act.__name__, act.__doc__ = work.__name__, work.__doc__
    return act


def _per_tenant(function: Any) -> Any:
    return dramatiq.actor(queue_name="sweep", broker=broker, priority=-5)(function)


def _fan_out(kind: Job, tenant_actor: Any, tick_id: int | None) -> None:
    with ticks.running(tick_id) as tick:
        tenants = sweeps.tenants_with_due_rows(kind)
        broker.enqueue_all([tenant_actor.message(tenant_id, tick_id=tick_id) for tenant_id in tenants])
        tick.note(tenants=len(tenants))
    tell({"tenants": len(tenants)})


def _sweep(kind: Job, tenant_actor: Any, tenant_id: int, chained: bool) -> None:
    """One link of a tenant's sweep; what found no room now is looked at again soon, in one chain per tenant."""
    name = f"{kind.name}:{tenant_id}"
    if not chained and not chains.begin(name):
        tell({"outcome": "under way already"})
        return
    summary = sweeps.sweep_tenant(kind, tenant_id)
    if summary.more and gate.flows(kind.calls, tenant_id):
        chains.keep(name)
        pause_ms = gate.NEXT_PACED_MS if kind.calls else gate.NEXT_MS
        tenant_actor.send_with_options(
            args=(tenant_id,), kwargs={"chained": True}, delay=int(scaled(pause_ms))
        )
    else:
        chains.end(name)
    tell(vars(summary))


@_per_tenant
def sign_tenant_drafts(tenant_id: int, tick_id: int | None = None, chained: bool = False) -> None:
    """Publish the drafts of one tenant that are due."""
    _sweep(jobs.sign_document, sign_tenant_drafts, tenant_id, chained)


@_per_tenant
def submit_tenant_documents(tenant_id: int, tick_id: int | None = None, chained: bool = False) -> None:
    """Publish the signed documents of one tenant that are due."""
    _sweep(jobs.submit_document, submit_tenant_documents, tenant_id, chained)


@_per_tenant
def check_tenant_authorizations(tenant_id: int, tick_id: int | None = None, chained: bool = False) -> None:
    """Publish the documents of one tenant that wait for the SRI's verdict and are due."""
    _sweep(jobs.check_authorization, check_tenant_authorizations, tenant_id, chained)


@_per_tenant
def generate_tenant_rides(tenant_id: int, tick_id: int | None = None, chained: bool = False) -> None:
    """Publish the RIDEs of one tenant that are due."""
    _sweep(jobs.generate_ride, generate_tenant_rides, tenant_id, chained)


@_periodic(settings().sign_drafts_cron)
def sign_drafts(tick_id: int | None = None) -> None:
    """Every tenant's due drafts."""
    _fan_out(jobs.sign_document, sign_tenant_drafts, tick_id)


@_periodic(settings().submit_signed_cron)
def submit_signed(tick_id: int | None = None) -> None:
    """Every tenant's due signed documents."""
    _fan_out(jobs.submit_document, submit_tenant_documents, tick_id)


@_periodic(settings().check_pending_authorizations_cron)
def check_pending_authorizations(tick_id: int | None = None) -> None:
    """Every tenant's documents that wait for a verdict."""
    _fan_out(jobs.check_authorization, check_tenant_authorizations, tick_id)


@_periodic(settings().generate_rides_cron)
def generate_rides(tick_id: int | None = None) -> None:
    """Every tenant's RIDEs not yet stored."""
    _fan_out(jobs.generate_ride, generate_tenant_rides, tick_id)


@_periodic(settings().housekeeping_cron)
def keep_house(tick_id: int | None = None) -> None:
    """Runs of dead workers, partitions of runs, processes that are gone."""
    with ticks.running(tick_id):
        with every_tenant_scope():
            abandoned = abandon_runs_of_the_dead(LONGEST_STEP_S)
        kept = housekeeping.keep_runs(settings().job_retention_hours, settings().failed_job_retention_days)
        lost = ticks.close_lost(ticks.RUNS_AT_MOST_S)
        tell({"abandoned": abandoned, "ticks": lost, "forgotten": processes.forget_silent(), **kept})


@_periodic(settings().check_invariants_cron)
def check_invariants(tick_id: int | None = None) -> None:
    """The invariants, as ``autoriza check`` looks at them; what is violated raises an alert."""
    with ticks.running(tick_id):
        tell({"violations": housekeeping.check_invariants(services())})


PERIODIC = (
    sign_drafts,
    submit_signed,
    check_pending_authorizations,
    generate_rides,
    keep_house,
    check_invariants,
)
"""What the scheduler announces and ticks; a new schedule is a function above and a name here."""
