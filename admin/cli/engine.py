"""The commands of the Procfile and of whoever looks after the engine."""

import code
import sys
from typing import Any

import click

from admin import diagnosis
from admin.cli.output import json_option, out, print_json, print_records, spoken
from admin.installation import connect, resolved
from admin.supervisor import Supervisor
from admin.topology import QUEUES, pools
from app import continuity, embedded, logs
from app.config import Settings, environment_of, load_settings
from app.invariants import find_violations
from app.migrating import migrate as bring_up
from app.store import documents, people, tenants
from app.store import engine as store_engine
from app.store.engine import Run
from app.tenancy import every_tenant_scope, tenant_scope
from workers import runtime


def _settings() -> Settings:
    given = load_settings()
    return resolved(
        given, None if given.database_url and given.redis_url else embedded.running(given.autoriza_home)
    )


@click.command()
def migrate() -> None:
    """Bring the database to this version (Procfile: release)."""
    done = bring_up(_settings().database_url)
    out.print(f"applied: {', '.join(done)}" if done else "the database is up to date")


@click.command()
@click.option("-Q", "--queues", default=",".join(QUEUES), show_default=True, help="Kinds of work, by commas.")
def worker(queues: str) -> None:
    """Work: the pools of these queues, restarted when they die (Procfile: worker)."""
    wanted = tuple(queue.strip() for queue in queues.split(",") if queue.strip())
    if unknown := set(wanted) - set(QUEUES):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: known are {', '.join(QUEUES)}")
    settings = _settings()
    logs.configure(settings.log_level)
    services = connect(settings)
    with services.database.connection_context():
        continuity.hold_if_displaced(by="autoriza worker")
    services.database.close_all()
    say = logs.sentence("worker")
    pid_file = settings.autoriza_home / f"worker-{'-'.join(wanted)}.json"
    Supervisor(
        pools(settings, wanted, environment_of(settings)), None, pid_file=pid_file, say=say
    ).run_from_start()


@click.command()
def scheduler() -> None:
    """Tick: one row and one message per due time of each schedule (Procfile: scheduler)."""
    settings = _settings()
    logs.configure(settings.log_level)
    services = connect(settings)
    with services.database.connection_context():
        continuity.hold_if_displaced(by="autoriza scheduler")
    from workers.scheduler import Scheduler
    from workers.schedules import PERIODIC

    Scheduler(PERIODIC).run()


@click.command()
@json_option
def check(as_json: bool) -> None:
    """The invariants: status 1 with each violation named."""
    services = connect()
    with services.database.connection_context():
        found = find_violations(services)
    if as_json:
        print_json([vars(violation) | {"sentence": spoken(violation.sentence)} for violation in found])
    else:
        for violation in found:
            out.print(f"{violation.invariant}  {spoken(violation.sentence)}", style="red", markup=False)
        out.print("no violation" if not found else f"{len(found)} violations")
    if found:
        raise click.exceptions.Exit(1)


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look at everything this installation needs, and say what to do about what is wrong."""
    findings = diagnosis.examine(load_settings())
    print_records(as_json, [vars(finding) for finding in findings], ("what", "state", "advice"))
    if any(finding.state == "wrong" for finding in findings):
        raise click.exceptions.Exit(1)


@click.command()
def shell() -> None:
    """A Python prompt with the actors, the tables and the scopes loaded."""
    connect()
    names = _shell_names()
    actors = ", ".join(sorted(name for name, value in names.items() if hasattr(value, "send")))
    banner = (
        f"autoriza shell. Actors: {actors}\n"
        "Enqueue one: check_tenant_authorizations.send(1)\n"
        "See rows:    with tenant_scope(1): print(list(Document.select()))"
    )
    code.interact(banner=banner if sys.stdin.isatty() else "", local=names, exitmsg="")


def _shell_names() -> dict[str, Any]:
    from workers import by_hand, job, schedules

    names: dict[str, Any] = {"by_hand": by_hand, "services": runtime.services()}
    for module in (documents, store_engine, people, tenants):
        own = ((name, value) for name, value in vars(module).items() if isinstance(value, type))
        names |= {name: value for name, value in own if value.__module__ == module.__name__}
    names |= {name: value for name, value in vars(schedules).items() if hasattr(value, "send")}
    names |= {name: kind.actor for name, kind in job.JOBS.items()}
    return names | {"tenant_scope": tenant_scope, "every_tenant_scope": every_tenant_scope}


@click.group()
def jobs() -> None:
    """Runs of messages."""


@jobs.command("list")
@click.option("--state", type=click.Choice(["running", "succeeded", "failed", "abandoned"]))
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
def list_runs(state: str | None, limit: int, as_json: bool) -> None:
    """The newest runs."""
    services = connect()
    columns = (
        "id",
        "actor",
        "tenant_id",
        "document_id",
        "state",
        "outcome",
        "attempt",
        "started_at",
        "finished_at",
        "error",
    )
    with services.database.connection_context(), every_tenant_scope():
        rows = Run.select().order_by(Run.id.desc()).limit(limit)
        if state:
            rows = rows.where(Run.state == state)
        records = [{column: getattr(row, column) for column in columns} for row in rows]
    print_records(as_json, records, columns)


COMMANDS = (migrate, worker, scheduler, check, doctor, shell, jobs)
