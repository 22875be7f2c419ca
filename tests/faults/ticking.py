"""Faults of the scheduler: five of them, none for hours, a tick that runs for longer than its period."""

import os
import signal
from datetime import timedelta
from pathlib import Path

from admin.supervisor import ProcessSpec, Supervisor
from admin.topology import program
from app.config import environment_of
from app.store.engine import Tick
from app.tenancy import every_tenant_scope
from faults.fault import Fault
from faults.ground import Ground
from faults.sri_silent import same_bytes_later

MORE = 4
HERE = str(Path(__file__).resolve().parents[2])
LOST = 20
AHEAD = Path(__file__).with_name("ahead")
GONE = timedelta(hours=3)
BURST_S = 2


def _five(ground: Ground) -> None:
    env = {**environment_of(ground.settings), "PYTHONPATH": HERE}
    specs = [ProcessSpec(f"scheduler-{n}", (program("autoriza"), "scheduler"), env) for n in range(MORE)]
    more = Supervisor(specs, ground.settings.autoriza_home / "logs")
    more.start()
    try:
        ground.strike()
        ground.wait(ground.scale.outage_s)
        paused = ground.engine.supervisor.pids["scheduler"]
        os.kill(paused, signal.SIGSTOP)
        ground.wait(2 * ground.scale.outage_s)
        os.kill(paused, signal.SIGCONT)
        ground.wait(ground.scale.outage_s)
    finally:
        more.stop()


def _many_schedulers_ticked(ground: Ground) -> list[str]:
    with every_tenant_scope():
        by = Tick.select(Tick.by).where(Tick.outcome != "missed").distinct().count()
    return [] if by > 1 else ["only one scheduler ever took a tick: the trial proved nothing"]


def _gone_for_hours(ground: Ground) -> None:
    """The record says that nothing ticked for three hours: the look-back cannot tell it from a real pause."""
    top = ground.engine.supervisor.pids["scheduler"]
    os.kill(top, signal.SIGSTOP)
    ground.strike()
    with every_tenant_scope():
        last = {row.schedule: row.id for row in Tick.select().order_by(Tick.due_at)}
        Tick.delete().where(Tick.id.not_in(list(last.values()))).execute()
        Tick.update(due_at=Tick.due_at - GONE).execute()
        ground.seen["before"] = max(last.values())
        ground.seen["schedules"] = len(last)
    os.kill(top, signal.SIGKILL)
    ground.until(lambda: _ticked_since(ground), 60, "a new scheduler's first ticks")
    ground.wait(BURST_S)


def _ticked_since(ground: Ground) -> bool:
    with every_tenant_scope():
        since = Tick.select().where(Tick.id > ground.seen["before"], Tick.schedule == "sign_drafts")
        return bool(since.where(Tick.outcome != "missed").exists())


def _missed_and_no_burst(ground: Ground) -> list[str]:
    with every_tenant_scope():
        after = Tick.select().where(Tick.id > ground.seen["before"], Tick.schedule == "sign_drafts")
        missed = after.where(Tick.outcome == "missed").count()
        first = after.where(Tick.outcome != "missed").order_by(Tick.created_at).first()
        burst = after.where(
            Tick.outcome != "missed", Tick.created_at < first.created_at + timedelta(seconds=BURST_S)
        ).count()
    found = [] if missed > 100 else [f"only {missed} missed ticks are on record"]
    return found + ([f"{burst} ticks ran within {BURST_S} s"] if burst > BURST_S + 2 else [])


def _slow_tick(ground: Ground) -> None:
    """Whoever looks for due rows waits behind a lock, for several periods of its schedule."""
    with ground.superuser() as cursor:
        cursor.execute("begin")
        cursor.execute("lock table document in access exclusive mode")
        import time

        time.sleep(1.5 * ground.scale.outage_s)
        cursor.execute("rollback")
    ground.strike()
    ground.wait(ground.scale.outage_s)


def _never_two_at_once(ground: Ground) -> list[str]:
    with ground.superuser() as cursor:
        cursor.execute(
            "select count(*) from jobs.tick a join jobs.tick b on a.schedule = b.schedule and a.id < b.id "
            "where a.outcome = 'done' and b.outcome = 'done' "
            "and a.started_at < b.finished_at and b.started_at < a.finished_at"
        )
        twice = cursor.fetchone()[0]
        cursor.execute("select count(*) from jobs.tick where outcome = 'skipped'")
        skipped = cursor.fetchone()[0]
    found = [f"{twice} pairs of ticks of one schedule ran at once"] if twice else []
    return found + ([] if skipped else ["no tick was recorded as skipped"])


def _one_clock_ahead(ground: Ground) -> None:
    """Sendings are lost meanwhile, so that somebody must wait by a clock before the bytes go out again."""
    assert (ground.settings.autoriza_home / "clock-is-ahead").exists(), "no process has a wrong clock"
    ground.simulator.script([{"fault": "drop_before", "stage": "recepcion", "times": LOST}])
    ground.strike()
    ground.import_more(3 * LOST)
    ground.wait(2 * ground.scale.outage_s)


FAULTS = (
    Fault(
        "F38",
        "the clock of one worker process is ten minutes ahead, sendings are lost",
        "nothing is sent again too soon, nothing is worked on by two",
        _one_clock_ahead,
        same_bytes_later,
        inside=(AHEAD,),
        begins=(0.0, 0.1),
    ),
    Fault(
        "F39",
        "five schedulers run, one of them is paused and goes on",
        "one tick for each due time",
        _five,
        _many_schedulers_ticked,
    ),
    Fault(
        "F40",
        "no scheduler for three hours",
        "missed ticks are on record, no burst",
        _gone_for_hours,
        _missed_and_no_burst,
    ),
    Fault(
        "F41",
        "a tick runs for longer than its period",
        "the next is recorded as skipped, never two at once",
        _slow_tick,
        _never_two_at_once,
    ),
)
