"""What waits in Redis, queue by queue: how much, for how long, and what Dramatiq gave up."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dramatiq import Message

from workers.broker import NAMESPACE, broker
from workers.job import JOBS
from workers.schedules import PERIODIC


@dataclass(frozen=True)
class Queue:
    """One queue: messages that wait, that are at work, that wait for their time, and that were given up.

    ``oldest`` is when the first of those that wait was sent; None when nothing waits.
    """

    name: str
    waiting: int
    working: int
    delayed: int
    dead: int
    oldest: datetime | None


def declared() -> list[str]:
    """The queues that actors of this installation are sent through, by name."""
    return sorted({job.actor.queue_name for job in JOBS.values()} | {one.queue_name for one in PERIODIC})


def look() -> list[Queue]:
    """Every queue some actor serves, as it is now. Raises ``redis.RedisError`` while Redis is away."""
    names = declared()
    with broker.client.pipeline(transaction=False) as pipe:
        for name in names:
            queue = f"{NAMESPACE}:{name}"
            pipe.llen(queue)
            pipe.hlen(f"{queue}.msgs")
            pipe.hlen(f"{queue}.DQ.msgs")
            pipe.zcard(f"{queue}.XQ")
            pipe.lindex(queue, 0)
        said = pipe.execute()
    found = []
    for index, name in enumerate(names):
        waiting, held, delayed, dead, first = said[index * 5 : index * 5 + 5]
        found.append(Queue(name, waiting, max(held - waiting, 0), delayed, dead, _sent_at(name, first)))
    return found


def _sent_at(name: str, message_id: bytes | None) -> datetime | None:
    if message_id is None:
        return None
    body: Any = broker.client.hget(f"{NAMESPACE}:{name}.msgs", message_id)
    if body is None:  # taken meanwhile
        return None
    return datetime.fromtimestamp(Message.decode(body).message_timestamp / 1000, UTC)
