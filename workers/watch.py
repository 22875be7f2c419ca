"""Who looks at what is alarming: a schedule, and when nobody does, whichever process notices.

Without a scheduler there is no tick, and without a worker nobody serves it. So both, every minute, see whether the
schedule was served lately, and look themselves when it was not.
"""

import threading
from datetime import UTC, datetime
from typing import Any

import redis
import structlog
from peewee import SQL, PeeweeException, fn

from app import alert_settings, alert_watch, batches, notices, progress, slo
from app.alert_rules import Look
from app.errors import AutorizaError
from app.services import Services
from app.store.base import database
from app.store.engine import Schedule, Tick
from app.tenancy import every_tenant_scope
from app.time_scale import scaled
from workers.broker import broker
from workers.job import mail_is_on
from workers.runtime import services, settings

log = structlog.get_logger("watch")
SCHEDULE = "evaluate_alerts"
UNSERVED_AFTER_S = 150.0
EVERY_S = 60.0


def look() -> dict[str, int]:
    """Evaluate the rules, end the batches that are over, and write what is to be told; how many alerts of each
    kind stand, the batches, the notices written, and what the last minute came to."""
    slo.sample()
    over = batches.finish_over()
    watching = Services(alert_settings.in_force(services().settings), services().database)
    standing = alert_watch.look(Look(watching, expected_queues()))
    planned = notices.plan(watching, datetime.now(UTC))
    with every_tenant_scope():
        minute = progress.last_minute()
    return {**minute, **standing, "batches": over, "notices": planned}


def expected_queues() -> tuple[str, ...]:
    """The queues that some worker should serve: nothing comes into that of mail while nobody is told anything."""
    names = broker.get_declared_queues()
    unused = set() if mail_is_on() or settings().alert_channels else {"mail"}
    return tuple(sorted(names - unused))


class StandIn:
    """Looks when nobody else does, from a thread of its own: one per process, started after the fork."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def start(self) -> None:
        """Begin; the first look is a minute away."""
        threading.Thread(target=self._run, daemon=True, name="stand-in").start()

    def stop(self) -> None:
        """End before the next look."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(scaled(EVERY_S)):
            try:
                look_if_nobody_does()
            except (PeeweeException, AutorizaError, redis.RedisError, OSError) as error:
                log.warning("no_look", error=str(error).splitlines()[0])
            finally:
                if not database.is_closed():
                    database.close()


def look_if_nobody_does() -> bool:
    """Look and send at once when the schedule was not served lately; whether that was so."""
    if not _unserved():
        return False
    log.warning("standing_in", schedule=SCHEDULE)
    look()
    notices.send_due(services())
    return True


def _unserved() -> bool:
    """Whether the schedule is not paused, and was not done or even announced for too long."""
    row: Any = Schedule.get_or_none(Schedule.name == SCHEDULE)
    if row is not None and row.paused_since is not None:
        return False
    recent = fn.now() - SQL("make_interval(secs => %s)", (scaled(UNSERVED_AFTER_S),))
    served = Tick.select().where(
        Tick.schedule == SCHEDULE, Tick.outcome == "done", Tick.finished_at > recent, Tick.due_at > recent
    )
    young = Schedule.select().where(Schedule.name == SCHEDULE, Schedule.updated_at > recent)
    return not served.exists() and not young.exists()
