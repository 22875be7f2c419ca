"""Certificates, halts, alerts and the audit in the console: what people care for, and what is on record of it."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer
from console_cast import Browser, signed_in, words

from app import certificate_timeline
from app.alerts import raise_alert
from app.auditing import audit
from app.errors import Text
from app.lifecycle import State
from app.permissions import Role
from app.store.people import Alert, Audit
from app.store.tenants import Certificate, Halt
from app.tenancy import every_tenant_scope, tenant_scope
from app.test_certificates import make_test_p12

PASSWORD = "contraseña del archivo"


@pytest.fixture
def supervisor(browser, ana: Taxpayer) -> Browser:
    """Somebody who answers for Ana."""
    return signed_in(browser(), Role.SUPERVISOR, (ana.id,))


@pytest.fixture
def operator(browser, ana: Taxpayer) -> Browser:
    """Somebody who works for Ana."""
    return signed_in(browser(), Role.OPERATOR, (ana.id,))


def upload(who: Browser, taxpayer: Taxpayer, p12: bytes, password: str, **more: str):
    form = {"tenant": taxpayer.id, "password": password, "p12": (io.BytesIO(p12), "firma.p12"), **more}
    return who.post("/certificates/new", form, content_type="multipart/form-data", follow_redirects=True)


def certificates(taxpayer: Taxpayer) -> int:
    with tenant_scope(taxpayer.id):
        return Certificate.select().where(Certificate.tenant_id == taxpayer.id).count()


def recorded(action: str, taxpayer: Taxpayer) -> list[tuple[str, str, str | None]]:
    with every_tenant_scope():
        lines = (
            Audit.select().where(Audit.tenant_id == taxpayer.id, Audit.action == action).order_by(Audit.id)
        )
        return [(row.by, row.result, row.reason) for row in lines]


def test_a_good_certificate_signs_at_once_and_a_later_one_waits_for_its_day(
    supervisor: Browser, ana: Taxpayer
):
    p12 = make_test_p12(ana.ruc, "ANA", PASSWORD)
    page = upload(supervisor, ana, p12, PASSWORD).get_data(as_text=True)
    assert "El certificado firma desde ahora" in page
    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    page = upload(
        supervisor, ana, make_test_p12(ana.ruc, "ANA", PASSWORD), PASSWORD, **{"from": day}
    ).get_data(as_text=True)
    assert "El certificado espera: firma desde el" in page
    shown = words(supervisor.read("/certificates/"))
    assert "Firma" in shown and "Espera" in shown
    assert recorded("certificate_staged", ana) == [(supervisor.email, "done", None)]


def test_a_certificate_that_waits_is_withdrawn_with_a_reason(
    supervisor: Browser, operator: Browser, ana: Taxpayer
):
    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    upload(supervisor, ana, make_test_p12(ana.ruc, "ANA", PASSWORD), PASSWORD, **{"from": day})
    with tenant_scope(ana.id):
        staged = certificate_timeline.of(ana.id).staged.id
    place = f"/certificates/{staged}/withdraw"
    assert place in supervisor.read("/certificates/")
    assert place not in operator.read("/certificates/")
    page = supervisor.post(place, {"reason": " "}, follow_redirects=True).get_data(as_text=True)
    assert "No se retiró: indique por qué se retira." in words(page)
    page = supervisor.post(place, {"reason": "era de otro"}, follow_redirects=True).get_data(as_text=True)
    assert "El certificado se retiró: no llegará a firmar." in words(page)
    assert place not in page
    assert recorded("certificate_withdrawn", ana)[-1] == (supervisor.email, "done", "era de otro")
    page = supervisor.post(place, {"reason": "otra vez"}, follow_redirects=True).get_data(as_text=True)
    assert "No se retiró: ese certificado no está en espera" in words(page)
    assert "No llegó a firmar" in words(supervisor.read("/certificates/?all=1"))
    assert operator.post(place, {"reason": "sin permiso"}).status_code == 403
    with tenant_scope(ana.id):
        refused = Audit.select().where(Audit.target == place, Audit.result == "refused")
        assert [row.by for row in refused.order_by(Audit.id)][-2:] == [supervisor.email, operator.email]


def test_who_withdraws_the_only_one_there_is_reads_that_none_signs(supervisor: Browser, ana: Taxpayer):
    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    upload(supervisor, ana, make_test_p12(ana.ruc, "ANA", PASSWORD), PASSWORD, **{"from": day})
    assert "el que firma ahora sigue hasta que caduque" in words(supervisor.read("/certificates/"))
    with tenant_scope(ana.id):
        now = datetime.now(UTC)
        signing = (Certificate.tenant_id == ana.id) & (Certificate.in_force_from <= now)
        ends = {row.id: row.not_after for row in Certificate.select().where(signing)}
        Certificate.update(not_after=now - timedelta(hours=1)).where(signing).execute()
    page = words(supervisor.read("/certificates/"))
    with tenant_scope(ana.id):
        for one, end in ends.items():
            Certificate.update(not_after=end).where(Certificate.id == one).execute()
    assert "Ahora no firma ninguno" in page and "el que firma ahora" not in page


@pytest.mark.parametrize(
    ("ruc", "password", "why"),
    [
        ("", "otra contraseña", "contraseña"),
        ("1790016919001", PASSWORD, "1790016919001"),
        (None, PASSWORD, "no es un p12 o está dañado"),
    ],
)
def test_a_bad_certificate_is_refused_with_the_true_reason_and_nothing_changes(
    supervisor: Browser, ana: Taxpayer, ruc, password, why
):
    p12 = b"no es un p12" if ruc is None else make_test_p12(ruc or ana.ruc, "ANA", PASSWORD)
    before = certificates(ana)
    answer = upload(supervisor, ana, p12, password)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert why in words(page)
    assert password not in page
    assert certificates(ana) == before
    ((by, result, reason),) = recorded("certificate_installed", ana)[-1:]
    assert (by, result) == (supervisor.email, "refused")
    assert reason


def test_nobody_installs_a_certificate_for_a_taxpayer_they_do_not_answer_for(
    supervisor: Browser, operator: Browser, ana: Taxpayer, beto: Taxpayer
):
    p12 = make_test_p12(beto.ruc, "BETO", PASSWORD)
    assert upload(supervisor, beto, p12, PASSWORD).status_code == 404
    assert upload(operator, ana, make_test_p12(ana.ruc, "ANA", PASSWORD), PASSWORD).status_code == 403
    assert beto.ruc not in supervisor.read("/certificates/?all=1")
    assert "Cargar certificado" not in operator.read("/certificates/")


def test_issuing_is_halted_with_a_reason_and_lifted_by_who_answers_for_it(
    operator: Browser, supervisor: Browser, ana: Taxpayer
):
    place = f"/tenants/{ana.id}"
    assert "Escriba el motivo" in operator.post(f"{place}/halt", follow_redirects=True).get_data(as_text=True)
    form = {"reason": "inventario anual", "establishment": "001"}
    operator.post(f"{place}/halt", form)
    assert "inventario anual" in operator.read(f"{place}/")
    assert operator.post(f"{place}/lift", {"reason": "ya terminó"}).status_code == 403
    wrong = supervisor.post(f"{place}/lift", {"reason": "ya terminó"}, follow_redirects=True)
    assert "no hay ninguna suspensión" in wrong.get_data(as_text=True)
    supervisor.post(f"{place}/lift", {"reason": "ya terminó", "establishment": "001"})
    assert "Nada está suspendido" in supervisor.read(f"{place}/")
    with tenant_scope(ana.id):
        halt = Halt.get(Halt.tenant_id == ana.id)
    assert (halt.placed_by, halt.lifted_by, halt.lift_reason) == (
        operator.email,
        supervisor.email,
        "ya terminó",
    )


def test_an_alert_is_looked_after_by_one_person_and_others_see_by_whom(operator: Browser, supervisor, ana):
    with tenant_scope(ana.id):
        raise_alert(
            ana.id,
            "undecided",
            "001-001-000000009",
            Text("lleva un día sin decisión", "lleva un día sin decisión"),
        )
        alert = Alert.get(Alert.tenant_id == ana.id)
    assert "Atender" in words(operator.read("/alerts/?state=unseen"))
    page = operator.post(f"/alerts/{alert.id}/acknowledge", follow_redirects=True).get_data(as_text=True)
    assert "usted la atiende" in page
    assert operator.email in supervisor.read("/alerts/")
    again = supervisor.post(f"/alerts/{alert.id}/acknowledge", follow_redirects=True).get_data(as_text=True)
    assert "alguien ya la atiende" in again
    assert "Nada coincide" in words(supervisor.read("/alerts/?state=unseen"))


def test_the_rules_say_from_when_on_they_are_alarmed(operator: Browser, services):
    page = words(operator.read("/alerts/rules"))
    assert "Demasiados comprobantes en espera" in page
    assert f"{services.settings.alert_pending} comprobantes ALERT_PENDING" in page
    assert "ALERT_CHANNELS" not in page


def test_the_audit_is_narrowed_by_person_action_target_and_day(browser, ana: Taxpayer):
    document = ana.document(State.SIGNED)
    auditor = signed_in(browser(), Role.AUDITOR, (ana.id,))
    auditor.get(f"/documents/{document.id}/signed-1.xml")
    with tenant_scope(ana.id):
        audit(ana.id, by="otra@example.ec", action="retry", target="document 1")
    today = datetime.now(UTC) - timedelta(hours=5)
    downloads = f"/audit/?action=download&by={auditor.email}&target=document+{document.id}+signed+XML+1"
    assert "Descargar" in words(auditor.read(f"{downloads}&since={today:%Y-%m-%d}&until={today:%Y-%m-%d}"))
    assert "Nada coincide" in auditor.read(f"{downloads}&since={today + timedelta(days=1):%Y-%m-%d}")
    assert "otra@example.ec" not in auditor.read("/audit/?action=download")
    for wrong in ("since=ayer", "until=9999-99-99", "since=0001-01-01", "by=" + "x" * 400):
        assert auditor.get(f"/audit/?{wrong}").status_code == 400, wrong
