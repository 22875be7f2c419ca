"""``autoriza backup`` and ``restore``, and ``reconcile`` after it: what only the SRI still knows."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from rich.progress import Progress, SpinnerColumn, TextColumn

from admin.cli.output import err, json_option, out, print_json
from admin.installation import connect
from app import continuity, embedded, known_keys, reconciling, tenants
from app.backing_up import back_up
from app.backing_up import restore as back_in
from app.config import load_settings
from app.ecuador import ECUADOR
from app.reconciling import Reconciled
from app.services import Services
from app.store.tenants import Tenant

BY = "command line"


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """Write the whole database to a file for pg_restore; RIDEs lie in the storage, SECRET_KEYS in your settings."""
    services = connect()
    with services.database.connection_context():
        size = back_up(services.settings.database_url, target)
    out.print(f"{target}: {size} bytes; keep SECRET_KEYS beside it, and elsewhere")


@click.command()
@click.argument("dump", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(dump: Path) -> None:
    """Read a backup into an empty database: DATABASE_URL's, or the embedded one of a new AUTORIZA_HOME."""
    settings = load_settings()
    if settings.database_url:
        back_in(settings.database_url, dump)
    else:
        with embedded.start(settings.autoriza_home) as servers:
            back_in(servers.database_url, dump)
    out.print("restored; next: autoriza migrate (autoriza up does it), then autoriza reconcile --all")


@click.command()
@click.option("--ruc", metavar="R", help="One taxpayer.")
@click.option("--all", "everyone", is_flag=True, help="Every taxpayer.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day of the backup; default: the last the database knew.",
)
@click.option(
    "--keys",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Any text with access keys: the SRI portal's report, logs, an archive's index. May be repeated.",
)
@click.option("--hold", is_flag=True, help="Only stop signing and sending, until it was asked.")
@click.option("--accept", is_flag=True, help="You vouch that the keys given are all there are.")
@click.option("--reason", metavar="T", help="Why; kept in the audit.")
@json_option
def reconcile(
    ruc: str | None,
    everyone: bool,
    since: datetime | None,
    files: tuple[Path, ...],
    hold: bool,
    accept: bool,
    reason: str | None,
    as_json: bool,
) -> None:
    """After restoring a backup: ask the SRI for every number since, before another is taken.

    Signing and sending stand still meanwhile; status 1 as long as they must.
    """
    if bool(ruc) == everyone:
        raise click.UsageError("name a taxpayer with --ruc, or say --all")
    if accept and not (reason or "").strip():
        raise click.UsageError("--accept needs --reason")
    services = connect()
    with services.database.connection_context():
        chosen = tenants.every() if everyone else [tenants.find(str(ruc))]
        if hold:
            for tenant in chosen:
                continuity.hold(tenant.id, by=BY)
            out.print(f"{len(chosen)} stand still; next: autoriza reconcile")
            return
        continuity.hold_if_displaced(by=BY)
        texts = [file.read_bytes() for file in files]
        results = _ask_for(chosen, services, _first_day(since), texts, reason if accept else None)
    if as_json:
        print_json([vars(result) for result in results])
    else:
        for result in results:
            _show(result)
    if any(result.open for result in results):
        raise click.exceptions.Exit(1)


def _first_day(since: datetime | None) -> date:
    """The day before the last that the database knew of: a document may bear an earlier date than its signature."""
    if since is not None:
        return since.date()
    known = continuity.last_known() or datetime.now(UTC)
    return known.astimezone(ECUADOR).date() - timedelta(days=1)


def _ask_for(
    chosen: list[Tenant], services: Services, since: date, texts: list[bytes], vouched: str | None
) -> list[Reconciled]:
    today = datetime.now(ECUADOR).date()
    if since > today:
        raise click.BadParameter(f"--since {since}: that day is yet to come")
    results = []
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True) as bar:
        task = bar.add_task("")
        for tenant in chosen:
            listed = frozenset(key for text in texts for key in known_keys.in_text(text, str(tenant.ruc)))
            results.append(
                reconciling.reconcile(
                    tenant,
                    services,
                    since=since,
                    today=today,
                    listed=listed,
                    vouched=vouched,
                    say=lambda words: bar.update(task, description=words),
                )
            )
    return results


def _show(result: Reconciled) -> None:
    counted = (
        ", ".join(f"{count} {came}" for came, count in sorted(result.counted.items())) or "nothing unknown"
    )
    following = ", ".join(f"{place}: {number}" for place, number in sorted(result.next_numbers.items()))
    out.print(f"{result.ruc}  asked {result.asked}; {counted}; next numbers: {following or 'none taken'}")
    for key in result.adopted:
        out.print(f"  {key}", markup=False)
    for why in result.open:
        out.print(f"  {why}", style="red", markup=False)
    if not result.open:
        out.print("  numbering goes on", style="green")


COMMANDS = (backup, restore, reconcile)
