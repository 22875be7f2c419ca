"""``autoriza secrets``: the keys that private keys rest under; made, and changed while the service runs."""

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from admin.cli.output import err, json_option, out, print_json
from admin.installation import connect
from app import resealing
from app.secrets import new_key


@click.group()
def secrets() -> None:
    """SECRET_KEYS: what private keys are sealed with."""


@secrets.command("new-key")
def make_key() -> None:
    """Print a fresh key for SECRET_KEYS; it is kept nowhere."""
    click.echo(new_key())


@secrets.command("rotate")
@json_option
def rotate(as_json: bool) -> None:
    """Seal every private key with the first of SECRET_KEYS; afterwards the others can be dropped."""
    services = connect()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with services.database.connection_context(), Progress(*columns, console=err, disable=as_json) as bar:
        task = bar.add_task("private keys", total=resealing.count())
        outcome = resealing.reseal(
            services.box, by="command line", tell=lambda seen: bar.update(task, completed=seen)
        )
    if as_json:
        print_json(vars(outcome))
    else:
        out.print(f"{outcome.resealed} private keys sealed anew, {outcome.already} had no need")
        for name in outcome.unopened:
            err.print(f"no key of SECRET_KEYS opens the private key of {name}", style="red", markup=False)
    if outcome.unopened:
        raise click.exceptions.Exit(1)


COMMANDS = (secrets,)
