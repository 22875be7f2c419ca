"""``autoriza document``: hand documents in, follow them, take their files out."""

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from admin.cli import document_records
from admin.cli.output import cell, err, json_option, out, print_json, print_records, print_table
from admin.installation import connect
from app import holding, intake, tenants
from app.delivery import envelope_of
from app.errors import Refused, Text
from app.finding import find_document
from app.intake import Accepted, Offer
from app.progress import measure
from app.services import Services
from app.store.documents import Document, DocumentAuthorization
from app.tenancy import tenant_scope

LIST_COLUMNS = (
    "id",
    "tenant",
    "number",
    "access_key",
    "state",
    "total",
    "buyer",
    "waits_for",
    "next_attempt_at",
)
KEPT = {
    "key": "key and number kept",
    "number": "new date and key, number kept",
    "nothing": "new number and key",
}
known = click.argument("known", metavar="ID|KEY|NUMBER")
of_ruc = click.option("--ruc", metavar="R", help="Whose number it is.")


@click.group()
def document() -> None:
    """Documents (comprobantes)."""


@document.command("import")
@click.option("--ruc", required=True, metavar="R", help="The issuer.")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="fechaEmision, in pruebas only.")
@click.option(
    "--called", default="", help="What the batch is called; by default as the first of several files."
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@json_option
def import_files(ruc: str, on: datetime | None, called: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Accept JSON or XML files as drafts: all of them, or none when one is refused."""
    services = connect()
    offers = [Offer(file.read_bytes(), str(file)) for file in files]
    with services.database.connection_context():
        accepted = intake.accept_all(
            tenants.find(ruc).id,
            offers,
            by="command line",
            requested_date=on.date() if on else None,
            max_age_days=services.settings.sri_max_age_days,
            called=called,
        )
    wake_all(accepted)
    _report(services, list(zip(files, accepted, strict=True)), as_json)


def wake_all(accepted: list[Accepted]) -> None:
    """Start what is new on its way; when Redis is away the sweeps will."""
    from workers import by_hand  # opens the broker, which needs these services

    for one in accepted:
        if one.new:
            by_hand.wake(one.tenant_id, one.document_id)


def _report(services: Services, accepted: list[tuple[Path, Accepted]], as_json: bool) -> None:
    language = services.settings.autoriza_language
    records = [
        {
            "file": str(file),
            "id": one.document_id,
            "reference": one.reference,
            "new": one.new,
            "warnings": [problem.sentence(language) for problem in one.warnings],
        }
        for file, one in accepted
    ]
    print_records(as_json, records, ("file", "id", "new", "reference"))
    if not as_json:
        for file, one in accepted:
            for problem in one.warnings:
                err.print(f"{file}: {problem.sentence(language)}", style="yellow", markup=False)


@document.command("list")
@click.option("--ruc", metavar="R")
@click.option("--state", type=click.Choice(document_records.STATES))
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
def list_documents(ruc: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """The newest documents."""
    services = connect()
    with services.database.connection_context():
        tenant_ids = (tenants.find(ruc).id,) if ruc else None
        records = document_records.newest(tenant_ids, state, limit)
    print_records(as_json, records, LIST_COLUMNS)


@document.command("show")
@known
@of_ruc
@json_option
def show(known: str, ruc: str | None, as_json: bool) -> None:
    """One document with its history, its signed versions and its calls to the SRI."""
    services = connect()
    with services.database.connection_context():
        record = document_records.whole(find_document(known, ruc))
    if as_json:
        print_json(record)
        return
    history, emissions, exchanges, deliveries = (
        record.pop(name) for name in ("history", "emissions", "exchanges", "deliveries")
    )
    for name, value in record.items():
        if value is not None:
            out.print(f"{name:>16}  {cell(value)}", markup=False)
    print_table(("at", "event", "to", "by", "said"), (_values(row) for row in history), title="\nhistory")
    if len(emissions) > 1:
        print_table(
            ("version", "signed", "access key", "by", "why"), map(_values, emissions), title="\nversions"
        )
    print_table(
        ("started", "operation", "outcome", "seconds", "said"),
        (_values(row) for row in exchanges),
        title="\nSRI",
    )
    if deliveries:
        columns = ("kind", "address", "outcome", "sent", "said")
        print_table(columns, (_values(row) for row in deliveries), title="\nmail")


def _values(row: dict[str, Any]) -> list[Any]:
    return list(row.values())


@document.command("xml")
@known
@of_ruc
@click.option(
    "--authorized", is_flag=True, help="With the SRI's yes, as its buyer gets it; default: as signed last."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def xml(known: str, ruc: str | None, authorized: bool, output: Path | None) -> None:
    """The signed XML, byte for byte, or the file that counts as the document."""
    services = connect()
    with services.database.connection_context():
        found = find_document(known, ruc)
        with tenant_scope(found.tenant_id):
            content = _authorized(found) if authorized else _signed(found)
    if content is None:
        raise Refused(
            Text(
                f"el comprobante {found.id} está en {found.state}: todavía no tiene ese XML",
                f"document {found.id} is in {found.state}: it does not have that XML yet",
            )
        )
    hand_over(content, output)


def _authorized(found: Document) -> bytes | None:
    yes = DocumentAuthorization.get_or_none(DocumentAuthorization.document_id == found.id)
    return envelope_of(found, yes) if yes else None


def _signed(found: Document) -> bytes | None:
    emission = document_records.signed_last(found)
    return bytes(emission.xml) if emission else None


def hand_over(content: bytes, output: Path | None) -> None:
    """Write to the file named, or to stdout."""
    if output:
        output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)


@document.command("retry")
@known
@of_ruc
@click.option("--reason", metavar="T", help="Kept in the audit.")
def retry(known: str, ruc: str | None, reason: str | None) -> None:
    """Try the next step now, also of what waits for a person."""
    services = connect()
    from workers import by_hand

    with services.database.connection_context():
        found = find_document(known, ruc)
        by_hand.retry(found.tenant_id, found.id, by="command line", reason=reason)
    out.print(f"document {found.id} is tried again as soon as nothing holds it back")


@document.command("hold")
@known
@of_ruc
@click.option("--reason", required=True, metavar="T", help="Shown with the document and kept in the audit.")
def hold(known: str, ruc: str | None, reason: str) -> None:
    """Hold back what was not sent yet, for review; retry lets it go on."""
    services = connect()
    with services.database.connection_context():
        found = find_document(known, ruc)
        holding.hold(found.tenant_id, found.id, by="command line", reason=reason)
    out.print(f"document {found.id} is held back until autoriza document retry")


@document.command("correct")
@known
@of_ruc
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The content from now on, JSON or XML; default: the same, signed anew.",
)
@click.option("--new-number", is_flag=True, help="Give the number up; after code 45 only.")
@click.option("--reason", required=True, metavar="T", help="Kept in the history and the audit.")
@json_option
def correct(
    known: str, ruc: str | None, file: Path | None, new_number: bool, reason: str, as_json: bool
) -> None:
    """Back to draft, with its number and reference, and sent again: what the SRI returned or rejected."""
    services = connect()
    from workers import by_hand

    offer = Offer(file.read_bytes(), str(file)) if file else None
    with services.database.connection_context():
        found = find_document(known, ruc)
        done = by_hand.correct(
            found.tenant_id, found.id, by="command line", reason=reason, offer=offer, new_number=new_number
        )
    warnings = [problem.sentence(services.settings.autoriza_language) for problem in done.warnings]
    if as_json:
        print_json({"id": done.document_id, "kept": done.kept, "warnings": warnings})
        return
    out.print(f"document {done.document_id} is signed and sent again: {KEPT[done.kept]}")
    for warning in warnings:
        err.print(warning, style="yellow", markup=False)


@document.command("wait")
@click.option("--ruc", metavar="R")
@click.option("--timeout", "timeout_s", type=float, required=True, metavar="S")
@json_option
def wait(ruc: str | None, timeout_s: float, as_json: bool) -> None:
    """Wait until every document is final, halted or needs a person; status 1 when time runs out first."""
    services = connect()
    deadline = time.monotonic() + timeout_s
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        services.database.connection_context(),
        Progress(*columns, console=err, disable=not err.is_terminal) as bar,
    ):
        tenant_ids = (tenants.find(ruc).id,) if ruc else None
        task = bar.add_task("documents at rest")
        while (now := measure(tenant_ids)).moving and time.monotonic() < deadline:
            bar.update(task, total=now.total, completed=max(0, now.total - now.moving))
            time.sleep(0.25)
        bar.update(task, total=now.total, completed=max(0, now.total - now.moving))
    if as_json:
        print_json(
            {"moving": now.moving, "halted": now.held, "needs_person": now.needs_person, **now.by_state}
        )
    else:
        out.print(
            ", ".join(f"{count} {state}" for state, count in sorted(now.by_state.items())) or "no documents"
        )
    if now.moving:
        raise click.exceptions.Exit(1)


COMMANDS = (document,)
