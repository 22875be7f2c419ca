"""An admin sets from when on something is alarming; the look that follows goes by it, and the page says who and why."""

import re

import pytest
from cast import Taxpayer
from console_cast import Browser, signed_in, words

from app import alert_settings, notices
from app.store.engine import AlertSetting
from app.store.people import Alert, Audit
from app.tenancy import every_tenant_scope
from workers import watch

RULES = "/alerts/rules"


@pytest.fixture(autouse=True)
def _as_configured(app):
    AlertSetting.delete().execute()


def set_to(admin: Browser, name: str, value: str, reason: str = "hoy es fin de mes") -> str:
    assert admin.post(f"{RULES}/{name}", {"value": value, "reason": reason}).status_code == 302
    return words(admin.read(RULES))


def test_what_an_admin_sets_holds_from_the_next_look_on_and_is_given_back(admin: Browser, services, ana):
    told = set_to(admin, "alert_disk_mb", "99999999")
    assert "Rige ALERT_DISK_MB = 99999999 desde la próxima revisión" in told
    assert f"Cambiado por {admin.email}" in told
    assert "«hoy es fin de mes». Configurado: 500" in told
    watch.look()
    assert standing("disk_full")
    assert admin.post(f"{RULES}/alert_disk_mb/as-configured").status_code == 302
    told = words(admin.read(RULES))
    assert "Rige otra vez lo configurado: ALERT_DISK_MB = 500." in told
    assert "Cambiado por" not in told
    watch.look()
    assert not standing("disk_full")
    with every_tenant_scope():
        kept = list(Audit.select().where(Audit.target == "alert_disk_mb").order_by(Audit.id))
    assert [line.action for line in kept] == ["alert_setting_set", "alert_setting_given_back"]
    assert kept[0].facts == {"before": "500", "after": "99999999"}
    assert (kept[0].by, kept[0].reason) == (admin.email, "hoy es fin de mes")


def standing(kind: str) -> bool:
    with every_tenant_scope():
        return Alert.select().where(Alert.kind == kind, Alert.resolved_at.is_null()).exists()


@pytest.mark.parametrize(
    ("name", "value", "reason", "why"),
    [
        ("alert_pending", "10", " ", "indique por qué se cambia"),
        ("alert_pending", "0", "x", "escriba un número entero, de 1 en adelante"),
        ("alert_run_minutes", "-1", "x", "escriba un número mayor que cero"),
        ("alert_run_minutes", "nan", "x", "escriba un número mayor que cero"),
        ("alert_quiet_hours", "25:00-06:00", "x", "escriba dos horas del día, como 22:00-06:00, o nada"),
        ("alert_least_severity", "nada", "x", "escriba info, warning o critical"),
        ("stage_limits", "carta=5", "x", "escriba minutos por etapa, como draft=5 mail=30"),
    ],
)
def test_what_it_cannot_be_is_refused_in_words_and_changes_nothing(admin: Browser, name, value, reason, why):
    assert f"No se cambió: {why}" in set_to(admin, name, value, reason)
    assert not AlertSetting.select().exists()


def test_a_setting_that_is_no_alerts_business_is_not_there(admin: Browser):
    assert admin.post(f"{RULES}/secret_keys", {"value": "x", "reason": "x"}).status_code == 404


def test_quiet_hours_may_be_ended_for_now(admin: Browser, services):
    quiet = services.settings.model_copy(update={"alert_quiet_hours": "22:00-06:00"})
    set_to(admin, "alert_quiet_hours", "")
    assert alert_settings.in_force(quiet).quiet_span is None


def test_stages_are_called_late_by_what_was_set(admin: Browser):
    set_to(admin, "stage_limits", "mail=7")
    assert re.search(r"límite\D*7", words(admin.read("/")))


def test_the_channels_are_tried_and_each_says_what_it_answered(admin: Browser, services, monkeypatch):
    said = {"mail ops": "", "webhook host": "the address answered 500"}
    monkeypatch.setattr(notices, "test", lambda _: said)
    assert admin.post("/alerts/try-channels").status_code == 302
    page = words(admin.read(RULES))
    assert "«mail ops» recibió el aviso de prueba." in page
    assert "«webhook host» no recibió el aviso de prueba: the address answered 500" in page
    with every_tenant_scope():
        assert Audit.select().where(Audit.action == "alerts_tested", Audit.by == admin.email).exists()


def test_who_is_no_admin_reads_the_rules_and_changes_none(browser, ana: Taxpayer):
    olga = signed_in(browser(), "operator", (ana.id,))
    page = olga.read(RULES)
    assert "ALERT_PENDING" in page
    assert "Cambiar" not in words(page)
    assert olga.post(f"{RULES}/alert_pending", {"value": "1", "reason": "x"}).status_code == 403


def test_what_a_newer_release_set_and_this_one_does_not_understand_is_left_as_configured(services, app):
    AlertSetting.insert(name="alert_tides", value="high", by="x", reason="x").execute()
    AlertSetting.insert(name="alert_pending", value="many", by="x", reason="x").execute()
    assert alert_settings.in_force(services.settings) == services.settings
