"""Alarming about what the service stands on: disk, Redis, the clock, the channels that notices leave by."""

import shutil
from collections.abc import Iterator

from app import redis_health
from app.alert_rules.rule import AlertRule, Found, Look, rows
from app.errors import Text
from app.readiness import MOST_SKEW_S, clock_skew_s
from app.tenancy import SYSTEM


def _disk_full(look: Look) -> Iterator[Found]:
    settings = look.services.settings
    home = settings.autoriza_home.resolve()
    free = shutil.disk_usage(home if home.exists() else home.parent).free // 2**20
    if free < settings.alert_disk_mb:
        message = Text(
            f"quedan {free} MB donde está AUTORIZA_HOME: libere espacio o amplíe el disco",
            f"{free} MB are left where AUTORIZA_HOME is: make room or enlarge the disk",
        )
        yield Found(SYSTEM, "disk", message)


def _redis_trouble(look: Look) -> Iterator[Found]:
    if trouble := redis_health.look(look.services.settings.redis_url).trouble:
        message = Text(
            f"{trouble.es}; los comprobantes siguen su camino más despacio",
            f"{trouble.en}; documents go on, more slowly",
        )
        yield Found(SYSTEM, "redis", message)


def _clock_skew(_: Look) -> Iterator[Found]:
    skew = clock_skew_s()
    if abs(skew) >= MOST_SKEW_S:
        message = Text(
            f"el reloj de este equipo difiere {skew:.1f} s del de PostgreSQL: revise NTP",
            f"this machine's clock differs by {skew:.1f} s from PostgreSQL's: look at NTP",
        )
        yield Found(SYSTEM, "clock", message)


def _notice_undelivered(_: Look) -> Iterator[Found]:
    sql = (
        "select channel_name, count(*), max(last_error) from notice where next_attempt_at is not null "
        "and attempts > 2 and created_at < now() - interval '15 minutes' group by channel_name"
    )
    for name, waiting, why in rows(sql):
        message = Text(
            f"{waiting} avisos no salen por el canal «{name}»: {why}",
            f"{waiting} notices do not get out by the channel '{name}': {why}",
        )
        yield Found(SYSTEM, name, message)


RULES = (
    AlertRule("disk_full", _disk_full),
    AlertRule("redis_trouble", _redis_trouble),
    AlertRule("clock_skew", _clock_skew),
    AlertRule("notice_undelivered", _notice_undelivered),
)
