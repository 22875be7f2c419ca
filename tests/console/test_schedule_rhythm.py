"""An admin sets when a schedule runs, and gives it back; nobody else does; what would break a promise is refused."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer
from console_cast import Browser, signed_in, words

from admin.console.cron_words import in_words
from app.store.engine import Schedule, Tick
from app.store.people import Audit
from app.tenancy import every_tenant_scope
from workers import rhythms
from workers.cron import Cron

NAME = "sign_drafts"
CONFIGURED = "*/10 * * * * *"


@pytest.fixture(autouse=True)
def _announced(app):
    Schedule.delete().where(Schedule.name == NAME).execute()
    rhythms.announce(NAME, Cron(CONFIGURED, "America/Guayaquil"))


def card(page: str) -> str:
    """What the page tells of the schedule, in words."""
    found = re.search(rf'<section[^>]*id="{NAME}">.*?</section>', page, re.DOTALL)
    assert found
    return words(found[0])


def said(admin: Browser, place: str, form: dict[str, str]) -> str:
    assert admin.post(f"/schedules/{NAME}/{place}", form).status_code == 302
    return words(admin.read("/schedules/"))


def test_an_admin_sets_when_it_runs_and_the_page_says_so_with_who_why_and_what_is_configured(admin: Browser):
    assert "Como está configurado" not in card(admin.read("/schedules/"))
    told = said(admin, "cron", {"cron": "*/20 * * * * *", "reason": "menos carga hoy"})
    assert "«Firmar borradores» corre desde ahora como usted indicó." in told
    told = card(admin.read("/schedules/"))
    assert "Cada 20 segundos" in told
    assert f"Cambiado por {admin.email}" in told
    assert "«menos carga hoy». Configurado: Cada 10 segundos */10 * * * * *" in told
    assert all(
        second in ("00", "20", "40") for second in re.findall(r"\d\d:\d\d:(\d\d)", told.split("Última")[0])
    )
    told = said(admin, "as-configured", {})
    assert "vuelve a correr como está configurado" in told
    assert "Cambiado por" not in card(admin.read("/schedules/"))
    assert Schedule.get_by_id(NAME).cron_set is None


@pytest.mark.parametrize(
    ("cron", "reason", "why"),
    [
        ("*/20 * * * * *", " ", "indique por qué se cambia"),
        ("", "x", "escriba cinco campos"),
        ("0 0 0 30 2 *", "x", "no es una expresión cron que llegue a cumplirse"),
        ("0 0 * * * *", "x", "debe hacerlo al menos cada 60 segundos"),
        ("* * * * * *", "x", "más de una vez cada 5 segundos"),
        ("<b>* * * *", "x", "escriba cinco campos"),
    ],
)
def test_what_will_not_do_is_refused_in_words_and_on_record_unless_written_wrongly(
    admin: Browser, cron, reason, why
):
    assert why in said(admin, "cron", {"cron": cron, "reason": reason})
    assert Schedule.get_by_id(NAME).cron_set is None
    with every_tenant_scope():
        last = Audit.select().where(Audit.by == admin.email).order_by(Audit.id.desc()).first()
    wrongly_written = "escriba" in why or "indique" in why or "cron" in why
    assert last.result == ("done" if wrongly_written else "refused")


def test_the_last_time_is_that_of_the_last_run_not_of_one_that_was_missed(admin: Browser):
    noon = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
    took = {"outcome": "done", "started_at": noon, "finished_at": noon + timedelta(seconds=2)}
    Tick.delete().where(Tick.schedule == NAME).execute()
    for minute, values in ((0, took), (5, {"outcome": "missed"}), (6, {"outcome": "skipped"})):
        due = noon + timedelta(minutes=minute)
        Tick.create(schedule=NAME, due_at=due, origin="clock", by="t", created_at=due, **values)
    told = card(admin.read("/schedules/"))
    assert "Última vez 25 nov 2026 12:00:00 Hecho" in told


def test_a_supervisor_sets_no_schedule(browser, ana: Taxpayer):
    supervisor = signed_in(browser(), "supervisor", (ana.id,))
    form = {"cron": "*/20 * * * * *", "reason": "x"}
    assert supervisor.post(f"/schedules/{NAME}/cron", form).status_code == 403
    assert supervisor.post(f"/schedules/{NAME}/as-configured").status_code == 403
    assert Schedule.get_by_id(NAME).cron_set is None


@pytest.mark.parametrize(
    "cron", ["0 0 3 L * *", "0 0 3 * * mon#2", "0 0 3 1W * *", "0 0 3 ? * 1-5", "5-59/20 * * * * *"]
)
def test_whatever_is_taken_is_said_somehow(app, cron):
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert in_words(cron)
