"""The command line: one file per group of commands; the only place that imports app, workers and admin."""

import sys

import click

from admin.cli import (
    alerts,
    archive,
    audit,
    bench,
    bounces,
    branding,
    certificates,
    deliveries,
    documents,
    engine,
    local,
    pauses,
    people,
    reconcile,
    ride_files,
    schedules,
    secrets,
    slo,
    sri,
    tenants,
    upkeep,
)
from admin.cli.output import refuse


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def commands() -> None:
    """Electronic invoices of many taxpayers, from draft to authorized by the SRI, by themselves."""


for command in (
    *local.COMMANDS,
    *engine.COMMANDS,
    *pauses.COMMANDS,
    *schedules.COMMANDS,
    *sri.COMMANDS,
    *tenants.COMMANDS,
    *certificates.COMMANDS,
    *secrets.COMMANDS,
    *documents.COMMANDS,
    *people.COMMANDS,
    *bench.COMMANDS,
    *archive.COMMANDS,
    *audit.COMMANDS,
    *bounces.COMMANDS,
    *reconcile.COMMANDS,
    *alerts.COMMANDS,
    *slo.COMMANDS,
    *upkeep.COMMANDS,
):
    commands.add_command(command)
for command in (*ride_files.OF_DOCUMENTS, *deliveries.OF_DOCUMENTS, *archive.OF_DOCUMENTS):
    documents.document.add_command(command)
for command in (*deliveries.OF_TENANTS, *branding.OF_TENANTS):
    tenants.tenant.add_command(command)
commands.add_command(documents.document, "invoice")


def main() -> None:
    """Run one command; what it refuses becomes a sentence and a status: 2 for bad input, 1 for all else."""
    try:
        status = commands(standalone_mode=False)  # what a command's Exit carries comes back as a value
        sys.exit(status if isinstance(status, int) else 0)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - re-raised there unless it is one we can explain
        sys.exit(refuse(error))
