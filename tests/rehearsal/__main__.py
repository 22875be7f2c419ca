"""``make rehearse``: the deploy, the rolling restart and the two versions, and what was measured."""

import argparse
import os
import sys
import time

from app.config import Settings
from rehearsal import servers
from rehearsal.story import Report, rolling_restart, staged, two_versions


def main(arguments: list[str]) -> int:
    """0 when nothing was wrong."""
    parser = argparse.ArgumentParser(prog="make rehearse ARGS=…", description=__doc__)
    parser.add_argument("--invoices", type=int, default=100, help="under way in each rehearsal")
    parser.add_argument("--only", choices=["restart", "versions"], help="one of the two")
    asked = parser.parse_args(arguments)
    if lacking := servers.missing():
        _say(f"missing Debian packages: apt-get install --no-install-recommends {' '.join(lacking)}")
        return 2
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
    wrong = 0
    for name, play in (("restart", rolling_restart), ("versions", two_versions)):
        if asked.only in (None, name):
            began = time.monotonic()
            _say(f"\n{name}")
            with staged() as stage:
                stage.say = _say
                report = play(stage, asked.invoices)
            _tell(name, report, time.monotonic() - began)
            wrong += len(report.wrong)
    return int(bool(wrong))


def _tell(name: str, report: Report, took_s: float) -> None:
    for sentence in report.wrong:
        _say(f"  WRONG  {sentence}")
    if not report.wrong:
        _say(f"  nothing lost, nothing twice; {name} took {took_s:.0f} s")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
