"""Bulk operations in the background: one message a second does the next documents, until none is left."""

import dramatiq
import redis
import structlog
from dramatiq.errors import BrokerError

from app.bulk import running
from app.bulk.running import Wake
from app.time_scale import scaled
from workers import jobs
from workers.broker import broker
from workers.job import announce, publish, wake_deliveries
from workers.middleware.run_history import tell
from workers.runtime import services, settings

log = structlog.get_logger("bulk")


@dramatiq.actor(queue_name="sweep", broker=broker)
def run_bulk(bulk_id: int) -> None:
    """Do the next documents of one bulk operation; its id is named in the message, for it is no tenant's."""
    done = running.step(bulk_id, services(), most=settings().bulk_per_s)
    for wake in done.wakes:
        _pass_on(wake)
    if done.more:
        send(bulk_id, after_s=running.PACE_S)
    tell({"bulk": bulk_id, "found": done.items})


def send(bulk_id: int, after_s: float = 0) -> None:
    """Let an operation go on; a message lost costs a few seconds, for a schedule looks after it."""
    delay = int(scaled(after_s) * 1000) or None
    try:
        run_bulk.send_with_options(kwargs={"bulk_id": bulk_id}, delay=delay)
    except (BrokerError, redis.RedisError) as error:
        log.warning("not_published", bulk=bulk_id, error=str(error))


def _pass_on(wake: Wake) -> None:
    if wake.kind == "mail":
        wake_deliveries(wake.tenant_id, wake.document_id, wake.mails)
    elif wake.kind == "ride":
        publish(jobs.generate_ride, wake.tenant_id, wake.document_id)
    elif wake.state is not None:
        announce(wake.tenant_id, wake.document_id, wake.state)
