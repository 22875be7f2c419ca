"""Alarming about jobs and the processes that run them: failing, slow, missed, nobody there."""

from collections.abc import Iterator

from app import schedule_names, silence
from app.alert_rules.rule import AlertRule, Found, Look, rows
from app.durations import in_words
from app.ecuador import ECUADOR
from app.errors import Text
from app.tenancy import SYSTEM

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
    for tenant_id, actor, times, error in rows(_FAILING, limit=limit):
        said = Text(
            f"{actor} ha fallado {times} veces seguidas; la última: {error[:300]}",
            f"{actor} has failed {times} times in a row; the last time: {error[:300]}",
        )
        yield Found(tenant_id, actor, said)


_LONG = """
select tenant_id, actor, id, worker, extract(epoch from coalesce(finished_at, now()) - started_at)
from jobs.run
where started_at > now() - interval '1 hour' - make_interval(secs => %(seconds)s)
  and coalesce(finished_at, now()) - started_at > make_interval(secs => %(seconds)s) and state <> 'abandoned'
order by id desc limit 100
"""


def _run_too_long(look: Look) -> Iterator[Found]:
    seconds = look.services.settings.alert_run_minutes * 60
    for tenant_id, actor, run_id, worker, took in rows(_LONG, seconds=seconds):
        long = in_words(float(took))
        message = Text(
            f"la ejecución {run_id} de {actor} en {worker} lleva o tomó {long.es}",
            f"the run {run_id} of {actor} on {worker} has taken {long.en}",
        )
        yield Found(tenant_id, f"{actor} {run_id}", message)


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
    for schedule, times, last in rows(_MISSED):
        name, due = schedule_names.called(schedule), f"{last.astimezone(ECUADOR):%Y-%m-%d %H:%M}"
        often = Text("1 vez", "once") if times == 1 else Text(f"{times} veces", f"{times} times")
        message = Text(
            f"«{name.es}» no corrió {often.es}; la última debía ser {due}",
            f"'{name.en}' did not run {often.en}; the last was due {due}",
        )
        yield Found(SYSTEM, schedule, message)


def _worker_silent(look: Look) -> Iterator[Found]:
    seconds = look.services.settings.alert_silent_minutes * 60
    long = in_words(seconds)
    for queue in silence.unheard(look.queues, seconds):
        message = Text(
            f"ningún proceso atiende la cola «{queue}» desde hace {long.es}",
            f"no process has served the queue '{queue}' for {long.en}",
        )
        yield Found(SYSTEM, queue, message)


def _scheduler_silent(look: Look) -> Iterator[Found]:
    seconds = look.services.settings.alert_silent_minutes * 60
    long = in_words(seconds)
    for _ in silence.unheard(("scheduler",), seconds):
        message = Text(
            f"no hay un programador en marcha desde hace {long.es}",
            f"no scheduler has been running for {long.en}",
        )
        yield Found(SYSTEM, "scheduler", message)


RULES = (
    AlertRule("job_fails", _job_fails),
    AlertRule("run_too_long", _run_too_long),
    AlertRule("tick_missed", _tick_missed),
    AlertRule("worker_silent", _worker_silent),
    AlertRule("scheduler_silent", _scheduler_silent),
)
