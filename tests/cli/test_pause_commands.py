"""What is held back from the command line: pauses, and halts with a time."""

import json

import pytest
from cast import Taxpayer
from shell import autoriza

from app.store.tenants import Halt
from app.tenancy import tenant_scope


@pytest.fixture(autouse=True)
def _installation(services):
    """Every test here works on this module's installation."""


def said(settings, *words: str, status: int = 0) -> str:
    done = autoriza(settings, *words)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_stage_is_paused_listed_and_let_go(settings):
    reason = ["--reason", "mantenimiento en bodega"]
    assert "it holds back: submit" in said(
        settings, "pause", "start", "stage:submit", *reason, "--hours", "2"
    )
    assert "ya está en pausa" in said(settings, "pause", "start", "stage:submit", *reason, status=1)
    (row,) = json.loads(said(settings, "pause", "list", "--json"))
    assert (row["what"], row["by"], row["reason"]) == ("stage:submit", "command line", reason[1])
    assert row["until"] > row["since"]
    assert "autoriza pause end stage:submit" in said(settings, "doctor")
    assert "goes on" in said(settings, "pause", "end", "stage:submit")
    assert "nothing found" in said(settings, "pause", "list")


def test_what_cannot_be_paused_is_refused_with_all_that_can(settings):
    told = said(settings, "pause", "start", "queue:sweep", "--reason", "x", status=1)
    assert "stage:sign" in told
    assert "endpoint:2:query" in told


def test_a_taxpayer_is_halted_for_some_hours(settings, ana: Taxpayer):
    said(settings, "tenant", "halt", "--ruc", ana.ruc, "--reason", "inventario anual", "--hours", "3")
    with tenant_scope(ana.id):
        halt = Halt.get(Halt.tenant_id == ana.id)
    assert (halt.code, halt.placed_by) == ("manual", "command line")
    assert 2.9 < (halt.resume_at - halt.since).total_seconds() / 3600 < 3.1
    assert "1 lifted" in said(settings, "tenant", "lift", "--ruc", ana.ruc, "--reason", "terminó")
