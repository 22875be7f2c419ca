"""A form that is refused comes back as it was written, open, with the reason beside the field that is at fault."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer
from console_cast import Browser, signed_in, words
from pydantic import SecretStr
from trouble_cast import waiting

from app import people
from app.permissions import Role
from app.store.engine import AlertSetting
from app.test_certificates import make_test_p12
from workers import rhythms
from workers.cron import Cron

__all__ = ["chromium", "console", "watched"]
PASSWORD = "contraseña del archivo"


@pytest.fixture(scope="module")
def settings(settings):
    """An installation that sends mail, and where three documents are many."""
    mail = {"smtp_url": SecretStr("smtp://127.0.0.1:9"), "mail_from": "facturas@example.ec"}
    return settings.model_copy(update={"bulk_confirm_over": 2, **mail})


def field(page: str, name: str, value: str) -> str:
    """The attributes of the field of that name which holds ``value``."""
    found = [one for one in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in one]
    return next(one for one in found if f'value="{value}"' in one)


def test_a_limit_that_cannot_be_is_still_there_to_be_mended(admin: Browser):
    answer = admin.post("/alerts/rules/alert_pending", {"value": "muchos", "reason": "fin de mes"})
    assert "#" not in answer.location  # which would take the focus from the field
    page = admin.read("/alerts/rules")
    at_fault = field(page, "value", "muchos")
    assert 'aria-invalid="true"' in at_fault and "autofocus" in at_fault
    assert 'aria-describedby="error-value how-alert_pending"' in at_fault
    assert field(page, "reason", "fin de mes")
    assert page.count('<details class="act" open>') == 1
    said = 'role="alert">No se cambió: escriba un número entero, de 1 en adelante'
    assert page.count("No se cambió") == page.count(f'<p class="error" id="error-value" {said}') == 1
    assert "No se cambió" not in admin.read("/alerts/rules")


def test_what_was_set_is_said_where_it_was_set(admin: Browser):
    answer = admin.post("/alerts/rules/alert_pending", {"value": "77", "reason": "x"})
    assert answer.location.endswith("#alert_pending")
    row = admin.read("/alerts/rules").split('id="alert_pending"')[1].split("</td>")[0]
    assert "Rige ALERT_PENDING = 77" in row
    AlertSetting.delete().execute()


def test_a_wrong_number_loses_no_reason(app, ana: Taxpayer):
    sara = signed_in(Browser(app.test_client()), Role.SUPERVISOR, (ana.id,))
    waiting(ana, 3)
    form = {"action": "retry", "click": "refused-forms", "stage": "signed"}
    operation = sara.post("/operations/propose", form).location
    sara.post(f"{operation}start", {"reason": "el SRI ya responde", "typed": "4"})
    page = sara.read(operation)
    assert field(page, "reason", "el SRI ya responde")
    assert 'aria-invalid="true"' in field(page, "typed", "4")
    assert "son 3 comprobantes" in page.split('id="error-typed"')[1].split("</p>")[0]


def test_a_refused_resend_loses_neither_address_nor_reason(browser, ana: Taxpayer):
    olga = signed_in(browser(), Role.OPERATOR, (ana.id,))
    document = ana.document("authorized")
    ana.render(document.id)
    form = {"to": "nadie en ninguna parte", "reason": "lo pidió por teléfono"}
    olga.post(f"/documents/{document.id}/resend", form)
    page = olga.read(f"/documents/{document.id}/")
    assert 'aria-invalid="true"' in field(page, "to", form["to"])
    assert field(page, "reason", form["reason"])
    assert "no es una dirección de correo" in page.split('id="error-to"')[1].split("</p>")[0]


def test_a_refusal_of_what_is_no_longer_offered_is_said_on_top(browser, ana: Taxpayer):
    olga = signed_in(browser(), Role.OPERATOR, (ana.id,))
    document = ana.document("authorized")
    olga.post(f"/documents/{document.id}/hold", {"reason": "x"})
    page = olga.read(f"/documents/{document.id}/")
    assert page.index('class="flash refused"') < page.index("<h1>")


def test_a_wrong_password_does_not_lose_the_day_from_which_it_signs(browser, ana: Taxpayer):
    supervisor = signed_in(browser(), Role.SUPERVISOR, (ana.id,))
    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    p12 = make_test_p12(ana.ruc, "ANA", PASSWORD)
    form = {"tenant": ana.id, "password": "otra", "p12": (io.BytesIO(p12), "firma.p12"), "from": day}
    answer = supervisor.post("/certificates/new", form, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert field(page, "from", day)
    (password,) = re.findall(r'<input id="password"[^>]*>', page)
    assert 'aria-invalid="true"' in password and "autofocus" in password and "otra" not in password
    assert "elegirlo otra vez" in page


def test_a_certificate_that_ends_before_the_one_it_replaces_is_warned_about(browser, ana: Taxpayer):
    supervisor = signed_in(browser(), Role.SUPERVISOR, (ana.id,))
    sooner = datetime.now(UTC) + timedelta(days=90)
    p12 = make_test_p12(ana.ruc, "ANA", PASSWORD, not_after=sooner)
    form = {"tenant": ana.id, "password": PASSWORD, "p12": (io.BytesIO(p12), "firma.p12")}
    answer = supervisor.post(
        "/certificates/new", form, content_type="multipart/form-data", follow_redirects=True
    )
    assert "antes que el que reemplaza" in words(answer.get_data(as_text=True))


@pytest.mark.parametrize("watched", ["with scripts", "without scripts"], indirect=True)
def test_in_a_browser_the_focus_is_on_what_was_refused_and_it_is_in_sight(watched: Watched, request):
    email = f"admin-{len(request.node.name)}@example.ec"
    people.create(email, "Ada", CONSOLE_PASSWORD, Role.ADMIN, (), by="test")
    rhythms.announce("keep_house", Cron("30 */2 * * * *", "America/Guayaquil"))
    watched.sign_in(email)
    page = watched.page
    for place, row, name, value in (
        ("/alerts/rules", "tr:has(#alert_disk_mb)", "value", "nada"),
        ("/schedules/", "#keep_house", "cron", "0 0 3 * * *"),
    ):
        watched.open(place)
        form = page.locator(row).locator("details.act").filter(has=page.locator(f"[name={name}]"))
        form.locator("summary").click()
        form.locator(f"[name={name}]").fill(value)
        form.locator("[name=reason]").fill("porque sí")
        form.locator("button").click()
        page.locator("#error-" + name).wait_for()
        focused = page.locator(":focus")
        assert focused.get_attribute("name") == name
        assert focused.input_value() == value
        for one in (focused, page.locator("#error-" + name)):
            box = one.bounding_box()
            assert box and box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]
