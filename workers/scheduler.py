"""Periodiq's scheduler with a memory: a tick is a row first and a message second, and no outage ends the process."""

import contextlib
import os
import signal
import socket
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import periodiq
import redis
import structlog
from dramatiq.errors import BrokerError
from peewee import PeeweeException

from app import error_reports, processes
from app.store.base import database
from workers import rhythms, ticks, watch
from workers.broker import broker
from workers.cron import Cron
from workers.figures import Carrier
from workers.runtime import services

log = structlog.get_logger("scheduler")
LOOK_BACK = timedelta(days=7)
LATE = timedelta(seconds=60)
"""A due time found later than this was missed."""
BEAT_S = 5.0
RETRY_S = 2.0


class Scheduler(periodiq.Scheduler):
    """Runs until ``stop``; each due time of each actor becomes one tick row and one message."""

    def __init__(self, actors: tuple[Any, ...]) -> None:
        super().__init__(actors=list(actors))
        self._over = threading.Event()
        self._known: dict[str, datetime] = {}
        self._rhythms: dict[str, rhythms.Rhythm] = {}
        self.by = f"{socket.gethostname()}:{os.getpid()}"

    def run(self) -> None:
        """Announce the schedules, then tick; PostgreSQL and Redis may come and go meanwhile."""
        signal.signal(signal.SIGTERM, lambda *_: self.stop())
        signal.signal(signal.SIGINT, lambda *_: self.stop())
        carrier = Carrier(broker.client, "scheduler", self.by)
        carrier.start()
        error_reports.install(services().settings, "scheduler")
        stand_in = watch.StandIn()
        stand_in.start()
        self._try(self._announce)
        while not self._over.is_set():
            now = datetime.now(UTC)
            if self._try(lambda: self.send_actors(self.actors, now)):  # noqa: B023 - called at once
                self._try(lambda: processes.beat(self.by, "scheduler"))
                self._over.wait(min(self._until_next(now), BEAT_S))
            else:
                self._over.wait(RETRY_S)
        self._try(lambda: processes.leave(self.by))
        stand_in.stop()
        carrier.stop()

    def stop(self) -> None:
        """End after the tick under way."""
        self._over.set()

    def send_actors(self, actors: list[Any], now: datetime) -> None:
        """Take and publish every due time up to ``now`` not taken yet; all but the latest are recorded as missed.

        What a person set, here or in another process, is looked up each time: it counts from this pass on.
        """
        self._rhythms = rhythms.in_force(_configured(actors))
        for actor in actors:
            name = actor.actor_name
            since = self._known.get(name) or ticks.last_due(name) or now - timedelta(seconds=1)
            due = self._rhythms[name].due(max(since, now - LOOK_BACK), now)
            if due and _too_late(name, due[-1], now):
                ticks.record_missed(name, due, by=self.by)
            elif due:
                ticks.record_missed(name, due[:-1], by=self.by)
                self._tick(actor, due[-1])
            self._known[name] = due[-1] if due else since

    def _tick(self, actor: Any, due_at: datetime) -> None:
        outcome = "skipped" if ticks.paused(actor.actor_name) else "due"
        tick_id = ticks.take(actor.actor_name, due_at, origin="clock", by=self.by, outcome=outcome)
        if tick_id is None or outcome == "skipped":
            return
        try:
            actor.send(tick_id=tick_id)
        except (BrokerError, redis.RedisError) as error:
            log.warning("tick_not_published", schedule=actor.actor_name, error=str(error))

    def _announce(self) -> None:
        for name, cron in _configured(self.actors).items():
            rhythms.announce(name, cron)

    def _try(self, action: Any) -> bool:
        services()
        try:
            action()
        except PeeweeException as error:
            log.warning("database_away", error=str(error).splitlines()[0])
            with contextlib.suppress(PeeweeException):
                database.close()
            return False
        return True

    def _until_next(self, now: datetime) -> float:
        next_due = min(rhythm.cron.next_valid_date(now) for rhythm in self._rhythms.values())
        return max(0.05, (next_due - datetime.now(UTC)).total_seconds())


def _too_late(name: str, due_at: datetime, now: datetime) -> bool:
    """Whether the latest due time is only to be recorded: found late, and its schedule does not catch up."""
    return now - due_at > LATE and ticks.missed_policy(name) == "skip"


def _configured(actors: list[Any]) -> dict[str, Cron]:
    return {actor.actor_name: actor.options["periodic"] for actor in actors}
