"""A day at the console in a real browser: find, understand, retry, correct, import, run a schedule; or only look."""

import json
from pathlib import Path

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from documents_cast import invoice
from PIL import Image

from app import people, work
from app.lifecycle import State
from app.store.documents import Document
from app.store.engine import Schedule
from app.tenancy import tenant_scope

__all__ = ["chromium", "console", "watched"]
BOX = "#find"


@pytest.fixture(scope="module")
def olga(services) -> Taxpayer:
    """The taxpayer for which Olga operates and Vera looks on; Adela is admin."""
    taxpayer = take_on(services, "ANA MOREIRA CÍA. LTDA.")
    roles = (
        ("olga@example.ec", "operator"),
        ("vera@example.ec", "viewer"),
        ("sara@example.ec", "supervisor"),
    )
    for email, role in roles:
        people.create(email, email, CONSOLE_PASSWORD, people.Role(role), (taxpayer.id,), by="test")
    people.create("adela@example.ec", "Adela", CONSOLE_PASSWORD, people.Role.ADMIN, (), by="test")
    return taxpayer


def parked(olga: Taxpayer, **changes) -> Document:
    """A signed document the engine has given up on until somebody acts."""
    document = olga.document(State.SIGNED, **changes)
    olga.make_due(Document, document.id)
    claim = olga.claim(Document, document.id)
    with tenant_scope(olga.id):
        work.park(claim, "failed", "el disco estaba lleno")
    return olga.read(document.id)


def flashed(watched: Watched) -> str:
    return watched.page.locator(".flash").first.inner_text()


def test_an_access_key_pasted_after_a_slash_leads_to_its_document(watched: Watched, olga: Taxpayer):
    document = olga.document(State.SIGNED)
    watched.sign_in("olga@example.ec")
    watched.page.keyboard.press("/")
    watched.page.keyboard.insert_text(str(document.access_key))
    watched.page.keyboard.press("Enter")
    watched.page.wait_for_url(f"{watched.address}/documents/{document.id}/")
    assert document.number in watched.page.locator("h1").inner_text()


def test_with_the_keyboard_alone_from_search_to_document_to_retry(watched: Watched, olga: Taxpayer):
    document = parked(olga, razonSocialComprador="Zoila Teclado")
    watched.sign_in("olga@example.ec")
    keys = watched.page.keyboard
    keys.press("/")
    keys.type("zoila")
    keys.press("Enter")
    watched.page.wait_for_url("**/documents/?q=zoila")
    keys.press("j")
    keys.press("Enter")
    watched.page.wait_for_url(f"{watched.address}/documents/{document.id}/")
    assert "el disco estaba lleno" in watched.text()
    keys.press("r")
    watched.page.wait_for_selector(".flash")
    assert flashed(watched) == "Pedido: se vuelve a intentar en cuanto nada lo detenga."
    assert olga.read(document.id).needs_person_since is None


def test_with_the_keyboard_alone_a_row_of_a_list_is_chosen_and_retried(watched: Watched, olga: Taxpayer):
    document = parked(olga, razonSocialComprador="Xavier Lista")
    watched.sign_in("olga@example.ec")
    watched.open("/documents/?q=xavier")
    keys = watched.page.keyboard
    keys.press("r")  # nothing is chosen yet
    keys.press("j")
    keys.press("x")
    assert olga.read(document.id).needs_person_since is not None
    keys.press("r")
    watched.page.wait_for_selector(".flash")
    assert olga.read(document.id).needs_person_since is None


def test_the_box_offers_what_may_be_meant_and_explains_what_cannot(watched: Watched, olga: Taxpayer):
    parked(olga, razonSocialComprador="Yolanda Oferta")
    watched.sign_in("olga@example.ec")
    keys = watched.page.keyboard
    keys.press("/")
    keys.type("yoland")
    watched.page.get_by_role("option").filter(has_text="Yolanda Oferta").wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    watched.page.wait_for_url("**/documents/?q=*Yolanda*")
    assert "Comprador: Yolanda Oferta" in watched.text()
    watched.page.get_by_label("Quitar Comprador").click()
    watched.page.wait_for_url("**/documents/")
    watched.page.locator(BOX).fill("colour:red")
    watched.page.locator(BOX).press("Enter")
    watched.page.get_by_text("«colour:» no es un filtro").wait_for()
    assert watched.complaints.pop().endswith("400 (BAD REQUEST)")


def test_an_operator_corrects_what_the_sri_returned_and_sends_it_again(
    watched: Watched, olga: Taxpayer, simulator
):
    simulator.script([{"ruc": olga.ruc, "code": "69", "stage": "recepcion", "times": 1}])
    returned = olga.document(State.RETURNED)
    watched.sign_in("olga@example.ec")
    page = watched.page
    watched.open(f"/documents/{returned.id}/")
    assert "69" in watched.text()
    page.get_by_role("link", name="Corregir y reenviar").click()
    content = json.loads(page.get_by_label("Contenido en JSON").input_value())
    page.get_by_label("Motivo").fill("el RUC estaba mal")
    page.get_by_label("Contenido en JSON").fill(json.dumps(content | {"identificacionComprador": "17"}))
    page.get_by_role("button", name="Corregir y reenviar").click()
    page.get_by_role("heading", name="Hay que corregir").wait_for()
    assert "infoFactura.identificacionComprador" in watched.text()
    assert watched.complaints.pop().startswith(
        "Failed to load resource: the server responded with a status of 422"
    )
    assert page.get_by_label("Motivo").input_value() == "el RUC estaba mal"
    page.get_by_label("Contenido en JSON").fill(
        json.dumps(content | {"razonSocialComprador": "Ya Corregida"})
    )
    page.get_by_role("button", name="Corregir y reenviar").click()
    page.wait_for_url(f"{watched.address}/documents/{returned.id}/")
    assert flashed(watched).startswith("Corregido: vuelve a borrador con su clave y su número")
    assert "«el RUC estaba mal»" in watched.text()
    corrected = olga.read(returned.id)
    assert (corrected.state, corrected.buyer_name) == (State.DRAFT, "Ya Corregida")
    assert corrected.access_key == returned.access_key


def test_an_operator_imports_files_and_is_told_everything_that_is_wrong_at_once(
    watched: Watched, olga: Taxpayer, tmp_path: Path
):
    good, bad = tmp_path / "buena.json", tmp_path / "mala.json"
    good.write_text(json.dumps(invoice() | {"referencia": "desde-la-consola"}))
    bad.write_text(json.dumps(invoice(identificacionComprador="17") | {"detalles": []}))
    watched.sign_in("olga@example.ec")
    page = watched.page
    watched.open("/import/")
    page.get_by_label("Archivos").set_input_files([good, bad])
    page.get_by_role("button", name="Importar").click()
    page.get_by_text("No se guardó ninguno").wait_for()
    assert "mala.json: hay que corregir" in watched.text()
    assert "infoFactura.identificacionComprador" in watched.text()
    assert watched.complaints.pop().startswith(
        "Failed to load resource: the server responded with a status of 422"
    )
    page.get_by_label("Archivos").set_input_files([good])
    page.get_by_role("button", name="Importar").click()
    page.get_by_role("heading", name="Factura borrador").wait_for()
    assert flashed(watched) == "Un comprobante recibido; sigue su camino."
    watched.open("/import/")
    page.get_by_label("Archivos").set_input_files([good])
    page.get_by_role("button", name="Importar").click()
    page.get_by_text("ya se había recibido antes").wait_for()


def test_an_admin_runs_a_schedule_now_pauses_it_and_lets_it_run_again(watched: Watched, olga: Taxpayer):
    with tenant_scope(olga.id):
        row = {"name": "generate_rides", "cron": "0 * * * * *", "timezone": "America/Guayaquil"}
        Schedule.insert(**row, actor="generate_rides", updated_at="now").on_conflict_ignore().execute()
    watched.sign_in("adela@example.ec")
    watched.open("/schedules/")
    card = watched.page.locator("#generate_rides")
    card.get_by_role("button", name="Ejecutar ahora").click()
    assert "«Generar RIDE» se está ejecutando." in flashed(watched)
    card.locator("summary", has_text="Pausar").click()
    card.get_by_label("Motivo de la pausa").fill("cambio de impresora")
    card.get_by_label("Reanudar solo").fill("2")
    card.get_by_role("button", name="Pausar").click()
    assert "queda en pausa" in flashed(watched)
    assert "«cambio de impresora»" in card.inner_text()
    assert "Se reanuda solo el" in card.inner_text()
    card.get_by_role("button", name="Reanudar").click()
    assert "vuelve a correr" in flashed(watched)


def test_a_supervisor_gives_the_rides_a_logo_and_a_colour(watched: Watched, olga: Taxpayer, tmp_path: Path):
    logo = tmp_path / "logo.png"
    Image.new("RGBA", (900, 240), (11, 107, 79, 255)).save(logo)
    watched.sign_in("sara@example.ec")
    watched.open("/tenants/")
    watched.page.get_by_role("link", name="Imagen de los RIDE").click()
    watched.page.get_by_label("Otro logo").set_input_files(logo)
    watched.page.get_by_label("Color", exact=True).fill("#ffee00")
    watched.page.get_by_role("button", name="Guardar").click()
    assert "demasiado claro" in flashed(watched)
    watched.page.get_by_label("Otro logo").set_input_files(logo)
    watched.page.get_by_label("Color", exact=True).fill("#0b6b4f")
    watched.page.get_by_role("button", name="Guardar").click()
    assert "vale desde el próximo RIDE" in flashed(watched)
    shown = watched.page.get_by_role("img", name="Logo de ANA MOREIRA CÍA. LTDA.")
    assert shown.evaluate("image => image.complete && image.naturalWidth > 300")
    with watched.page.expect_download() as sample:
        watched.page.get_by_role("link", name="Ver un RIDE de muestra").click()
    assert sample.value.suggested_filename == f"muestra_ride_{olga.ruc}.pdf"


def test_a_viewer_reads_everything_and_is_offered_nothing(watched: Watched, olga: Taxpayer):
    document = parked(olga)
    watched.sign_in("vera@example.ec")
    watched.open(f"/documents/{document.id}/")
    assert "el disco estaba lleno" in watched.text()
    assert watched.page.locator("main form").count() == 0
    watched.page.locator("summary", has_text="Otras acciones").click()
    assert "su rol no lo permite" in watched.text()
    watched.page.keyboard.press("r")
    assert olga.read(document.id).needs_person_since is not None
    for place in ("/import/", "/engine/", "/schedules/", f"/documents/{document.id}/correct"):
        assert watched.open(place) == 403, place
    assert watched.open("/exchanges/") == 200
