"""The goals: measured from what happened, of one's own taxpayers only, on the page and by the command."""

import json

import pytest
from cast import take_on
from click.testing import CliRunner
from console_cast import a_run, words
from peewee import SQL, fn

from admin.cli import commands
from app import slo
from app.lifecycle import State
from app.outcome import Later
from app.store.base import database
from app.store.documents import Document, Ride
from app.store.engine import Tick
from app.tenancy import every_tenant_scope, tenant_scope


@pytest.fixture(scope="module")
def ana(services):
    """Ana: two invoices authorized after 4 and 600 s, RIDEs after 3 s; one returned; a failed run among four."""
    ana = take_on(services, "ANA MOREIRA CÍA. LTDA.")
    for seconds in (4, 600):
        document = ana.document(State.AUTHORIZED)
        ana.render(document.id)
        with tenant_scope(ana.id):
            finished = Document.get_by_id(document.id).finished_at
            earlier = SQL("%s::timestamptz - make_interval(secs => %s)", (finished, seconds))
            Document.update(received_at=earlier).where(Document.id == document.id).execute()
            later = SQL("%s::timestamptz + interval '3 seconds'", (finished,))
            Ride.update(rendered_at=later).where(Ride.id == document.id).execute()
    returned = ana.document(State.SIGNED)
    with tenant_scope(ana.id):
        Document.update(needs_person_since=fn.now(), needs_person_code="x", needs_person_reason="x").where(
            Document.id == returned.id
        ).execute()
    for state in ("succeeded", "succeeded", "succeeded", "failed"):
        a_run(ana.id, document.id, actor="generate_ride", state=state, outcome="stored", error="x")
    return ana


def of(found: list[slo.Measured], tenant_id: int) -> dict[str, slo.Measured]:
    return {one.goal.name: one for one in found if one.tenant_id == tenant_id}


def test_each_goal_is_what_happened_to_the_taxpayer(ana, beto):
    with tenant_scope(ana.id):
        own = of(slo.measure(), ana.id)
    assert own["authorized"].value == pytest.approx(570.2)
    assert (own["authorized"].of, own["authorized"].met) == (2, False)
    assert (own["ride"].value, own["ride"].met) == (pytest.approx(3), True)
    assert (own["person"].value, own["person"].of) == (pytest.approx(1 / 3), 3)
    assert (own["success"].value, own["success"].met) == (0.75, False)
    assert own["sri"].of >= 4
    assert own["sri"].value is not None and own["sri"].value < 3
    with tenant_scope(beto.id):
        others = slo.measure()
    assert all(one.value is None and one.met is None for one in others)


def test_a_call_that_is_refused_at_once_is_no_quick_answer(beto, settings, simulator):
    assert settings.sri_total_timeout_s <= slo.UNANSWERED_S
    waiting = beto.document(State.PENDING_AUTHORIZATION)
    with tenant_scope(beto.id):
        assert of(slo.measure(), beto.id)["sri"].met
    simulator.script([{"ruc": beto.ruc, "fault": "http_503", "stage": "autorizacion", "times": 1}])
    assert isinstance(beto.step(waiting.id), Later)
    with tenant_scope(beto.id):
        goal = of(slo.measure(), beto.id)["sri"]
    assert goal.value is not None and goal.value > 3 and goal.met is False


def test_whoever_waits_longer_than_the_goal_has_missed_it_already(beto):
    beto.document(State.AUTHORIZED)
    waiting = beto.document(State.PENDING_AUTHORIZATION)
    with tenant_scope(beto.id):
        assert of(slo.measure(), beto.id)["authorized"].of == 1
        earlier = fn.now() - SQL("interval '19 minutes'")
        Document.update(received_at=earlier).where(Document.id == waiting.id).execute()
        goal = of(slo.measure(), beto.id)["authorized"]
    assert (goal.of, goal.met) == (2, False)


def test_all_together_are_the_visible_ones_together(ana, beto):
    beto.document(State.AUTHORIZED)
    with every_tenant_scope():
        found = slo.measure()
    each = [one.of for one in found if one.goal.name == "authorized" and one.tenant_id != slo.ALL]
    assert of(found, slo.ALL)["authorized"].of == sum(each) >= 3
    with tenant_scope(beto.id):
        assert of(slo.measure(), slo.ALL)["authorized"].of == 1


def test_the_databases_share_is_what_its_sessions_worked_between_two_samples(services):
    database.execute_sql("delete from jobs.load")
    row = "insert into jobs.load (at, active_ms) values (now() - make_interval(secs => %s), %s)"
    for seconds, active in (
        (120, 1_000),
        (60, 4_000),
        (30, 10),
    ):  # PostgreSQL was started again before the last
        database.execute_sql(row, (seconds, active))
    found = {one.goal.name: one for one in slo.measure_machine(hours=1)}
    assert found["database"].value == pytest.approx(3_000 / 90_000, rel=0.01)
    assert found["database"].met
    slo.sample()
    assert database.execute_sql("select count(*) from jobs.load").fetchone() == (4,)


def test_a_sweep_that_takes_long_misses_its_goal(services):
    for took in (1, 50):
        began = fn.now() - SQL("make_interval(secs => %s)", (100,))
        ended = fn.now() - SQL("make_interval(secs => %s)", (100 - took,))
        Tick.insert(
            schedule=f"s{took}",
            due_at=began,
            origin="clock",
            by="t",
            outcome="done",
            started_at=began,
            finished_at=ended,
            created_at=began,
        ).execute()
    found = {one.goal.name: one for one in slo.measure_machine(hours=1)}
    assert (found["run"].of, found["run"].met) == (2, False)


def test_the_page_tells_everybody_their_own(ana, beto, betos_viewer, admin):
    page = words(betos_viewer.read("/goals/"))
    assert "MOREIRA" not in page
    assert "Base de datos ocupada" not in page
    page = words(admin.read("/goals/?hours=24"))
    assert "ANA MOREIRA" in page and "Base de datos ocupada" in page and "No se cumple" in page
    assert admin.get("/goals/?hours=7").status_code == 400


def test_the_command_tells_all_and_fails_when_asked_to_be_strict(ana, services, monkeypatch):
    monkeypatch.setattr("admin.cli.slo.connect", lambda: services)
    told = json.loads(CliRunner().invoke(commands, ["slo", "--json"]).output)
    (anas,) = [one for one in told if one["tenant"] == ana.ruc and one["goal"] == "authorized"]
    assert anas["met"] is False and anas["bound"] == 300
    assert {one["goal"] for one in told} == set(slo.GOALS)
    strict = CliRunner().invoke(commands, ["slo", "--strict"])
    assert (strict.exit_code, "Authorized after submission" in strict.output) == (1, True)
