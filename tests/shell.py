"""The command line as a person runs it."""

import subprocess
from pathlib import Path

from admin.topology import program
from app.config import Settings, environment_of

HERE = str(Path(__file__).resolve().parents[1])
"""This checkout, wherever the program was installed from."""


def autoriza(
    settings: Settings, *arguments: str, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``autoriza`` with ``arguments`` on this installation; its output as text."""
    return subprocess.run(
        [program("autoriza"), *arguments],
        env=environment_of(settings) | {"PYTHONPATH": HERE} | environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )
