"""``autoriza archive`` and ``autoriza document export``: many documents in one file or folder, and proof of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from admin.cli import document_records
from admin.cli.output import err, json_option, out, print_json
from admin.installation import connect
from app import archive as archives
from app import bundles, document_files, tenants
from app.auditing import audit
from app.document_files import DocumentFiles
from app.errors import Refused, Text
from app.lifecycle import State
from app.tenancy import tenant_scope

_MONTH = click.DateTime(["%Y-%m"])


def _named(month: datetime | None) -> str | None:
    return f"{month:%Y-%m}" if month else None


def _counted(documents: Iterable[DocumentFiles], total: int) -> Iterator[DocumentFiles]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as bar:
        yield from bar.track(documents, total=total, description="documents")


@click.command("export")
@click.option("--ruc", required=True, metavar="R")
@click.option("--month", metavar="YYYY-MM", type=_MONTH, help="Of fechaEmision; default: ever.")
@click.option("--state", type=click.Choice(document_records.STATES), default=str(State.AUTHORIZED))
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="All RIDEs as one PDF.")
@click.option(
    "--zip", "zipped", type=click.Path(dir_okay=False, path_type=Path), help="XML and RIDE of each."
)
@json_option
def export(
    ruc: str, month: datetime | None, state: str, pdf: Path | None, zipped: Path | None, as_json: bool
) -> None:
    """Authorized documents of a taxpayer as one PDF, or as a ZIP of XML and RIDE per access key."""
    if (pdf is None) == (zipped is None):
        raise click.UsageError("either --pdf FILE or --zip FILE")
    services = connect()
    with services.database.connection_context():
        tenant_id = tenants.find(ruc).id
        only = _named(month)
        total = document_files.count(tenant_id, only, state)
        documents = _counted(document_files.each(tenant_id, services, only, state), total)
        written = bundles.one_pdf(documents, pdf) if pdf else bundles.one_zip(documents, zipped or Path())
        if not written:
            raise Refused(
                Text("no hay ningún comprobante autorizado con ese filtro", "no authorized document matches")
            )
        _note(tenant_id, "export", only or "all", documents=written)
    if as_json:
        print_json({"file": str(pdf or zipped), "documents": written})
    else:
        out.print(f"{written} documents in {pdf or zipped}", markup=False)


@click.group()
def archive() -> None:
    """A month of documents to keep elsewhere, and proof that they are what was exported."""


@archive.command("export")
@click.option("--ruc", required=True, metavar="R")
@click.option("--month", required=True, metavar="YYYY-MM", type=_MONTH)
@click.option("--to", "target", required=True, metavar="FOLDER|FILE.zip", type=click.Path(path_type=Path))
@json_option
def export_month(ruc: str, month: datetime, target: Path, as_json: bool) -> None:
    """Write XML and RIDE of each authorized document of a month, with an index and its SHA-256."""
    services = connect()
    with services.database.connection_context():
        tenant_id = tenants.find(ruc).id
        only = f"{month:%Y-%m}"
        total = document_files.count(tenant_id, only, State.AUTHORIZED)
        documents = _counted(document_files.each(tenant_id, services, only, State.AUTHORIZED), total)
        done = archives.export(documents, target, ruc=ruc, month=only)
        _note(tenant_id, "archive_exported", only, documents=done.documents, sha256=done.sha256)
    if as_json:
        print_json({"to": str(target), **vars(done)})
    else:
        out.print(f"{done.documents} documents, {done.files} files in {target}", markup=False)
        out.print(f"SHA-256 of the index: {done.sha256}")


@archive.command("verify")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--sha256", metavar="S", help="Of the index, as the export said.")
@json_option
def verify(path: Path, sha256: str | None, as_json: bool) -> None:
    """Compare an export with its index: status 1 with each difference named. Needs no installation."""
    count, wrong = archives.verify(path, sha256=sha256)
    if as_json:
        print_json({"documents": count, "differences": wrong})
    else:
        for difference in wrong:
            out.print(difference, style="red", markup=False)
        out.print(f"{count} documents, {len(wrong)} differences")
    if wrong:
        raise click.exceptions.Exit(1)


def _note(tenant_id: int, action: str, target: str, **facts: object) -> None:
    with tenant_scope(tenant_id):
        audit(tenant_id, by="command line", action=action, target=target, facts=facts)


COMMANDS = (archive,)
OF_DOCUMENTS = (export,)
