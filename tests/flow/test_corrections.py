"""What the SRI refuses goes its whole way after one command of a person: with real processes, on the real queue."""

import json
from pathlib import Path

import pytest
from cast import Taxpayer, take_on
from documents_cast import invoice
from engine_processes import EngineProcesses
from shell import autoriza

from app.invariants import find_violations
from app.sri.simulator import Simulator

# What each document is refused with, and what a person types then.
REFUSALS = {
    "35": ("recepcion", ["--file", "corregida.json"]),
    "65": ("recepcion", []),
    "45": ("recepcion", ["--new-number"]),
    "52": ("autorizacion", ["--file", "corregida.json"]),
    "10": ("autorizacion", []),
}


@pytest.fixture(scope="module")
def simulator():
    """An SRI of this module's own: its verdict is about these documents alone."""
    with Simulator() as started:
        yield started


@pytest.fixture(scope="module")
def ana(services) -> Taxpayer:
    return take_on(services, "ANA MOREIRA CÍA. LTDA.")


def test_every_refused_document_is_authorized_after_its_correction(
    engine: EngineProcesses, settings, services, simulator, ana: Taxpayer, wake, tmp_path: Path
):
    (tmp_path / "corregida.json").write_text(json.dumps(invoice(razonSocialComprador="Eva")))
    ids = {}
    for code, (stage, _) in REFUSALS.items():  # one at a time, so that each code meets its own document
        simulator.script([{"ruc": ana.ruc, "code": code, "stage": stage, "times": 1}])
        ids[code] = ana.import_invoice()
        wake(ana.id, ids[code])
        engine.until(
            lambda one=ids[code]: ana.read(one).finished_at is not None, 60, f"the refusal with {code}"
        )
    assert {ana.read(one).state for one in ids.values()} == {"returned", "rejected"}

    for code, (_, options) in REFUSALS.items():
        options = [str(tmp_path / word) if word.endswith(".json") else word for word in options]
        done = autoriza(settings, "document", "correct", str(ids[code]), *options, "--reason", f"por {code}")
        assert done.returncode == 0, done.stderr
    assert {ana.read(one).state for one in ids.values()} == {"draft"}, "the establishment is halted since 10"
    lift = ["tenant", "lift", "--ruc", ana.ruc, "--establishment", "001", "--reason", "reabierto"]
    assert autoriza(settings, *lift).returncode == 0
    engine.until(lambda: {ana.read(one).state for one in ids.values()} == {"authorized"}, 90, "authorization")

    numbers = {code: ana.read(one).sequence_number for code, one in ids.items()}
    assert numbers == {"35": 1, "65": 2, "45": 6, "52": 4, "10": 5}
    assert find_violations(services) == []
    assert simulator.verdict().violations == []
