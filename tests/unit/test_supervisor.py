"""Which process gives way when there is not enough processor for all."""

import sys
import time
from pathlib import Path

from admin.supervisor import ProcessSpec, Supervisor
from admin.topology import pools

SAYS = "import os, sys; print(os.nice(0), file=open(sys.argv[1], 'w'), flush=True)"


def niceness(folder: Path, *, yields: bool) -> int:
    said = folder / f"yields-{yields}"
    spec = ProcessSpec("asked", (sys.executable, "-c", SAYS, str(said)), {}, yields=yields)
    supervisor = Supervisor([spec], folder)
    supervisor.start()
    deadline = time.monotonic() + 20
    while not (said.exists() and said.read_text()):
        assert time.monotonic() < deadline, "it never said"
        time.sleep(0.01)
    supervisor.stop()
    return int(said.read_text())


def test_a_process_that_yields_is_nicer_than_its_neighbours(tmp_path):
    assert niceness(tmp_path, yields=True) > niceness(tmp_path, yields=False)


def test_what_begins_a_document_yields_to_what_ends_one(settings):
    yields = {pool.name: pool.yields for pool in pools(settings, ("sri", "sign", "ride", "sweep"), {})}
    assert yields == {"sri": True, "ride": False}
