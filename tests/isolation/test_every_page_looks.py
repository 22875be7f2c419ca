"""Every page in a real browser: complete without a scroll to the side, and with nothing serious that axe finds.

Pictures of each page in both themes, on a desk and on a phone, are kept in a folder whose path is printed.
"""

import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser_cast import Watched, chromium, console
from cast import CONSOLE_PASSWORD, PASSWORD, p12_of, take_on
from known_addresses import KNOWN, MISSING
from npm_verifiers import npm_folder
from playwright.sync_api import Page
from world import Belongings, address, belongings

from admin import create_app
from app import alert_settings, certificate_store, people, rollups, tenants, work
from app.access import access_of
from app.bulk import orders, proposing
from app.exporting import asking
from app.exporting.asking import Click
from app.lifecycle import State
from app.permissions import Role
from app.possible import Action
from app.store.documents import Document
from app.store.engine import Outage
from app.tenancy import tenant_scope
from app.test_certificates import make_test_p12

__all__ = ["chromium", "console"]

GRAVE = ("serious", "critical")
AXE = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((one) => [one.impact, one.id, one.nodes.map((node) => node.target.join(" "))]);
}"""
NOT_PAGES = re.compile(r"\.(csv|xml|pdf|txt|json)$|healthz|readyz|metrics|static|/logo$|/(live|suggest)")
SMALL, WIDE, TALL = 390, 1280, 844


@pytest.fixture(scope="module")
def anas(services, simulator) -> Belongings:
    """Everything an address can name, and documents in several states around it."""
    ana = take_on(services, "ANA MOREIRA CÍA. LTDA.")
    ana.document(State.DRAFT)
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion"}])
    ana.document(State.REJECTED)
    simulator.reset()
    people.create("jefa@example.ec", "Jefa", CONSOLE_PASSWORD, Role.ADMIN, (), by="test")
    for since, until in ((-40_000, -30_000), (-9_000, -8_900), (-1_200, None)):
        ended = None if until is None else work.in_seconds(until)
        away = {"reason": "timeout: 15 s", "last_reason": "http: 503", "probes": 7, "until": ended}
        Outage.insert(environment=1, service="submit", since=work.in_seconds(since), **away).execute()
    rollups.roll_up()
    return belongings(ana, "COMPRADORA DE ANA")


def pages(services, anas: Belongings) -> list[str]:
    """The addresses of every page there is."""
    app = create_app(services)
    rules = [rule for rule in app.url_map.iter_rules() if (rule.rule, "GET") in KNOWN]
    shown = [rule for rule in rules if KNOWN[rule.rule, "GET"].own["admin"] not in (MISSING, 302)]
    found = {address(app, rule, anas) for rule in shown}
    return [*sorted(one for one in found if not NOT_PAGES.search(one)), "/no/hay/tal"]


def examine(page: Page, name: str, folder: Path) -> dict[str, object]:
    """What is wrong with the page being shown, in each theme, on a desk and on a phone."""
    wrong: dict[str, object] = {}
    page.evaluate((npm_folder() / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": WIDE, "height": TALL})
        if found := [one for one in page.evaluate(AXE) if one[0] in GRAVE]:
            wrong[f"{name} {scheme}"] = found
        for width in (WIDE, SMALL):
            page.set_viewport_size({"width": width, "height": TALL})
            page.screenshot(
                path=folder / f"{name}-{width}-{scheme}.jpg", full_page=True, type="jpeg", quality=80
            )
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong[f"{name} {width} {scheme}"] = wide
    return wrong


@pytest.mark.timeout(600)  # most of it is the browser drawing
def test_every_page_in_both_themes_on_a_desk_and_on_a_phone(services, chromium, console, anas):
    folder = Path(tempfile.mkdtemp(prefix="autoriza-pages-"))
    context = chromium.new_context(locale="es-EC", viewport={"width": WIDE, "height": TALL})
    watched = Watched(context.new_page(), console)
    watched.open("/login")
    wrong = examine(watched.page, "login", folder)
    watched.sign_in("jefa@example.ec")
    places = pages(services, anas)
    for place in places:
        assert watched.open(place) in (200, 404), place
        name = re.sub(r"\W+", "-", place.strip("/")) or "start"
        wrong |= examine(watched.page, name, folder)
        assert watched.page.get_by_role("heading", level=1).count() == 1, place
    context.close()
    print(f"pictures of {len(places) + 1} pages: {folder}")  # noqa: T201 - told with -s, or when it fails
    assert wrong == {}
    assert watched.complaints == []


def test_an_open_menu_of_views_the_acts_on_a_batch_and_an_operation_that_waits_for_approval_too(
    services, chromium, console, anas, tmp_path
):
    with tenant_scope(anas.taxpayer.id):
        everything = Document.select(Document.tenant_id, Document.id).order_by(Document.id)
        operation = proposing.propose(
            Action.HOLD, everything, described={}, by="olga@example.ec", click="pide"
        )
        orders.change(operation.id, "ask", by="olga@example.ec", over=1, reason="los precios están mal")
    context = chromium.new_context(locale="es-EC", viewport={"width": WIDE, "height": TALL})
    watched = Watched(context.new_page(), console)
    watched.sign_in("jefa@example.ec")
    wrong: dict[str, object] = {}
    for name, place, opened in (
        ("views", "/documents/?state=draft", ".views summary"),
        ("batch", f"/batches/{anas.rows['batches']}/", ".act summary"),
        ("document", f"/documents/{anas.rows['documents']}/", ".not-now summary"),
        ("awaiting", f"/operations/{operation.id}/", None),
    ):
        assert watched.open(place) == 200
        if opened:
            watched.page.locator(opened).first.click()
            assert watched.page.locator("details[open]").count() >= 1
        wrong |= examine(watched.page, name, tmp_path)
    assert "Aprobar" in watched.text()
    context.close()
    print(f"pictures: {tmp_path}")  # noqa: T201 - told with -s, or when it fails
    assert wrong == {}
    assert watched.complaints == []


def test_what_waits_and_what_is_under_way_can_be_ended(services, chromium, console, anas, tmp_path):
    """A certificate that waits for its day, with the form that withdraws it open, and an export nobody has begun."""
    ana = anas.taxpayer
    day = datetime.now(UTC) + timedelta(days=9)
    p12 = p12_of(ana.ruc, "SIGUIENTE")
    certificate_store.install(tenants.find(ana.ruc), p12, PASSWORD, services.box, by="test", start=day)
    access = access_of(ana.operator("olga.exporta@example.ec"))
    with tenant_scope(ana.id):
        export = asking.ask(access, (), (ana.id,), Click("por acabar", {}), most_rows=1_000, at_once=2)
    context = chromium.new_context(locale="es-EC", viewport={"width": WIDE, "height": TALL})
    watched = Watched(context.new_page(), console)
    watched.sign_in("jefa@example.ec")
    wrong: dict[str, object] = {}
    assert watched.open("/certificates/") == 200
    watched.page.locator("td .act summary").first.click()
    wrong |= examine(watched.page, "certificate-waits", tmp_path)
    watched.page.locator("td .act [name=reason]").fill("era de otro")
    watched.page.get_by_role("button", name="Retirar el certificado").click()
    watched.page.get_by_text("El certificado se retiró").wait_for()
    assert watched.open(f"/exports/{export.id}/") == 200
    wrong |= examine(watched.page, "export-under-way", tmp_path)
    watched.page.get_by_role("button", name="Detener", exact=True).click()
    watched.page.get_by_text("Alguien la detuvo").wait_for()
    wrong |= examine(watched.page, "export-stopped", tmp_path)
    context.close()
    print(f"pictures: {tmp_path}")  # noqa: T201 - told with -s, or when it fails
    assert wrong == {}
    assert watched.complaints == []


def test_the_longest_words_fit_on_a_phone(services, chromium, console, anas, tmp_path):
    """Limits set to their longest with every form open, refused ones too; an operation on a cause with a long name."""
    stages = "draft=5.25 signed=5.25 pending_authorization=1440.25 ride=60.25 mail=240.25"
    why = {"by": "alguien.con.un.correo.muy.largo@contabilidad.example.ec", "reason": "porque" * 12}
    for name in ("stage_limits", "alert_quiet_hours"):
        value = stages if name == "stage_limits" else "22:00-06:00"
        alert_settings.change(name, value, settings=services.settings, **why)
    cause = "39 FIRMA INVALIDA EL CERTIFICADO FIRMANTE NO ES DE UNA ENTIDAD ACREDITADA"
    with tenant_scope(anas.taxpayer.id):
        everything = Document.select(Document.tenant_id, Document.id).order_by(Document.id)
        described = {"stage": "rejected", "cause": cause, "filters": {"q": f"error:{'largo' * 12}"}}
        operation = proposing.propose(
            Action.RETRY, everything, described=described, by="jefa@example.ec", click="largo"
        )
    context = chromium.new_context(locale="es-EC", viewport={"width": WIDE, "height": TALL})
    watched = Watched(context.new_page(), console)
    watched.sign_in("jefa@example.ec")
    page = watched.page
    wrong: dict[str, object] = {}
    watched.open("/alerts/rules")
    row = page.locator("dd").filter(has=page.locator("#stage_limits"))
    row.locator("summary").click()
    row.locator("[name=value]").fill("correo=" + "9" * 90)
    row.locator("[name=reason]").fill("por qué no")
    row.locator(".act button").click()
    page.locator("#error-value").wait_for()
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    wrong |= examine(page, "rules-open", tmp_path)
    for name, place in (
        ("operation-long", f"/operations/{operation.id}/"),
        ("schedules-open", "/schedules/"),
    ):
        assert watched.open(place) == 200
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        wrong |= examine(page, name, tmp_path)
    context.close()
    print(f"pictures: {tmp_path}")  # noqa: T201 - told with -s, or when it fails
    assert wrong == {}
    assert watched.complaints == []


def test_a_bad_certificate_is_told_why_and_a_good_one_signs(chromium, console, anas, tmp_path):
    file = tmp_path / "firma.p12"
    file.write_bytes(make_test_p12(anas.taxpayer.ruc, "ANA MOREIRA", "la del archivo"))
    context = chromium.new_context(locale="es-EC")
    watched = Watched(context.new_page(), console)
    watched.sign_in("jefa@example.ec")
    page = watched.page
    for password, told in (("otra", "contraseña"), ("la del archivo", "El certificado firma desde ahora")):
        watched.open(f"/certificates/new?tenant={anas.taxpayer.id}")
        page.get_by_label("Archivo .p12 o .pfx").set_input_files(file)
        page.get_by_label("Contraseña del archivo").fill(password)
        page.get_by_role("button", name="Cargar").click()
        page.wait_for_load_state()
        assert told in page.locator(".flash, .error").first.inner_text()
    assert page.url == f"{console}/certificates/"
    context.close()
