"""Exports in the background: a message for each piece of a file, until it is whole."""

import dramatiq
import redis
import structlog
from dramatiq.errors import BrokerError

from app.exporting import writing
from workers.broker import broker
from workers.middleware.run_history import tell
from workers.runtime import services

log = structlog.get_logger("exports")


@dramatiq.actor(queue_name="sweep", broker=broker, priority=10)  # behind every sweep that is due
def write_export(export_id: int) -> None:
    """Write the next piece of one export; its id is named in the message, for it is no taxpayer's."""
    done = writing.step(export_id, services())
    if done.more:
        send(export_id)
    tell({"export": export_id, "found": done.rows})


def send(export_id: int) -> None:
    """Let an export go on; a message lost costs a few seconds, for a schedule looks after it."""
    try:
        write_export.send_with_options(kwargs={"export_id": export_id})
    except (BrokerError, redis.RedisError) as error:
        log.warning("not_published", export=export_id, error=str(error))
