"""``autoriza tenant brand``: logo and accent colour of a taxpayer's RIDEs."""

from pathlib import Path

import click

from admin.cli.output import json_option, out, print_json
from admin.installation import connect
from app import branding, tenants
from app.branding import Changes, Look
from app.errors import Refused, Text
from app.ride.sample import render_sample
from app.tenancy import tenant_scope


@click.command("brand")
@click.option("--ruc", required=True, metavar="R")
@click.option("--logo", metavar="FILE", help="PNG or JPEG, at most 2 MB; '' takes it away.")
@click.option("--accent", metavar="COLOUR", help="Like '#1a5276', dark enough to be read; '' takes it away.")
@click.option(
    "--preview",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a made-up RIDE with what holds now to this PDF.",
)
@json_option
def brand(ruc: str, logo: str | None, accent: str | None, preview: Path | None, as_json: bool) -> None:
    """How a taxpayer's RIDEs look from now on; without options, how they look now. Those there are stay as they are."""
    services = connect()
    changes = Changes()
    if logo is not None:
        changes["logo"] = _read(Path(logo)) if logo else None
    if accent is not None:
        changes["accent"] = accent or None
    with services.database.connection_context():
        row = tenants.find(ruc)
        if changes:
            look = branding.change(row.id, by="command line", **changes)
        else:
            with tenant_scope(row.id):
                look = branding.current(row.id)
    if preview:
        preview.write_bytes(render_sample(row.ruc, row.razon_social, row.nombre_comercial, look.branding).pdf)
    _tell(look, as_json)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(
            Text(f"«{file}» no se puede leer: {error.strerror}", f"'{file}' cannot be read: {error.strerror}")
        ) from error


def _tell(look: Look, as_json: bool) -> None:
    logo = look.branding.logo
    if as_json:
        record = {"version": look.version, "accent": look.branding.accent, "logo_bytes": len(logo or b"")}
        print_json(record)
    else:
        kept = f"{len(logo) / 1000:.1f} kB" if logo else "—"
        out.print(f"version {look.version}: logo {kept}, accent {look.branding.accent or '—'}", markup=False)


OF_TENANTS = (brand,)
