"""What is alarming: every rule that is looked at each minute, with its check. Its gravity is in ``app.alert_kinds``.

A check answers what is wrong now; what it no longer answers is over. A new rule is a line in ``RULES`` and its check.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app import failure_groups, redis_health, silence
from app.catalogues.situations import AMBIENTES
from app.errors import Text
from app.pausing import HELD
from app.readiness import MOST_SKEW_S, clock_skew_s
from app.services import Services
from app.store.base import database
from app.tenancy import SYSTEM


@dataclass(frozen=True)
class Found:
    """One thing that is alarming now."""

    tenant_id: int
    subject: str
    message: Text


@dataclass(frozen=True)
class Look:
    """What the checks look with; ``queues`` are those that a worker should serve."""

    services: Services
    queues: tuple[str, ...]


@dataclass(frozen=True)
class AlertRule:
    """``check`` runs inside the system scope and has five seconds for each statement."""

    kind: str
    check: Callable[[Look], Iterable[Found]]


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    return list(database.execute_sql(sql, values).fetchall())


# The kept partitions hold what failed; of what succeeded, only the newest of the same taxpayer and job is looked for.
_FAILING = """
select tenant_id, actor, count(*), (array_agg(coalesce(error, '') order by id desc))[1]
from (
    select f.tenant_id, f.actor, f.id, f.error from jobs.run f
    where f.failed and f.started_at > now() - interval '1 hour' order by f.id desc limit 5000
) failing
where failing.id > coalesce((
    select s.id from jobs.run s
    where not s.failed and s.state = 'succeeded' and s.tenant_id = failing.tenant_id and s.actor = failing.actor
      and coalesce(s.outcome, '') not in ('nothing to do', 'under way already')
      and s.started_at > now() - interval '1 hour'
    order by s.id desc limit 1), 0)
group by tenant_id, actor having count(*) > %(limit)s
"""


def _job_fails(look: Look) -> Iterator[Found]:
    limit = look.services.settings.alert_failures_in_a_row
    for tenant_id, actor, times, error in _rows(_FAILING, limit=limit):
        said = Text(
            f"{actor} ha fallado {times} veces seguidas; la última: {error[:300]}",
            f"{actor} has failed {times} times in a row; the last time: {error[:300]}",
        )
        yield Found(tenant_id, actor, said)


_LONG = """
select tenant_id, actor, id, worker, extract(epoch from coalesce(finished_at, now()) - started_at) / 60
from jobs.run
where started_at > now() - interval '1 hour' - make_interval(secs => %(seconds)s)
  and coalesce(finished_at, now()) - started_at > make_interval(secs => %(seconds)s) and state <> 'abandoned'
order by id desc limit 100
"""


def _run_too_long(look: Look) -> Iterator[Found]:
    seconds = look.services.settings.alert_run_minutes * 60
    for tenant_id, actor, run_id, worker, minutes in _rows(_LONG, seconds=seconds):
        message = Text(
            f"la ejecución {run_id} de {actor} en {worker} lleva o tomó {minutes:.0f} minutos",
            f"the run {run_id} of {actor} on {worker} has taken {minutes:.0f} minutes",
        )
        yield Found(tenant_id, f"{actor} {run_id}", message)


_PENDING = """
select t.id, waiting.n from tenant t cross join lateral (
    select count(*) as n from (
        select 1 from document d
        where d.tenant_id = t.id and d.state in ('signed', 'pending_authorization') and d.needs_person_since is null
          and coalesce(d.received_at, d.signed_at) < now() - interval '5 minutes' limit %(limit)s + 1
    ) capped
) waiting where waiting.n > %(limit)s
"""


def _too_many_pending(look: Look) -> Iterator[Found]:
    limit = look.services.settings.alert_pending
    for tenant_id, _ in _rows(_PENDING, limit=limit):
        message = Text(
            f"más de {limit} comprobantes esperan al SRI desde hace más de cinco minutos",
            f"more than {limit} documents have waited for the SRI for more than five minutes",
        )
        yield Found(tenant_id, "pending", message)


_OLDEST = """
select t.id, s.state, oldest.number, oldest.minutes from tenant t
cross join (values ('draft', 'sign'), ('signed', 'submit'), ('pending_authorization', 'check')) s (state, stage)
cross join lateral (
    select coalesce(d.number, d.reference) as number, extract(epoch from now() - coalesce(
        case d.state when 'signed' then d.signed_at when 'pending_authorization' then d.received_at end, d.created_at
    )) / 60 as minutes
    from document d
    where d.tenant_id = t.id and d.state >= s.state and d.state <= s.state and d.needs_person_since is null
      and not exists (
        select from halt h where h.tenant_id = d.tenant_id and h.lifted_at is null
        and (h.establishment is null or h.establishment = d.establishment))
    order by d.state, d.id limit 1
) oldest where oldest.minutes > %(limit)s and not {paused}
union all
select r.tenant_id, 'ride', coalesce(d.number, d.reference), extract(epoch from now() - r.created_at) / 60
from (
    select id, tenant_id, created_at from ride where next_attempt_at is not null and path is null
    order by next_attempt_at limit 1000
) r join document d on d.id = r.id where r.created_at < now() - make_interval(mins => %(limit)s::int)
  and not {paused_ride}
order by 4 desc limit 200
"""
_HELD = {
    "paused": HELD.format(stage="s.stage", environment="t.environment"),
    "paused_ride": HELD.format(stage="'ride'", environment="null"),
}
_STAGES = {
    "draft": Text("espera su firma", "to be signed"),
    "signed": Text("espera ser enviado", "to be sent"),
    "pending_authorization": Text("espera la decisión del SRI", "for the SRI's verdict"),
    "ride": Text("espera su RIDE", "for its RIDE"),
}


def _waits_too_long(look: Look) -> Iterator[Found]:
    limit = look.services.settings.alert_pending_minutes
    told = set()
    for tenant_id, stage, number, minutes in _rows(_OLDEST.format_map(_HELD), limit=limit):
        if (tenant_id, stage) not in told:
            told.add((tenant_id, stage))
            waits = _STAGES[stage]
            message = Text(
                f"el comprobante {number} {waits.es} desde hace {minutes:.0f} minutos",
                f"document {number} has waited {waits.en} for {minutes:.0f} minutes",
            )
            yield Found(tenant_id, stage, message)


# A due time that a restart jumped over is no matter when the next one ran within two minutes.
_MISSED = """
select m.schedule, count(*), max(m.due_at) from jobs.tick m
where m.outcome = 'missed' and m.due_at > now() - interval '1 hour' and m.due_at < now() - interval '2 minutes'
  and not exists (
    select from jobs.tick d where d.schedule = m.schedule and d.outcome = 'done'
    and d.due_at > m.due_at - interval '2 minutes' and d.due_at < m.due_at + interval '2 minutes')
group by m.schedule
"""


def _tick_missed(_: Look) -> Iterator[Found]:
    for schedule, times, last in _rows(_MISSED):
        message = Text(
            f"{schedule} no corrió {times} veces; la última debía ser {last:%Y-%m-%d %H:%M} UTC",
            f"{schedule} did not run {times} times; the last was due {last:%Y-%m-%d %H:%M} UTC",
        )
        yield Found(SYSTEM, schedule, message)


def _worker_silent(look: Look) -> Iterator[Found]:
    minutes = look.services.settings.alert_silent_minutes
    for queue in silence.unheard(look.queues, minutes * 60):
        message = Text(
            f"ningún proceso atiende la cola «{queue}» desde hace {minutes:g} minutos",
            f"no process has served the queue '{queue}' for {minutes:g} minutes",
        )
        yield Found(SYSTEM, queue, message)


def _scheduler_silent(look: Look) -> Iterator[Found]:
    minutes = look.services.settings.alert_silent_minutes
    for _ in silence.unheard(("scheduler",), minutes * 60):
        message = Text(
            f"no hay un programador en marcha desde hace {minutes:g} minutos",
            f"no scheduler has been running for {minutes:g} minutes",
        )
        yield Found(SYSTEM, "scheduler", message)


_SERVICES = {"submit": Text("recepción", "reception"), "query": Text("autorización", "authorization")}


def _circuit_open(look: Look) -> Iterator[Found]:
    minutes = look.services.settings.alert_circuit_minutes
    sql = (
        "select environment, service, extract(epoch from now() - changed_at) / 60, reason from jobs.circuit "
        "where state <> 'closed' and changed_at < now() - make_interval(secs => %(seconds)s)"
    )
    for environment, service, since, reason in _rows(sql, seconds=minutes * 60):
        ambiente, called = AMBIENTES[environment].lower(), _SERVICES[service]
        message = Text(
            f"el servicio de {called.es} de {ambiente} del SRI no responde desde hace {since:.0f} minutos: {reason}",
            f"the SRI's {called.en} in {ambiente} has not answered for {since:.0f} minutes: {reason}",
        )
        yield Found(SYSTEM, f"{called.es} de {ambiente}", message)


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


def _new_failure_group(_: Look) -> Iterator[Found]:
    for tenant_id, subject, message in failure_groups.news():
        yield Found(tenant_id, subject, message)


def _notice_undelivered(_: Look) -> Iterator[Found]:
    sql = (
        "select channel_name, count(*), max(last_error) from notice where next_attempt_at is not null "
        "and attempts > 2 and created_at < now() - interval '15 minutes' group by channel_name"
    )
    for name, waiting, why in _rows(sql):
        message = Text(
            f"{waiting} avisos no salen por el canal «{name}»: {why}",
            f"{waiting} notices do not get out by the channel '{name}': {why}",
        )
        yield Found(SYSTEM, name, message)


RULES: tuple[AlertRule, ...] = (
    AlertRule("job_fails", _job_fails),
    AlertRule("run_too_long", _run_too_long),
    AlertRule("too_many_pending", _too_many_pending),
    AlertRule("waits_too_long", _waits_too_long),
    AlertRule("new_failure_group", _new_failure_group),
    AlertRule("tick_missed", _tick_missed),
    AlertRule("worker_silent", _worker_silent),
    AlertRule("scheduler_silent", _scheduler_silent),
    AlertRule("circuit_open", _circuit_open),
    AlertRule("disk_full", _disk_full),
    AlertRule("redis_trouble", _redis_trouble),
    AlertRule("clock_skew", _clock_skew),
    AlertRule("notice_undelivered", _notice_undelivered),
)
