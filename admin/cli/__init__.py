"""The command line: one file per group of commands; the only place that imports app, workers and admin."""

import sys
from importlib import import_module
from typing import Final

import click

from admin.cli.output import refuse

WHERE: Final[dict[str, tuple[str, ...]]] = {
    "up": ("local",),
    "demo": ("local",),
    "seed": ("local",),
    "migrate": ("engine",),
    "worker": ("engine",),
    "scheduler": ("engine",),
    "check": ("engine",),
    "doctor": ("engine",),
    "shell": ("engine",),
    "jobs": ("engine",),
    "pause": ("pauses",),
    "schedule": ("schedules",),
    "simulator": ("sri",),
    "tenant": ("tenants", "deliveries", "branding"),
    "certificate": ("certificates",),
    "secrets": ("secrets",),
    "document": ("documents", "ride_files", "deliveries", "archive"),
    "user": ("people",),
    "bench": ("bench",),
    "archive": ("archive",),
    "audit": ("audit",),
    "delivery": ("bounces",),
    "backup": ("reconcile",),
    "restore": ("reconcile",),
    "reconcile": ("reconcile",),
    "alerts": ("alerts",),
    "slo": ("slo",),
    "prune": ("upkeep",),
}
"""The file whose ``COMMANDS`` holds each command, and those that add to it (``OF_…``); only they are read for it."""
_ALSO: Final = {"invoice": "document"}
_ADDED: Final = {"document": "OF_DOCUMENTS", "tenant": "OF_TENANTS"}


class Commands(click.Group):
    """Every command by name; its file is read when it is asked for, which halves the time a command takes to begin."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All names, in order."""
        return sorted((*WHERE, *_ALSO))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name; None when there is none."""
        name = _ALSO.get(cmd_name, cmd_name)
        if name not in WHERE:
            return None
        home, *others = (import_module(f"admin.cli.{file}") for file in WHERE[name])
        found: click.Command = next(one for one in home.COMMANDS if one.name == name)
        if isinstance(found, click.Group):
            for other in others:
                for added in getattr(other, _ADDED[name]):
                    found.add_command(added)
        return found


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
def commands() -> None:
    """Electronic invoices of many taxpayers, from draft to authorized by the SRI, by themselves."""


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
