"""``autoriza certificate``: with which signature a taxpayer's invoices are signed, now and next."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from admin.cli.output import cell, err, json_option, out, print_json, print_records
from admin.installation import connect
from app import certificate_store, certificate_texts, certificate_timeline, der, tenants
from app.certificate_store import Installed
from app.certificate_timeline import Place
from app.config import secret_from_environment
from app.ecuador import ECUADOR
from app.errors import Refused
from app.store.tenants import Certificate
from app.tenancy import every_tenant_scope, tenant_scope

COLUMNS = ("ruc", "state", "from", "until", "days_left", "subject", "fingerprint")


@click.group()
def certificate() -> None:
    """Signing certificates."""


@certificate.command("add")
@click.option("--ruc", required=True, metavar="R")
@click.option(
    "--p12",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The file as issued.",
)
@click.option(
    "--password-env", required=True, metavar="NAME", help="Environment variable that holds its password."
)
@click.option(
    "--from",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="First day it signs; default: at once, or as soon as it is valid.",
)
@json_option
def add(ruc: str, p12: Path, password_env: str, day: datetime | None, as_json: bool) -> None:
    """Validate a p12 and sign with it: from now on, or from a day to come."""
    password = secret_from_environment(password_env)
    start = day.replace(tzinfo=ECUADOR).astimezone(UTC) if day else None
    services = connect()
    with services.database.connection_context():
        installed = certificate_store.install(
            tenants.find(ruc), p12.read_bytes(), password, services.box, by="command line", start=start
        )
    warnings = [getattr(warning, services.settings.autoriza_language) for warning in installed.warnings]
    if as_json:
        print_json(_told(installed) | {"warnings": warnings})
        return
    opened = installed.certificate
    when = f"staged: it takes over on {cell(opened.signs_from)}, and is" if installed.staged else "in force"
    out.print(
        f"certificate {when} valid until {cell(opened.not_after)}: {der.readable(opened.subject)}",
        markup=False,
    )
    for warning in warnings:
        err.print(warning, style="yellow", markup=False)


def _told(installed: Installed) -> dict[str, Any]:
    opened = installed.certificate
    return {
        "fingerprint": opened.fingerprint,
        "subject": opened.subject,
        "state": "staged" if installed.staged else "current",
        "from": opened.signs_from,
        "until": opened.not_after,
    }


@certificate.command("withdraw")
@click.option("--ruc", required=True, metavar="R")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is not to sign; kept in the audit.")
def withdraw(ruc: str, reason: str) -> None:
    """Take back the certificate that waits for its day; the one in force goes on."""
    services = connect()
    with services.database.connection_context():
        tenant = tenants.find(ruc)
        with tenant_scope(tenant.id):
            staged = certificate_timeline.of(tenant.id).staged
        if staged is None:
            raise Refused(certificate_texts.text("none_staged"))
        certificate_store.withdraw(tenant, staged.id, by="command line", reason=reason)
    out.print(f"certificate withdrawn: {der.readable(staged.subject)}", markup=False)


@certificate.command("list")
@click.option("--ruc", metavar="R", help="Of one taxpayer; default: of all.")
@json_option
def list_certificates(ruc: str | None, as_json: bool) -> None:
    """Certificates in force, staged and replaced, with the days they have left."""
    services = connect()
    with services.database.connection_context():
        rucs = {row.id: row.ruc for row in ([tenants.find(ruc)] if ruc else tenants.every())}
        with every_tenant_scope():
            found = list(certificate_timeline.standing(Certificate.tenant_id.in_(list(rucs))))
    now = datetime.now(UTC)
    records = [{"ruc": rucs[row.tenant_id], **_record(row, place, now)} for row, place in found]
    records.sort(key=lambda record: str(record["ruc"]))
    print_records(as_json, records, COLUMNS)


def _record(row: Certificate, place: Place, now: datetime) -> dict[str, Any]:
    over = place in ("replaced", "never")
    return {
        "state": place,
        "from": row.in_force_from,
        "until": row.not_after,
        "days_left": None if over else certificate_timeline.days_left(row.not_after, now),
        "replaced_at": row.replaced_at if over else None,
        "subject": row.subject,
        "issuer": row.issuer,
        "fingerprint": row.fingerprint,
        "added_by": row.added_by,
    }


COMMANDS = (certificate,)
