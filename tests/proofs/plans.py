"""Claim and sweeps use their index among a million documents, a thousand of them due."""

import os
import subprocess
import sys
from pathlib import Path

from proofs.proof import Bound, Say

AMONG = 1_000_000
TESTS = Path(__file__).parents[1] / "engine" / "test_plans.py"


def plans(size: float, say: Say) -> list[Bound]:
    """The suite's own questions about plans, asked of a larger table."""
    among = int(AMONG * size)
    say(f"{TESTS.name} among {among} documents")
    argv = (sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-n", "0", str(TESTS))
    done = subprocess.run(
        argv, env={**os.environ, "PLANS_AMONG": str(among)}, capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    say(lines[-1] if lines else done.stderr[-500:])
    return [
        Bound(
            "questions about plans answered wrongly",
            len(failed) + (done.returncode > 1),
            at_most=0,
            detail=failed,
        )
    ]
