"""``autoriza bench``: throughput, delay, cost and memory, measured on this machine."""

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from admin.bench.machine import BUSY
from admin.bench.options import Options
from admin.bench.registry import chosen
from admin.bench.report import COLUMNS, measure
from admin.cli.output import err, json_option, out, print_json, print_table


class _OnStderr:
    """Shows a bar for each stretch, or a line when nobody sits at the terminal."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        """A bar of ``total`` parts."""
        if self._bars.disable:
            err.print(f"· {what}", style="dim", markup=False)
        else:
            self._task = self._bars.add_task(what, total=total)

    def at(self, count: int) -> None:
        """The bar at ``count``."""
        if self._task is not None:
            self._bars.update(self._task, completed=count)


@click.command()
@click.option("--documents", type=click.IntRange(4), default=600, show_default=True, help="Of each batch.")
@click.option(
    "--batches", type=click.IntRange(1), default=3, show_default=True, help="Timed, after a first one."
)
@click.option("--seconds", type=click.IntRange(1), default=40, show_default=True, help="Of the steady pace.")
@click.option("--rounds", type=click.IntRange(2), default=100, show_default=True, help="Of each single step.")
@click.option("--cores", type=click.IntRange(1), default=2, show_default=True, help="To use at most.")
@click.option("--due", type=click.IntRange(100), default=100_000, show_default=True, help="Of one sweep.")
@click.option(
    "--crowd",
    type=click.IntRange(1_000),
    default=5_000_000,
    show_default=True,
    help="Among which nothing is due.",
)
@click.option("--only", default="", metavar="KEY,…", help="Figures by key, or by its part before the dot.")
@json_option
def bench(
    documents: int,
    batches: int,
    seconds: int,
    rounds: int,
    cores: int,
    due: int,
    crowd: int,
    only: str,
    as_json: bool,
) -> None:
    """Measure the service here, on servers and data of its own that are gone afterwards.

    A goal that is missed is said in words; the status is 0 whenever there are figures.
    """
    try:
        wanted = chosen([word.strip() for word in only.split(",") if word.strip()])
    except LookupError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="--only") from error
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as bars:
        report = measure(
            wanted, Options(documents, batches, seconds, rounds, cores, due, crowd, _OnStderr(bars))
        )
    if report.machine["load_average_before"] > BUSY:
        err.print("others were using this machine: the figures are lower than it can do", style="yellow")
    if as_json:
        print_json(report.as_record())
        return
    print_table(COLUMNS, report.as_rows())
    for word, meaning in report.meanings():
        out.print(f"{'× ' + word:>30}  {meaning}", markup=False)
    for measured, reading in report.readings:
        if reading and reading.detail:
            out.print(f"{measured.key:>30}  {_plain(dict(reading.detail))}", markup=False)
    for name, fact in report.machine.items():
        out.print(f"{name:>30}  {_plain(fact)}", markup=False)


def _plain(fact: object) -> str:
    if isinstance(fact, dict):
        return ", ".join(f"{name} {_plain(value)}" for name, value in fact.items())
    return f"{fact:.3g}" if isinstance(fact, float) else str(fact)


COMMANDS = (bench,)
