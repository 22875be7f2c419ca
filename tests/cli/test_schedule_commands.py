"""When a schedule runs, from the command line: set, listed beside its setting, and given back."""

import json

import pytest
from shell import autoriza

from app.store.base import database
from workers import rhythms
from workers.cron import Cron

NAME = "keep_house"
CONFIGURED = "30 */2 * * * *"


@pytest.fixture(autouse=True)
def _announced(services):
    with database.connection_context():
        rhythms.announce(NAME, Cron(CONFIGURED, "America/Guayaquil"))


def said(settings, *words: str, status: int = 0) -> str:
    done = autoriza(settings, "schedule", *words)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def listed(settings) -> dict[str, str | None]:
    (row,) = (one for one in json.loads(said(settings, "list", "--json")) if one["name"] == NAME)
    return row


def test_a_schedule_is_set_listed_and_given_back(settings):
    assert "runs by '15 * * * * *'" in said(settings, "set", NAME, "15 * * * * *", "--reason", "menos carga")
    row = listed(settings)
    assert (row["cron"], row["configured"], row["changed_by"]) == ("15 * * * * *", CONFIGURED, "command line")
    assert f"runs by '{CONFIGURED}', as configured" in said(settings, "as-configured", NAME)
    row = listed(settings)
    assert (row["cron"], row["changed_by"]) == (CONFIGURED, None)
    assert "ya corre como está configurado" in said(settings, "as-configured", NAME, status=1)


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("0 0 * * * *", "debe hacerlo al menos cada 5 minutos"),
        ("* * * * * *", "más de una vez cada 5 segundos"),
        ("0 0 0 31 2 *", "no es una expresión cron que llegue a cumplirse"),
    ],
)
def test_what_would_break_its_promise_is_refused(settings, cron, why):
    assert why in said(settings, "set", NAME, cron, "--reason", "x", status=1)


def test_without_a_reason_nothing_is_set(settings):
    assert "--reason" in said(settings, "set", NAME, "15 * * * * *", status=2)
    assert listed(settings)["cron"] == CONFIGURED
