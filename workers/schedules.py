"""The periodic actors and their per-tenant fan-out: each schedule is the safety net of one job."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import dramatiq
import redis
import structlog
from dramatiq.errors import BrokerError

from app import (
    audit_chain,
    certificate_watch,
    counting,
    delivery,
    failure_groups,
    halts,
    housekeeping,
    kept_rides,
    notices,
    pausing,
    processes,
    rollups,
    tenants,
)
from app.bulk import proposing, running
from app.exporting import keeping, writing
from app.run_results import Result
from app.tenancy import every_tenant_scope
from workers import bulk, chains, exports, gate, jobs, sweeps, ticks, watch
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
            tell({"outcome": Result.OVERLAP})

    act.__name__, act.__doc__ = work.__name__, work.__doc__
    return act


def _per_tenant(function: Any) -> Any:
    return dramatiq.actor(queue_name="sweep", broker=broker, priority=-5)(function)


def _fan_out(kind: Job, tenant_actor: Any, tick_id: int | None) -> None:
    with ticks.running(tick_id) as tick:
        waiting = sweeps.tenants_with_due_rows(kind)
        broker.enqueue_all([tenant_actor.message(tenant_id, tick_id=tick_id) for tenant_id in waiting])
        tick.found(tenants=len(waiting))
    tell({"tenants": len(waiting)})


def _sweep(kind: Job, tenant_actor: Any, tenant_id: int, chained: bool) -> None:
    """One link of a tenant's sweep; what found no room now is looked at again soon, in one chain per tenant."""
    if not chained and not chains.begin(kind.name, tenant_id):
        tell({"outcome": Result.UNDER_WAY})
        return
    summary = sweeps.sweep_tenant(kind, tenant_id)
    if summary.more and gate.flows(kind.calls, tenant_id):
        pause_ms = chains.keep(kind.name, tenant_id, gate.NEXT_PACED_MS if kind.calls else gate.NEXT_MS)
        tenant_actor.send_with_options(args=(tenant_id,), kwargs={"chained": True}, delay=pause_ms)
    else:
        chains.end(kind.name, tenant_id)
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


@_per_tenant
def deliver_tenant_documents(tenant_id: int, tick_id: int | None = None, chained: bool = False) -> None:
    """Publish the deliveries of one tenant that are due."""
    _sweep(jobs.deliver_document, deliver_tenant_documents, tenant_id, chained)


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


@_periodic(settings().deliver_documents_cron)
def deliver_documents(tick_id: int | None = None) -> None:
    """Every tenant's documents on their way to their buyers."""
    for tenant_id in delivery.tenants_with_unplanned():
        delivery.plan_missing(tenant_id)
    _fan_out(jobs.deliver_document, deliver_tenant_documents, tick_id)


SWEEP_OF: dict[pausing.Stage, Any] = {
    "sign": sign_drafts,
    "submit": submit_signed,
    "check": check_pending_authorizations,
    "ride": generate_rides,
    "mail": deliver_documents,
}
"""The schedule that publishes what is due at each stage."""


def publish_again(subjects: Iterable[pausing.Subject]) -> None:
    """Look at once at what waited for pauses that are over; a lost message costs one tick of their schedule."""
    for stage in dict.fromkeys(stage for subject in subjects for stage in subject.stages):
        try:
            SWEEP_OF[stage].send()
        except (BrokerError, redis.RedisError) as error:
            log.warning("not_published", stage=stage, error=str(error))


@_periodic(settings().end_pauses_cron)
def end_pauses(tick_id: int | None = None) -> None:
    """Pauses and halts whose time is over are ended on record, and what waited for them goes on."""
    with ticks.running(tick_id):
        over, lifted = pausing.end_overdue(), halts.lift_overdue()
        publish_again(over)
        for tenant_id in lifted:
            chains.start(jobs.sign_document.name, tenant_id)
            chains.start(jobs.submit_document.name, tenant_id)
        tell({"ended": len(over), "lifted": len(lifted)})


@dramatiq.actor(queue_name="ride", broker=broker, priority=10)  # behind every RIDE that somebody waits for
def reconcile_tenant_rides(tenant_id: int, tick_id: int | None = None, after: int = 0) -> None:
    """Look at the RIDE files of one tenant, a minute of them at a time."""
    found = kept_rides.reconcile(tenant_id, services(), after=after, within_s=60)
    if found.more:
        reconcile_tenant_rides.send_with_options(args=(tenant_id,), kwargs={"after": found.last})
    tell(vars(found))


@_periodic(settings().reconcile_rides_cron)
def reconcile_rides(tick_id: int | None = None) -> None:
    """Every tenant's RIDE files against what was stored; what is missing or altered is made again."""
    with ticks.running(tick_id) as tick:
        tenant_ids = [tenant.id for tenant in tenants.every()]
        messages = [reconcile_tenant_rides.message(tenant_id, tick_id=tick_id) for tenant_id in tenant_ids]
        broker.enqueue_all(messages)
        tick.found(tenants=len(tenant_ids))


@_periodic(settings().housekeeping_cron)
def keep_house(tick_id: int | None = None) -> None:
    """Runs of dead workers, partitions of runs, processes that are gone, exports past their day, old outages."""
    with ticks.running(tick_id):
        with every_tenant_scope():
            abandoned = abandon_runs_of_the_dead(LONGEST_STEP_S)
            proposing.forget_unstarted()
        kept = housekeeping.keep_runs(settings().job_retention_hours, settings().failed_job_retention_days)
        kept["ticks_forgotten"] = housekeeping.forget_ticks(settings().failed_job_retention_days)
        kept["outages_forgotten"] = housekeeping.forget_outages()
        kept["audit_sealed"] = audit_chain.seal()
        kept["exports_removed"] = keeping.forget_expired(services())
        lost = ticks.close_lost(ticks.RUNS_AT_MOST_S)
        tell({"abandoned": abandoned, "ticks": lost, "forgotten": processes.forget_silent(), **kept})


@_periodic(settings().check_invariants_cron)
def check_invariants(tick_id: int | None = None) -> None:
    """The invariants, as ``autoriza check`` looks at them; what is violated raises an alert."""
    with ticks.running(tick_id):
        tell({"violations": housekeeping.check_invariants(services())})


@_periodic(settings().watch_certificates_cron)
def watch_certificates(tick_id: int | None = None) -> None:
    """Every taxpayer whose certificate ends soon: 60, 30, 15, 7 and 1 days before, an alert says so."""
    with ticks.running(tick_id) as tick:
        looked_at = certificate_watch.look_at_all(datetime.now(UTC))
        tick.found(tenants=looked_at)
    tell({"tenants": looked_at})


@_periodic(settings().roll_up_cron)
def roll_up(tick_id: int | None = None) -> None:
    """Counters folded, and the rollups that charts are made of brought up to now."""
    with ticks.running(tick_id):
        with every_tenant_scope():
            folded = counting.fold()
        told = {"folded": folded, "groups": failure_groups.look()}
        tell(told | {"stretches": rollups.roll_up()})


@_periodic(settings().continue_bulk_cron)
def continue_bulk(tick_id: int | None = None) -> None:
    """Bulk operations and exports whose message was lost, or whose worker died, go on."""
    with ticks.running(tick_id):
        waiting, unwritten = running.stalled(), writing.stalled()
        for bulk_id in waiting:
            bulk.send(bulk_id)
        for export_id in unwritten:
            exports.send(export_id)
        found = len(waiting) + len(unwritten)
        tell({"found": found, "published": found})


chains.SWEEPS.update(
    {
        jobs.sign_document.name: sign_tenant_drafts,
        jobs.submit_document.name: submit_tenant_documents,
        jobs.check_authorization.name: check_tenant_authorizations,
        jobs.generate_ride.name: generate_tenant_rides,
        jobs.deliver_document.name: deliver_tenant_documents,
    }
)


@_periodic(settings().evaluate_alerts_cron)
def evaluate_alerts(tick_id: int | None = None) -> None:
    """Whatever is alarming is raised, what is so no more is over, and people are told."""
    with ticks.running(tick_id):
        tell(watch.look())
        if notices.due():
            send_notices.send()


@dramatiq.actor(queue_name="mail", broker=broker)
def send_notices() -> None:
    """Hand the notices that are due to their channels; what is not taken is due again later."""
    tell(notices.send_due(services()))


PERIODIC = (
    sign_drafts,
    submit_signed,
    check_pending_authorizations,
    generate_rides,
    deliver_documents,
    end_pauses,
    reconcile_rides,
    keep_house,
    check_invariants,
    watch_certificates,
    roll_up,
    continue_bulk,
    evaluate_alerts,
)
"""What the scheduler announces and ticks; a new schedule is a function above and a name here."""
