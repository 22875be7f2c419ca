"""``autoriza certificate`` as a person uses it: added at once or staged, and listed with the days that are left."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cast import PASSWORD, Taxpayer, p12_of
from shell import autoriza

from app.certificate_texts import day
from app.config import Settings
from app.ecuador import ECUADOR

TODAY = datetime.now(ECUADOR)


@pytest.fixture(autouse=True)
def _installation(services):
    """Every test here works on this module's installation."""


def add(settings: Settings, folder: Path, ruc: str, *options: str, **life: datetime) -> Any:
    p12 = folder / "firma.p12"
    p12.write_bytes(p12_of(ruc, "SIGUIENTE", **life))
    given = ["--ruc", ruc, "--p12", str(p12), "--password-env", "SECRETO"]
    return autoriza(settings, "certificate", "add", *given, *options, SECRETO=PASSWORD)


def told(settings: Settings, *arguments: str) -> Any:
    done = autoriza(settings, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_certificate_is_staged_for_a_day_and_listed_behind_the_one_in_force(
    settings, ana: Taxpayer, tmp_path
):
    begins = f"{TODAY + timedelta(days=20):%Y-%m-%d}"
    staged = json.loads(add(settings, tmp_path, ana.ruc, "--from", begins, "--json").stdout)
    assert (staged["state"], day(datetime.fromisoformat(staged["from"]))) == ("staged", begins)
    assert datetime.fromisoformat(staged["from"]).astimezone(ECUADOR).hour == 0
    first, second = told(settings, "certificate", "list", "--ruc", ana.ruc)
    assert (first["state"], second["state"]) == ("current", "staged")
    assert (first["ruc"], second["fingerprint"]) == (ana.ruc, staged["fingerprint"])
    assert 728 <= first["days_left"] <= 730
    assert second["from"] == staged["from"]


def test_the_one_that_waits_is_withdrawn_and_there_is_none_to_withdraw_afterwards(
    settings, ana: Taxpayer, tmp_path
):
    add(settings, tmp_path, ana.ruc, "--from", f"{TODAY + timedelta(days=20):%Y-%m-%d}")
    asked = ("certificate", "withdraw", "--ruc", ana.ruc, "--reason", "era de otro")
    done = autoriza(settings, *asked)
    assert done.returncode == 0 and "certificate withdrawn: " in done.stdout, done.stderr
    states = [row["state"] for row in told(settings, "certificate", "list", "--ruc", ana.ruc)]
    assert "staged" not in states and states.count("current") == 1
    again = autoriza(settings, *asked)
    assert again.returncode != 0 and "no hay un certificado en espera" in again.stderr


def test_one_that_is_not_valid_yet_is_staged_without_being_asked_to(settings, ana: Taxpayer, tmp_path):
    done = add(settings, tmp_path, ana.ruc, not_before=datetime.now(UTC) + timedelta(days=3))
    assert done.returncode == 0, done.stderr
    assert "staged" in done.stdout and "vale recién desde" in done.stderr


def test_one_installed_at_once_replaces_the_one_in_force(settings, ana: Taxpayer, beto: Taxpayer, tmp_path):
    installed = json.loads(add(settings, tmp_path, ana.ruc, "--json").stdout)
    assert installed["state"] == "current"
    old, new = told(settings, "certificate", "list", "--ruc", ana.ruc)
    assert (old["state"], old["days_left"], new["state"]) == ("replaced", None, "current")
    assert old["replaced_at"]
    everyones = told(settings, "certificate", "list")
    assert {ana.ruc, beto.ruc} <= {row["ruc"] for row in everyones}
    table = autoriza(settings, "certificate", "list", "--ruc", ana.ruc).stdout
    assert "days_left" in table and "replaced" in table


def test_the_list_of_taxpayers_has_the_end_of_the_one_in_force_not_of_the_staged_one(
    settings, ana: Taxpayer, tmp_path
):
    def until() -> Any:
        return next(row for row in told(settings, "tenant", "list") if row["ruc"] == ana.ruc)[
            "certificate_until"
        ]

    before = until()
    ends = datetime.now(UTC) + timedelta(days=1500)
    add(settings, tmp_path, ana.ruc, "--from", f"{TODAY + timedelta(days=20):%Y-%m-%d}", not_after=ends)
    assert until() == before


def test_a_day_that_is_no_day_is_bad_input_and_a_day_after_its_end_is_refused(
    settings, ana: Taxpayer, tmp_path
):
    assert add(settings, tmp_path, ana.ruc, "--from", "mañana").returncode == 2
    done = add(settings, tmp_path, ana.ruc, "--from", f"{TODAY + timedelta(days=900):%Y-%m-%d}")
    assert done.returncode == 1
    assert "antes del" in done.stderr
    assert len(told(settings, "certificate", "list", "--ruc", ana.ruc)) == 1
