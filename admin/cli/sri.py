"""``autoriza simulator``: the SRI's other end, for demos, tests and integrators."""

from pathlib import Path
from typing import Any

import click

from app import logs
from app.errors import Misconfigured
from app.sri.simulator import Wait, read_script, read_taxpayers, read_wait, run


class _Seconds(click.ParamType[Wait]):
    """A wait in one of its three forms."""

    name = "wait"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Wait:
        try:
            return value if isinstance(value, float) else read_wait(str(value))
        except Misconfigured as error:
            self.fail(str(error), param, ctx)


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=9500, show_default=True, help="0: any free one."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="H", help="0.0.0.0: reachable from elsewhere."
)
@click.option(
    "--latency",
    "latency_s",
    type=_Seconds(),
    default=0.0,
    metavar="W",
    help="What a call takes: 0.2, 0.1-1.5 or lognormal:0.3,0.8 (median and 95th percentile).",
)
@click.option(
    "--decide-after",
    "decide_after_s",
    type=_Seconds(),
    default=0.0,
    metavar="W",
    help="From RECIBIDA to the verdict, in the same forms.",
)
@click.option("--in-process", is_flag=True, help="Until the verdict say EN PROCESO instead of nothing.")
@click.option("--script", type=_FILE, help="Codes and faults, JSON.")
@click.option("--taxpayers", type=_FILE, help="Who may issue where, JSON; others are in order.")
@click.option(
    "--max-age-days",
    type=click.IntRange(min=0),
    default=90,
    show_default=True,
    help="Older dates are returned with 65; 0: none is.",
)
@click.option(
    "--verify-share",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Share of signatures verified.",
)
def simulator(
    port: int, latency_s: Wait, in_process: bool, script: Path | None, taxpayers: Path | None, **more: Any
) -> None:
    """A strict SRI over HTTP: both services, their WSDLs, scripted verdicts and faults, a log and a verdict.

    docs/simulator.md has every flag, code and fault with examples.
    """
    logs.configure("INFO")
    run(
        port,
        latency_s,
        read_script(script) if script else (),
        taxpayers=read_taxpayers(taxpayers) if taxpayers else {},
        says_in_process=in_process,
        **more,
    )


COMMANDS = (simulator,)
