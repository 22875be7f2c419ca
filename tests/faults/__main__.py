"""``make faults``: run the faults one after the other and write the table of what came of them."""

import argparse
import os
import random
import sys
from pathlib import Path

from app.config import Settings
from faults.fault import Fault
from faults.registry import find
from faults.scale import FULL, TENTH
from faults.table import Record
from faults.tries import tried

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "faults.md"
RECORD = ROOT / "docs" / "faults.json"
SCALES = (TENTH.name, FULL.name)


def main(arguments: list[str]) -> int:
    """The number of faults with a violation, as the exit status at most 1."""
    asked = _read(arguments)
    for name in Settings.model_fields:  # a trial's installation owes nothing to this machine's own
        os.environ.pop(name.upper(), None)
    scale = FULL if asked.full_scale else TENTH
    record = Record(asked.state)
    broken = 0
    faults = _chosen(asked)
    for fault in faults:
        if not asked.resume:
            record.forget(fault, scale)
    missing = [
        (fault, asked.seed + number)
        for fault in faults
        for number in range(record.runs(fault, scale), asked.runs)
    ]
    for fault, outcome in tried(missing, scale, asked.invoices, at_a_time=asked.jobs):
        record.add(fault, scale, outcome, asked.invoices or scale.invoices)
        broken += bool(outcome.violations)
        _say(
            f"{fault.id:5} seed {outcome.seed}: {len(outcome.violations)} violations, {outcome.took_s:.0f} s"
        )
        for violation in outcome.violations:
            _say(f"      {violation}")
        if asked.state == RECORD:
            PAGE.write_text(record.page(SCALES))
    _say(record.table(SCALES))
    return int(bool(broken))


def _chosen(asked: argparse.Namespace) -> list[Fault]:
    faults = find([one for one in asked.only.split(",") if one])
    if not asked.third:
        return faults
    some = random.Random(asked.seed).sample(faults, -(-len(faults) // 3))
    return [fault for fault in faults if fault in some]


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults ARGS=…", description=__doc__)
    parser.add_argument(
        "--only", default="", metavar="F3,F12", help="these faults; all of them when left out"
    )
    parser.add_argument("--third", action="store_true", help="a third of the faults, which the seed chooses")
    parser.add_argument(
        "--runs", type=int, default=1, help="runs of each fault, with one seed after the other"
    )
    parser.add_argument("--seed", type=int, default=1, help="the first run's seed")
    parser.add_argument("--invoices", type=int, help="under way in each run; the scale's own when left out")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time; two cores bear two")
    parser.add_argument("--full-scale", action="store_true", help="leases and outages as long as in service")
    parser.add_argument("--resume", action="store_true", help="keep what is on record, run what is missing")
    parser.add_argument(
        "--state", type=Path, default=RECORD, help="the record's file; the page is made of no other"
    )
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
