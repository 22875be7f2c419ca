"""``autoriza simulator``: the SRI's other end, for demos, tests and integrators."""

from pathlib import Path

import click

from app import logs
from app.sri.simulator import read_script, run


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=9500, show_default=True, help="0: any free one."
)
@click.option(
    "--latency",
    "latency_s",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="S",
    help="Seconds a call takes.",
)
@click.option(
    "--script", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Codes and faults, JSON."
)
@click.option(
    "--decide-after",
    "decide_after_s",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="S",
    help="Seconds from RECIBIDA to the verdict.",
)
@click.option(
    "--verify-share",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Share of signatures verified.",
)
def simulator(
    port: int, latency_s: float, script: Path | None, decide_after_s: float, verify_share: float
) -> None:
    """A strict SRI over HTTP: both services, their WSDLs, scripted verdicts and faults, a log and a verdict."""
    logs.configure("INFO")
    run(
        port,
        latency_s,
        read_script(script) if script else (),
        verify_share=verify_share,
        decide_after_s=decide_after_s,
    )


COMMANDS = (simulator,)
