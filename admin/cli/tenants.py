"""``autoriza tenant``: whom the service invoices for."""

from datetime import datetime
from typing import Any

import click

from admin.cli.output import json_option, out, print_json, print_records
from admin.cli.pauses import hours_option, moment_in
from admin.installation import connect
from app import certificate_timeline, halts, tenants
from app.sri.gateway import Environment
from app.store.tenants import Halt, Tenant
from app.tenancy import every_tenant_scope
from app.tenants import TaxpayerFacts

AMBIENTES = {"pruebas": Environment.PRUEBAS, "produccion": Environment.PRODUCCION}
RIMPE = {
    "rimpe": "CONTRIBUYENTE RÉGIMEN RIMPE",
    "negocio-popular": "CONTRIBUYENTE NEGOCIO POPULAR - RÉGIMEN RIMPE",
}


@click.group()
def tenant() -> None:
    """Taxpayers."""


@tenant.command("create")
@click.option("--ruc", required=True, metavar="R", help="13 digits.")
@click.option("--razon-social", required=True, metavar="S", help="The name in the RUC.")
@click.option(
    "--ambiente", type=click.Choice(list(AMBIENTES)), required=True, help="Where the documents count."
)
@click.option(
    "--dir-matriz", default="S/N", show_default=True, metavar="A", help="Address in the RUC (dirMatriz)."
)
@click.option("--nombre-comercial", metavar="S")
@click.option("--obligado-contabilidad", type=click.Choice(["si", "no"]), help="Printed when given.")
@click.option("--contribuyente-especial", metavar="N", help="Resolution number.")
@click.option("--agente-retencion", metavar="N", help="Resolution number, up to 8 digits, no leading zeros.")
@click.option("--gran-contribuyente", metavar="N", help="Resolution that names the taxpayer so.")
@click.option("--regimen", type=click.Choice(list(RIMPE)), help="Legend of the RIMPE regime.")
@json_option
def create(ruc: str, razon_social: str, ambiente: str, as_json: bool, **given: Any) -> None:
    """Take on a taxpayer."""
    accounting, regime = given.pop("obligado_contabilidad"), given.pop("regimen")
    facts = TaxpayerFacts(
        obligado_contabilidad=None if accounting is None else accounting == "si",
        contribuyente_rimpe=RIMPE[regime] if regime else None,
        **given,
    )
    services = connect()
    with services.database.connection_context():
        tenant_id = tenants.create(ruc, razon_social, AMBIENTES[ambiente], facts, by="command line")
    if as_json:
        print_json({"id": tenant_id, "ruc": ruc, "ambiente": ambiente})
    else:
        out.print(
            f"tenant {ruc} created; next: autoriza certificate add --ruc {ruc} --p12 FILE --password-env NAME"
        )


@tenant.command("list")
@json_option
def list_tenants(as_json: bool) -> None:
    """All taxpayers, with the end of their certificate."""
    services = connect()
    with services.database.connection_context():
        found = tenants.every()
        with every_tenant_scope():
            standing = certificate_timeline.standing(certificate_timeline.still())
            until = {row.tenant_id: row.not_after for row, place in standing if place == "current"}
    print_records(
        as_json,
        [_record(row, until.get(row.id)) for row in found],
        ("ruc", "razon_social", "ambiente", "certificate_until"),
    )


@tenant.command("halts")
@click.option("--ruc", metavar="R", help="Of one taxpayer; default: of all.")
@json_option
def list_halts(ruc: str | None, as_json: bool) -> None:
    """What stands still, since when and why."""
    services = connect()
    with services.database.connection_context():
        rucs = {row.id: row.ruc for row in tenants.every() if ruc in (None, row.ruc)}
        with every_tenant_scope():
            rows = list(
                Halt.select()
                .where(Halt.lifted_at.is_null(), Halt.tenant_id.in_(list(rucs)))
                .order_by(Halt.id)
            )
    records = [
        {
            "ruc": rucs[row.tenant_id],
            "establishment": row.establishment or "all",
            "code": row.code,
            "reason": row.reason,
            "since": row.since,
            "by": row.placed_by,
            "until": row.resume_at,
        }
        for row in rows
    ]
    print_records(as_json, records, ("ruc", "establishment", "code", "reason", "since", "by", "until"))


@tenant.command("halt")
@click.option("--ruc", required=True, metavar="R")
@click.option("--establishment", metavar="E", help="3 digits; default: the whole taxpayer.")
@click.option("--reason", required=True, metavar="T", help="Shown in the console and kept in the audit.")
@hours_option
def halt(ruc: str, establishment: str | None, reason: str, hours: float | None) -> None:
    """Stop its signing and sending; what was sent is still asked for."""
    services = connect()
    with services.database.connection_context():
        until = moment_in(hours)
        by = {"by": "command line", "reason": reason}
        halts.place(tenants.find(ruc).id, establishment, code=halts.BY_HAND, until=until, **by)
    out.print(f"{ruc} {establishment or ''} is halted".replace("  ", " "))


@tenant.command("lift")
@click.option("--ruc", required=True, metavar="R")
@click.option("--establishment", metavar="E", help="3 digits; default: what stops the whole taxpayer.")
@click.option("--reason", required=True, metavar="T", help="Kept in the audit.")
def lift(ruc: str, establishment: str | None, reason: str) -> None:
    """Let it sign and send again."""
    services = connect()
    from workers import by_hand

    with services.database.connection_context():
        count = by_hand.lift(tenants.find(ruc).id, establishment, by="command line", reason=reason)
    out.print(f"{count} lifted")


def _record(row: Tenant, certificate_until: datetime | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "ruc": row.ruc,
        "razon_social": row.razon_social,
        "ambiente": Environment(row.environment).name.lower(),
        "certificate_until": certificate_until,
    }


COMMANDS = (tenant,)
