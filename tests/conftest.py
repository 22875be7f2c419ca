"""What every test may ask for; servers are real and start once per run."""

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


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of official schemas, contracts and real documents, read in place."""
    folder = ROOT.parent / "shared"
    if not (folder / "sri" / "xsd").is_dir():
        lacking("../shared (official schemas and samples)")
    return folder
