"""Very many documents: the number is typed, or another person approves on the operation's page; never the same one."""

import re
from itertools import count

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from console_cast import Browser, signed_in, words
from trouble_cast import waiting

from app import people
from app.permissions import Role
from app.store.bulk import Bulk
from app.tenancy import every_tenant_scope

__all__ = ["chromium", "console", "watched"]
WHY = "el SRI ya responde"
_clicks = count(1)


@pytest.fixture(scope="module")
def settings(settings):
    """An installation where three documents are many."""
    return settings.model_copy(update={"bulk_confirm_over": 2})


def supervisor(app, taxpayer: Taxpayer, *others: Taxpayer) -> Browser:
    tenants = tuple(one.id for one in (taxpayer, *others))
    return signed_in(Browser(app.test_client()), Role.SUPERVISOR, tenants)


def proposed(person: Browser, taxpayer: Taxpayer, number: int = 3) -> int:
    """A retry of some documents, looked over and not begun."""
    waiting(taxpayer, number)
    form = {"action": "retry", "click": f"approval-{next(_clicks)}", "stage": "signed"}
    answer = person.post("/operations/propose", form)
    return int(re.findall(r"/operations/(\d+)/", answer.location)[0])


def stage(operation: int) -> str:
    with every_tenant_scope():
        return Bulk.get_by_id(operation).stage


def test_many_are_begun_by_typing_their_number_and_few_without(app, ana: Taxpayer):
    sara = supervisor(app, ana)
    operation = proposed(sara, ana)
    assert "escriba 3 para confirmar" in words(sara.read(f"/operations/{operation}/"))
    answer = sara.post(f"/operations/{operation}/start", {"reason": WHY}, follow_redirects=True)
    assert "son 3 comprobantes: escriba ese número" in words(answer.get_data(as_text=True))
    assert stage(operation) == "proposed"
    sara.post(f"/operations/{operation}/start", {"reason": WHY, "typed": "3"})
    assert stage(operation) == "running"


def test_few_need_no_number(app, ana: Taxpayer):
    sara = supervisor(app, ana)
    operation = proposed(sara, ana, 2)
    assert "para confirmar" not in words(sara.read(f"/operations/{operation}/"))
    sara.post(f"/operations/{operation}/start", {"reason": WHY})
    assert stage(operation) == "running"


def test_another_person_is_told_and_approves_and_whoever_asked_cannot(app, ana: Taxpayer, viewer_of):
    sara, tere = supervisor(app, ana), supervisor(app, ana)
    operation = proposed(sara, ana)
    sara.post(f"/operations/{operation}/ask", {"reason": WHY})
    page = sara.read(f"/operations/{operation}/")
    assert "Usted la pidió: debe aprobarla otra persona" in words(page)
    assert f"/operations/{operation}/approve" not in page
    answer = sara.post(f"/operations/{operation}/approve", follow_redirects=True)
    assert "quien la pidió no puede aprobarla" in words(answer.get_data(as_text=True))
    assert "espera que otra persona la apruebe" not in words(sara.read("/"))
    viewer = viewer_of(ana)
    assert viewer.post(f"/operations/{operation}/approve").status_code == 403
    assert "espera que otra persona la apruebe" not in words(viewer.read("/"))
    assert "espera que otra persona la apruebe: puede ser usted" in words(tere.read("/"))
    tere.post(f"/operations/{operation}/approve")
    assert stage(operation) == "running"
    assert f"Aprobó {tere.email}" in words(sara.read(f"/operations/{operation}/"))


def test_who_may_not_act_for_every_taxpayer_of_it_cannot_approve_it(app, ana: Taxpayer, beto: Taxpayer):
    sara, only_anas = supervisor(app, ana, beto), supervisor(app, ana)
    waiting(beto, 2)
    operation = proposed(sara, ana, 2)
    sara.post(f"/operations/{operation}/ask", {"reason": WHY})
    assert only_anas.post(f"/operations/{operation}/approve").status_code == 404
    assert stage(operation) == "awaits_approval"


def test_another_person_declines(app, ana: Taxpayer):
    sara, tere = supervisor(app, ana), supervisor(app, ana)
    operation = proposed(sara, ana)
    sara.post(f"/operations/{operation}/ask", {"reason": WHY})
    tere.post(f"/operations/{operation}/stop")
    assert stage(operation) == "stopped"


def test_in_a_browser_one_asks_and_another_approves(watched: Watched, chromium, console, services):
    nora = take_on(services, "NORA PAPELERÍA S.A.")
    waiting(nora, 3)
    for name in ("sara", "tere"):
        people.create(f"{name}@example.ec", name, CONSOLE_PASSWORD, Role.SUPERVISOR, (nora.id,), by="test")
    watched.sign_in("sara@example.ec")
    page = watched.page
    page.get_by_role("link", name="Fallas").click()
    page.get_by_role("button", name="Reintentar todos (3)").click()
    page.get_by_label("Motivo (queda registrado)").fill(WHY)
    page.get_by_role("button", name="Pedir que otra persona apruebe").click()
    page.get_by_role("heading", name="Espera aprobación").wait_for()
    place = page.url
    second = Watched(chromium.new_context(locale="es-EC").new_page(), console)
    second.sign_in("tere@example.ec")
    assert "espera que otra persona la apruebe" in second.text()
    second.page.locator("main a[href='/operations/']").click()
    second.page.get_by_role("link", name="Reintentar").click()
    assert second.page.url == place
    second.page.get_by_role("button", name="Aprobar: 3 comprobantes").click()
    second.page.get_by_role("heading", name="Avance").wait_for()
    assert "tere@example.ec" in second.text()
    assert second.complaints == []
    second.page.context.close()
