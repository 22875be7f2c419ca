"""``autoriza schedule``: periodic work as it is known, run now, paused, or kept to another cron."""

import click

from admin.cli.output import json_option, out, print_records
from admin.cli.pauses import hours_option, moment_in
from admin.installation import connect
from app.store.engine import Schedule, Tick


@click.group()
def schedule() -> None:
    """Periodic work."""


@schedule.command("list")
@json_option
def list_schedules(as_json: bool) -> None:
    """Every schedule: the cron in force, the setting, who changed it, and its last tick."""
    services = connect()
    with services.database.connection_context():
        records = []
        for row in Schedule.select().order_by(Schedule.name):
            last = Tick.select().where(Tick.schedule == row.name).order_by(Tick.id.desc()).first()
            records.append(
                {
                    "name": row.name,
                    "cron": row.cron_set or row.cron,
                    "configured": row.cron,
                    "changed_by": row.cron_set_by,
                    "timezone": row.timezone,
                    "paused_since": row.paused_since,
                    "last": last.due_at if last else None,
                    "outcome": last.outcome if last else None,
                }
            )
    columns = ("name", "cron", "configured", "changed_by", "timezone", "paused_since", "last", "outcome")
    print_records(as_json, records, columns)


@schedule.command("run")
@click.argument("name")
def run_schedule(name: str) -> None:
    """Run one now, beside its cron."""
    services = connect()
    from workers import by_hand

    with services.database.connection_context():
        tick_id = by_hand.run_now(name, by="command line")
    out.print(f"{name}: tick {tick_id} sent")


@schedule.command("pause")
@click.argument("name")
@click.option("--reason", required=True, metavar="T", help="Shown in the console and kept in the audit.")
@hours_option
def pause_schedule(name: str, reason: str, hours: float | None) -> None:
    """Skip its ticks until it is resumed; what is due waits meanwhile."""
    services = connect()
    from workers import by_hand

    with services.database.connection_context():
        by_hand.pause(name, by="command line", reason=reason, until=moment_in(hours))
    out.print(f"{name} is paused")


@schedule.command("resume")
@click.argument("name")
def resume_schedule(name: str) -> None:
    """Let a paused one run again."""
    services = connect()
    from workers import by_hand

    with services.database.connection_context():
        by_hand.resume(name, by="command line")
    out.print(f"{name} runs again")


@schedule.command("set")
@click.argument("name")
@click.argument("cron")
@click.option("--reason", required=True, metavar="T", help="Shown in the console and kept in the audit.")
def set_cron(name: str, cron: str, reason: str) -> None:
    """Keep to CRON, with the seconds first, instead of the setting: schedulers take it up within a minute."""
    services = connect()
    from workers import by_hand

    with services.database.connection_context():
        kept = by_hand.set_cron(name, cron, by="command line", reason=reason)
    out.print(f"{name} runs by '{kept}'")


@schedule.command("as-configured")
@click.argument("name")
def as_configured(name: str) -> None:
    """Keep to the setting again."""
    services = connect()
    from workers import by_hand

    with services.database.connection_context():
        kept = by_hand.as_configured(name, by="command line")
    out.print(f"{name} runs by '{kept}', as configured")


COMMANDS = (schedule,)
