"""``autoriza document ride``: the PDF as it is kept, or proof that it still is what the SRI authorized."""

from pathlib import Path
from typing import Any

import click

from admin.cli.documents import hand_over, of_ruc
from admin.cli.output import json_option, out, print_json
from admin.installation import connect
from app import kept_rides, tenants
from app.errors import Refused, Text
from app.finding import find_document
from app.services import Services
from app.store.documents import Document, DocumentAuthorization, Ride
from app.tenancy import tenant_scope


@click.command("ride")
@click.argument("known", metavar="[ID|KEY|NUMBER]", required=False)
@of_ruc
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Draw it again and compare; status 1 when it is another.")
@click.option("--all", "every", is_flag=True, help="With --verify and --ruc: every RIDE of a taxpayer.")
@json_option
def ride(
    known: str | None, ruc: str | None, output: Path | None, verify: bool, every: bool, as_json: bool
) -> None:
    """The RIDE (PDF); a file that is missing or altered is made again."""
    if every != (known is None) or (every and not (verify and ruc)):
        raise click.UsageError("name one document, or all of a taxpayer with --verify --all --ruc R")
    services = connect()
    with services.database.connection_context():
        if verify:
            _verify(services, known, ruc, as_json)
        else:
            hand_over(_pdf(services, str(known), ruc), output)


def _pdf(services: Services, known: str, ruc: str | None) -> bytes:
    found = find_document(known, ruc)
    with tenant_scope(found.tenant_id):
        row = Ride.get_or_none(Ride.id == found.id, Ride.path.is_null(False))
        authorization = DocumentAuthorization.get_or_none(DocumentAuthorization.document_id == found.id)
    if row is None or authorization is None:
        raise _without_ride(found)
    return kept_rides.fetch(row, authorization, services, mend=True).pdf


def _without_ride(document: Document) -> Refused:
    return Refused(
        Text(
            f"el comprobante {document.id} está en {document.state}: todavía no tiene RIDE",
            f"document {document.id} is in {document.state}: it has no RIDE yet",
        )
    )


def _verify(services: Services, known: str | None, ruc: str | None, as_json: bool) -> None:
    if known is None:
        looked = list(kept_rides.verified(tenants.find(str(ruc)).id, services))
    else:
        found = find_document(known, ruc)
        looked = list(kept_rides.verified(found.tenant_id, services, only=found.id))
        if not looked:
            raise _without_ride(found)
    differing: list[dict[str, Any]] = [vars(one) for one in looked if one.difference]
    if as_json:
        print_json({"verified": len(looked), "differing": differing})
    else:
        for one in differing:
            out.print(f"{one['document_id']}  {one['path']}: {one['difference']}", style="red", markup=False)
        out.print(f"{len(looked)} verified, {len(differing)} differ")
    if differing:
        raise click.exceptions.Exit(1)


OF_DOCUMENTS = (ride,)
