"""The periodic actors and their per-tenant fan-out: each schedule is the safety net of one job."""

from typing import Any

import dramatiq

from app.tenancy import every_tenant_scope
from workers import jobs, sweeps, ticks
from workers.broker import broker
from workers.cron import Cron
from workers.job import Job
from workers.middleware.run_history import abandon_runs_of_the_dead, tell
from workers.runtime import settings

LONGEST_STEP_S = 180.0


def _periodic(spec: str) -> Any:
    return dramatiq.actor(
        queue_name="sweep", broker=broker, priority=-10, periodic=Cron(spec, settings().schedule_timezone)
    )


def _per_tenant(function: Any) -> Any:
    return dramatiq.actor(queue_name="sweep", broker=broker, priority=-5)(function)


def _fan_out(kind: Job, tenant_actor: Any, tick_id: int | None) -> None:
    with ticks.running(tick_id) as tick:
        if sweeps.crowded(kind.actor.queue_name):
            tick.note(tenants=0, detail="the queue is full of work already published")
            tell({"tenants": 0, "outcome": "queue full"})
            return
        tenants = sweeps.tenants_with_due_rows(kind)
        for tenant_id in tenants:
            tenant_actor.send(tenant_id, tick_id=tick_id)
        tick.note(tenants=len(tenants))
    tell({"tenants": len(tenants)})


@_per_tenant
def sign_tenant_drafts(tenant_id: int, tick_id: int | None = None) -> None:
    """Publish the drafts of one tenant that are due."""
    tell(sweeps.sweep_tenant(jobs.sign_document, tenant_id))


@_per_tenant
def submit_tenant_documents(tenant_id: int, tick_id: int | None = None) -> None:
    """Publish the signed documents of one tenant that are due."""
    tell(sweeps.sweep_tenant(jobs.submit_document, tenant_id))


@_per_tenant
def check_tenant_authorizations(tenant_id: int, tick_id: int | None = None) -> None:
    """Publish the documents of one tenant that wait for the SRI's verdict and are due."""
    tell(sweeps.sweep_tenant(jobs.check_authorization, tenant_id))


@_per_tenant
def generate_tenant_rides(tenant_id: int, tick_id: int | None = None) -> None:
    """Publish the RIDEs of one tenant that are due."""
    tell(sweeps.sweep_tenant(jobs.generate_ride, tenant_id))


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
    """Every tenant's documents that wait for a verdict; also closes the runs of dead workers."""
    with every_tenant_scope():
        abandon_runs_of_the_dead(LONGEST_STEP_S)
    _fan_out(jobs.check_authorization, check_tenant_authorizations, tick_id)


@_periodic(settings().generate_rides_cron)
def generate_rides(tick_id: int | None = None) -> None:
    """Every tenant's RIDEs not yet stored."""
    _fan_out(jobs.generate_ride, generate_tenant_rides, tick_id)


PERIODIC = (sign_drafts, submit_signed, check_pending_authorizations, generate_rides)
"""What the scheduler announces and ticks; a new schedule is a function above and a name here."""
