"""The real server and a real browser: an admin works, and Beto's viewer finds nothing of Ana's."""

from pathlib import Path

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from console_cast import a_run

from app import people
from app.lifecycle import State
from app.store.documents import Document

__all__ = ["chromium", "console", "watched"]
SECRET = "COMPRADORA SECRETA DE ANA"


@pytest.fixture(scope="module")
def anas(services) -> Document:
    ana = take_on(services, "ANA MOREIRA CÍA. LTDA.")
    document = ana.document(State.AUTHORIZED, razonSocialComprador=SECRET)
    ana.render(document.id)
    a_run(ana.id, document.id)
    people.create("jefa@example.ec", "Jefa", CONSOLE_PASSWORD, "admin", (), by="test")
    return document


@pytest.fixture(scope="module")
def beto(services) -> Taxpayer:
    beto = take_on(services, "BETO SUMINISTROS S.A.")
    beto.document(State.DRAFT, razonSocialComprador="CLIENTE DE BETO")
    beto.viewer("visor@example.ec")
    return beto


@pytest.mark.parametrize("watched", ["with scripts", "without scripts"], indirect=True)
def test_an_admin_finds_a_document_reads_it_takes_its_ride_and_leaves(watched: Watched, anas: Document):
    watched.sign_in("jefa@example.ec")
    page = watched.page
    page.locator("#find").fill(str(anas.access_key))
    page.locator("#find").press("Enter")
    page.wait_for_url(f"{watched.address}/documents/{anas.id}/")
    assert SECRET in watched.text()
    with page.expect_download() as taken:
        page.get_by_role("link", name="RIDE (PDF)").click()
    assert taken.value.suggested_filename == f"{anas.access_key}_ride.pdf"
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF")
    for place in ("/", "/documents/", "/runs/", "/schedules/", "/alerts/", "/audit/", "/tenants/"):
        assert watched.open(place) == 200
        assert page.get_by_role("heading", level=1).count() == 1
        assert page.locator("nav [aria-current=page]").count() == 1
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Salir").click()
    page.wait_for_url(f"{watched.address}/login")


def test_an_admin_runs_a_schedule_and_retries_a_run(watched: Watched, anas: Document, beto: Taxpayer):
    watched.sign_in("jefa@example.ec")
    watched.open("/schedules/")
    watched.page.get_by_role("button", name="Ejecutar ahora").first.click()
    assert "se está ejecutando" in watched.page.get_by_role("status").inner_text()
    run = a_run(beto.id, beto.import_invoice())
    watched.open(f"/runs/{run}/")
    watched.page.get_by_role("button", name="Reintentar ahora").click()
    assert "Pedido: se vuelve a intentar" in watched.page.get_by_role("status").inner_text()


def test_betos_viewer_finds_nothing_of_anas(watched: Watched, anas: Document, beto: Taxpayer):
    watched.sign_in("visor@example.ec")
    secrets = (SECRET, "ANA MOREIRA", str(anas.access_key))
    for place in (
        "/",
        "/documents/",
        "/runs/",
        "/alerts/",
        "/tenants/",
        f"/documents/?tenant={anas.tenant_id}",
    ):
        assert watched.open(place) == 200
        assert not [word for word in secrets if word in watched.text()], place
    assert "CLIENTE DE BETO" in (watched.open("/documents/"), watched.text())[1]
    for guess in ("", "ride.pdf", "authorized.xml", "signed-1.xml", "exchanges/1/", "exchanges/1/answer.txt"):
        assert watched.open(f"/documents/{anas.id}/{guess}") == 404, guess
    assert watched.open("/schedules/") == watched.open("/audit/") == 403
    for words in (str(anas.access_key), "compradora"):
        watched.open("/documents/")
        watched.page.locator("#find").fill(words)
        watched.page.locator("#find").press("Enter")
        watched.page.wait_for_url("**/documents/?q=*")
        assert "Nada coincide" in watched.text()


def test_betos_viewer_exports_and_does_nothing_of_anas(watched: Watched, anas: Document, beto: Taxpayer):
    watched.sign_in("visor@example.ec")
    watched.open("/documents/")
    assert watched.page.get_by_role("button", name="Reintentar").count() == 0
    watched.page.locator("summary", has_text="Exportar").click()
    with watched.page.expect_download() as taken:
        watched.page.get_by_role("link", name="CSV", exact=True).click()
    rows = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    assert "CLIENTE DE BETO" in rows
    assert SECRET not in rows
    watched.page.get_by_role("button", name="Todo en CSV").click()
    assert "Puede cerrar esta página" in watched.text()
    token = watched.page.locator("input[name=csrf_token]").first.get_attribute("value")
    for place in (f"/documents/{anas.id}/retry", "/documents/action/", "/schedules/sign_drafts/run"):
        form = {"csrf_token": str(token), "action": "retry", "rowid": str(anas.id)}
        assert watched.page.request.post(f"{watched.address}{place}", form=form).status == 403, place
