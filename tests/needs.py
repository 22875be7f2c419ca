"""What tests need beyond Python: a laptop may lack it, CI may not."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
IN_CI = bool(os.environ.get("CI"))


def lacking(what: str) -> None:
    """A laptop without ``what`` skips the test; under CI its absence is a failure."""
    if IN_CI:
        pytest.fail(f"{what} is missing; under CI nothing may be skipped")
    pytest.skip(f"{what} is missing")
