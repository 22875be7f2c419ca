"""``python -m fuzzing``: every target in turn for MINUTES in all; status 1 with the smallest input that breaks one."""

import os
import sys
import time
from pathlib import Path

from fuzzing.run import fuzz
from fuzzing.targets import targets


def main() -> int:
    """Rounds over all targets until the time is over; the same inputs are never tried twice."""
    minutes = float(os.environ.get("MINUTES", "10"))
    deadline, tried = time.monotonic() + minutes * 60, {}
    found = targets()
    share = max(minutes * 60 / len(found) / 4, 0.5)
    broken: dict[str, str] = {}
    while time.monotonic() < deadline:
        for target in found:
            if target.name in broken:
                continue
            count, failure = fuzz(target, min(share, max(deadline - time.monotonic(), 0.1)))
            tried[target.name] = tried.get(target.name, 0) + count
            if failure:
                broken[target.name] = failure
    for name, count in tried.items():
        sys.stdout.write(f"{count:>9}  {name}{'  BROKEN' if name in broken else ''}\n")
    for name, failure in broken.items():
        sys.stdout.write(f"\n{name}\n{failure}\n")
    sys.stdout.write(f"{sum(tried.values())} inputs in {minutes:g} minutes, {len(broken)} targets broken\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(main())
