"""What somebody holds back is told wherever invoices wait for it: by whom, why, since when and until when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from console_cast import Browser, change, words

from admin.console import machinery
from app import halts, pausing, people, work
from app.lifecycle import State
from app.pausing import Subject
from app.permissions import Role
from app.store.base import database
from app.store.documents import Ride
from app.store.engine import Pause
from app.store.tenants import Halt
from app.tenancy import every_tenant_scope, tenant_scope

__all__ = ["chromium", "console", "watched"]
WHY = "cambio de servidor en bodega"
SENDING = Subject("stage", "submit")


@pytest.fixture(autouse=True)
def _everything_goes_on(services) -> Iterator[None]:
    yield
    with database.connection_context():
        Pause.update(ended_at=work.in_seconds(-600)).execute()


def standing() -> list[Pause]:
    with database.connection_context():
        return pausing.standing()


def test_an_admin_pauses_with_a_reason_and_a_time_and_lets_it_go_on(admin: Browser):
    form = {"what": "stage:submit", "reason": WHY, "hours": "2"}
    admin.post("/engine/pause", form)
    (pause,) = standing()
    assert (pause.by, pause.reason) == (admin.email, WHY)
    assert 1.9 < (pause.resume_at - datetime.now(UTC)).total_seconds() / 3600 <= 2
    page = words(admin.read("/engine/"))
    assert "Paso: enviar al SRI enviar al SRI cambio de servidor" in page
    assert admin.email in page
    admin.post("/engine/resume", {"what": "stage:submit"})
    assert standing() == []
    assert "terminó " + admin.email in words(admin.read("/engine/"))


def test_a_paused_queue_has_its_badge(admin: Browser):
    admin.post("/engine/pause", {"what": "queue:ride", "reason": WHY})
    page = words(admin.read("/engine/"))
    assert "ride en pausa" in page
    assert "cuando alguien lo diga" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"what": "queue:sweep", "reason": WHY}, "no se puede pausar"),
        ({"what": "stage:submit", "reason": " "}, "indique por qué"),
        ({"what": "stage:submit", "reason": WHY, "hours": "9999"}, "horas son un número entero"),
        ({"what": "stage:submit", "reason": WHY, "hours": "-1"}, "horas son un número entero"),
        ({}, "no se puede pausar"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(admin: Browser, form, said):
    answer = admin.post("/engine/pause", form, follow_redirects=True)
    assert said in words(answer.get_data(as_text=True))
    assert standing() == []


def test_everybody_reads_on_the_start_page_what_is_paused_and_on_a_document_that_it_waits_for_that(
    viewer_of, ana: Taxpayer
):
    signed, pending = ana.document(State.SIGNED), ana.document(State.PENDING_AUTHORIZATION)
    for one in (signed, pending):
        ana.make_due(type(one), one.id)
    with database.connection_context():
        pausing.place(SENDING, by="olga@example.ec", reason=WHY)
    viewer = viewer_of(ana)
    start = words(viewer.read("/"))
    assert "Paso: enviar al SRI está en pausa" in start
    assert f"por olga@example.ec: «{WHY}»" in start
    assert "nada que hacer" not in start
    held = words(viewer.read(f"/documents/{signed.id}/"))
    assert "Nada por ahora. Paso: enviar al SRI está en pausa" in held
    assert "Alguien pausó este paso" in held[held.index("Por qué está aquí") :]
    assert "Nada por ahora" not in words(viewer.read(f"/documents/{pending.id}/"))


def test_a_document_of_pruebas_does_not_wait_for_a_pause_of_produccion(viewer_of, ana: Taxpayer):
    signed = ana.document(State.SIGNED)
    ana.make_due(type(signed), signed.id)
    viewer = viewer_of(ana)
    for environment, waits in ((2, False), (1, True)):
        with database.connection_context():
            pausing.place(Subject("endpoint", "submit", environment), by="olga", reason=WHY)
        assert ("Nada por ahora" in words(viewer.read(f"/documents/{signed.id}/"))) == waits


def test_an_authorized_document_waits_for_its_paused_ride(viewer_of, ana: Taxpayer):
    document = ana.document(State.AUTHORIZED)
    ana.make_due(Ride, document.id)
    with database.connection_context():
        pausing.place(Subject("queue", "ride"), by="olga", reason=WHY)
    assert "Cola ride: dibujar y guardar RIDE está en pausa" in words(
        viewer_of(ana).read(f"/documents/{document.id}/")
    )


def test_what_a_pause_holds_is_not_called_stuck(services, ana: Taxpayer):
    signed = ana.document(State.SIGNED)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    change(signed, next_attempt_at=long_ago, published_at=None)

    def stuck() -> bool:
        with every_tenant_scope():
            return any(one.document_id == signed.id for one in machinery.stuck(datetime.now(UTC)))

    assert stuck()
    with database.connection_context():
        pausing.place(SENDING, by="olga", reason=WHY)
    assert not stuck()


def test_a_taxpayer_is_halted_for_some_hours_and_the_page_and_its_documents_say_by_whom_and_until_when(
    admin: Browser, ana: Taxpayer
):
    form = {"reason": "inventario anual", "hours": "3"}
    admin.post(f"/tenants/{ana.id}/halt", form)
    with tenant_scope(ana.id):
        halt = Halt.get(Halt.tenant_id == ana.id)
    assert halt.code == halts.BY_HAND
    assert 2.9 < (halt.resume_at - datetime.now(UTC)).total_seconds() / 3600 <= 3
    assert "Se levanta sola" in words(admin.read(f"/tenants/{ana.id}/"))
    held = words(admin.read(f"/documents/{ana.document(State.DRAFT).id}/"))
    assert f"La puso {admin.email}" in held
    assert "Se levanta sola" in held
    admin.post(f"/tenants/{ana.id}/lift", {"reason": "terminó el inventario"})
    with tenant_scope(ana.id):
        assert Halt.get(Halt.tenant_id == ana.id).lifted_by == admin.email


def test_in_a_browser_an_admin_pauses_sending_sees_it_everywhere_and_resumes(watched: Watched, services):
    nora = take_on(services, "NORA PAPELERÍA S.A.")
    people.create("adela@example.ec", "Adela", CONSOLE_PASSWORD, Role.ADMIN, (), by="test")
    signed = nora.document(State.SIGNED)
    nora.make_due(type(signed), signed.id)
    watched.sign_in("adela@example.ec")
    page = watched.page
    page.get_by_role("link", name="Motor").click()
    pauses = page.locator("#pauses")
    pauses.locator("summary", has_text="Pausar un paso").click()
    pauses.get_by_label("Qué se pausa", exact=True).select_option("stage:submit")
    pauses.get_by_label("Por qué se pausa").fill(WHY)
    pauses.get_by_role("button", name="Pausar").click()
    assert "queda en pausa" in page.locator(".flash").first.inner_text()
    assert WHY in pauses.locator("table").inner_text()
    watched.open("/")
    sentence = page.locator(".headline", has_text="está en pausa")
    assert WHY in sentence.inner_text()
    watched.open(f"/documents/{signed.id}/")
    assert "Nada por ahora. Paso: enviar al SRI está en pausa" in watched.text()
    watched.open("/engine/")
    pauses.get_by_role("button", name="Reanudar").click()
    assert "sigue." in page.locator(".flash").first.inner_text()
    assert "Nada está en pausa." in pauses.inner_text()
