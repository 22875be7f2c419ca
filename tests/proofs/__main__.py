"""``make proofs ARGS="outage fairness --size 0.1"``: run them, print each figure with its bound."""

import argparse
import os
import sys
from collections.abc import Callable

from app.config import Settings
from proofs.fairness import fairness
from proofs.outage import outage
from proofs.plans import plans
from proofs.proof import Bound, Say

PROOFS: dict[str, Callable[[float, Say], list[Bound]]] = {
    "outage": outage,
    "fairness": fairness,
    "plans": plans,
}


def main(arguments: list[str]) -> int:
    """1 when a bound is not kept."""
    parser = argparse.ArgumentParser(prog="make proofs ARGS=…", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*PROOFS, []], help="all of them when left out")
    parser.add_argument("--size", type=float, default=1.0, help="share of the promised size")
    asked = parser.parse_args(arguments)
    for name in Settings.model_fields:  # nothing of this machine's own installation
        os.environ.pop(name.upper(), None)
    kept = True
    for name in asked.names or PROOFS:
        _say(f"{name}, at {asked.size:.0%} of its size")
        for bound in PROOFS[name](asked.size, lambda line: _say(f"    · {line}")):
            _say(f"  {bound}")
            kept = kept and bound.holds
    return 0 if kept else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
