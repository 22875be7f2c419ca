"""``make ride-check``: the RIDE of every official sample and of many made-up documents, status 1 for any flaw."""

import argparse
import sys
import tempfile
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ride_check import corpus, gallery
from ride_check.judge import judged

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """1 when any document has a problem, or there is none to look at."""
    parser = argparse.ArgumentParser(prog="make ride-check ARGS=…", description=__doc__)
    parser.add_argument("--made-up", type=int, default=200, help="documents besides the official samples")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up ones")
    parser.add_argument(
        "--shared", type=Path, default=ROOT.parent / "shared", help="folder of schemas and samples"
    )
    parser.add_argument("--gallery", type=Path, help="also write pictures of typical RIDEs to this folder")
    asked = parser.parse_args(arguments)
    real = list(corpus.official(asked.shared))
    out, err = Console(), Console(stderr=True)
    pages, flawed = 0, 0
    bar = (TextColumn("RIDEs"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        tempfile.TemporaryDirectory() as folder,
        Progress(*bar, console=err, disable=not err.is_terminal) as shown,
    ):
        task = shown.add_task("", total=len(real) + asked.made_up)
        for case in chain(real, corpus.made_up(asked.made_up, asked.seed)):
            verdict = judged(case, Path(folder))
            pages += verdict.pages
            flawed += bool(verdict.problems)
            for problem in verdict.problems[:20]:
                out.print(f"{case.name}: {problem}", markup=False)
            shown.advance(task)
    if asked.gallery:
        gallery.write(asked.gallery)
    out.print(
        f"{len(real)} official samples and {asked.made_up} made-up documents, {pages} pages: {flawed} flawed"
    )
    return int(bool(flawed) or not real)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
