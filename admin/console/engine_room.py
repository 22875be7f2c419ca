"""The engine itself, for those who may see it: processes, queues, Redis, PostgreSQL, the last tick, the disk."""

import shutil
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from admin.console import engine
from admin.console.texts import spoken
from app import processes, redis_health
from app.lifecycle import MOVING
from app.services import Services
from app.store.base import database
from app.store.engine import Process, Tick

LATE_AFTER_S = 120.0
DISK_LOW = 0.05
"""The part of the disk below which it is called nearly full."""


MOST_DUE = 1_000
_DUE = """(select next_attempt_at as due from {table} where {state} next_attempt_at <= now()
    and (lease_until is null or lease_until < now()) order by next_attempt_at limit {most})"""
_WHERE_DUE = (*(("document", f"state = '{state}' and") for state in MOVING), ("ride", ""))
_MAIL_DUE = (("delivery", ""),)
_OUTBOX = "select count(*), min(due) from ({all}) due"


@dataclass(frozen=True)
class Outbox:
    """What is due and in nobody's hands: how much, at most ``MOST_DUE`` of each kind, and since when the oldest is."""

    n: int
    oldest: datetime | None

    @property
    def more(self) -> bool:
        """Whether there may be more than were counted."""
        return self.n >= MOST_DUE


@dataclass
class Room:
    """What is known of the engine at this moment; ``troubles`` are sentences about what is wrong."""

    processes: list[Process]
    silent: set[str]
    queues: dict[str, engine.Depth]
    redis: redis_health.RedisHealth
    redis_ms: float
    connections: int
    connections_most: int
    last_tick: datetime | None
    outbox: Outbox
    disk_free: int | None = None
    disk_share: float | None = None

    @property
    def workers(self) -> list[Process]:
        """Worker processes that live."""
        return [one for one in self.processes if one.kind == "worker" and one.name not in self.silent]

    @property
    def late(self) -> bool:
        """Whether the scheduler has not ticked for too long."""
        return self.last_tick is None or (datetime.now(UTC) - self.last_tick).total_seconds() > LATE_AFTER_S

    @property
    def versions(self) -> set[str]:
        """Versions at work; more than one is a deployment under way, or half done."""
        return {one.version for one in self.processes if one.name not in self.silent}

    @property
    def troubles(self) -> list[str]:
        """Sentences about what keeps the engine from working."""
        return [spoken(self.redis.trouble)] if self.redis.trouble else []


def look(services: Services) -> Room:
    """Look at everything once; a Redis that is away costs two seconds and is said. Inside a scope."""
    now = datetime.now(UTC)
    living = list(Process.select().order_by(Process.kind, Process.name))
    began = time.monotonic()
    redis = redis_health.look(services.settings.redis_url)
    used, most = database.execute_sql(
        "select numbackends, current_setting('max_connections')::int from pg_stat_database "
        "where datname = current_database()"
    ).fetchone()
    last = Tick.select(Tick.due_at).where(Tick.origin == "clock").order_by(Tick.id.desc()).limit(1).scalar()
    room = Room(
        living,
        {one.name for one in living if processes.is_silent(one, now)},
        engine.depths() if redis.reached else {},
        redis,
        (time.monotonic() - began) * 1000,
        used,
        most,
        last,
        _outbox(services.settings.sends_mail),
    )
    if not services.settings.storage_url or services.settings.storage_url.startswith("file:"):
        disk = shutil.disk_usage(services.settings.autoriza_home)
        room.disk_free, room.disk_share = disk.free, disk.free / disk.total
    return room


def _outbox(sends_mail: bool) -> Outbox:
    """Without a mail server nothing is due to buyers: it waits for somebody to set one."""
    where = (*_WHERE_DUE, *(_MAIL_DUE if sends_mail else ()))
    due = " union all ".join(_DUE.format(table=table, state=state, most=MOST_DUE) for table, state in where)
    return Outbox(*database.execute_sql(_OUTBOX.format(all=due)).fetchone())


def busy(process: Process) -> dict[str, int]:
    """How many threads of a worker do what, by actor."""
    found: dict[str, int] = defaultdict(int)
    for work in process.work:
        found[work["actor"]] += 1
    return dict(found)
