"""``autoriza doctor`` looks at everything an installation needs, and says what to do about what is wrong."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cast import p12_of
from sri_cast import Page, canned

from admin import diagnosis
from app import certificate_store, continuity, halts, tenants
from app.services import Services
from app.sri import wsdl
from app.sri.gateway import Environment
from app.store.base import database
from app.store.tenants import Certificate
from app.tenancy import tenant_scope
from app.tenants import TaxpayerFacts


@pytest.fixture
def look(services: Services):
    """The findings about this installation with some settings changed, by what was looked at."""

    def examined(**changed) -> dict[str, tuple[str, str]]:
        settings = services.settings.model_copy(update=changed)
        found = diagnosis.examine(settings)
        database.initialize(services.database)
        return {one.what: (one.state, one.advice) for one in found}

    return examined


def test_every_part_of_a_healthy_installation_is_named(look, ana):
    found = look()
    expected = (
        "database",
        "migrations",
        "clock",
        "redis",
        "storage",
        "secrets",
        "SRI pruebas",
        "SRI producción",
    )
    for part in (*expected, "disk", "numbering", "taxpayers", "permissions", "versions"):
        assert found[part][0] == "good", (part, found.get(part))
    assert found["mail"][0] == found["workers"][0] == "note"
    assert "autoriza worker" in found["workers"][1]


def test_a_taxpayer_who_cannot_sign_is_named_with_the_command_that_helps(look, services, ana):
    ruc = "1790085783001"
    tenants.create(ruc, "SIN FIRMA S.A.", Environment.PRUEBAS, TaxpayerFacts("Quito"), by="test")
    state, advice = look()[f"certificate {ruc}"]
    assert state == "note" and f"autoriza certificate add --ruc {ruc}" in advice
    now = datetime.now(UTC)
    p12 = p12_of(ruc, "PRONTO", now - timedelta(days=300), now + timedelta(days=9))
    certificate_store.install(tenants.find(ruc), p12, "clave de prueba", services.box, by="test")
    state, advice = look()[f"certificate {ruc}"]
    assert state == "note" and "ends in" in advice
    tenant_id = tenants.find(ruc).id
    with tenant_scope(tenant_id):
        Certificate.update(not_after=now - timedelta(days=1)).where(
            Certificate.tenant_id == tenant_id
        ).execute()
    assert look()[f"certificate {ruc}"][0] == "wrong"


def test_what_stands_still_says_what_ends_it(look, ana):
    halts.place(ana.id, "001", code="inventario", reason="inventario anual", by="olga")
    continuity.hold(ana.id, by="test")
    found = look()
    assert "autoriza tenant lift" in found[f"halt {ana.ruc} 001"][1]
    assert "autoriza reconcile" in found[f"halt {ana.ruc}"][1]
    database.execute_sql("update continuity set mark = 'elsewhere'")
    assert look()["numbering"] == ("wrong", "the database was restored or moved: autoriza reconcile --all")
    database.execute_sql("update continuity set mark = continuity_mark()")


def test_files_with_secrets_that_others_can_read_are_named(look, settings):
    file = settings.autoriza_home / "secrets.json"
    file.write_text(json.dumps({}))
    file.chmod(0o644)
    assert look()["permissions"] == ("wrong", f"{file} can be read by others: chmod 600 {file}")
    file.unlink()


def test_an_sri_that_cannot_prove_itself_is_wrong_and_one_out_of_reach_a_note(look, simulator):
    masked = simulator.url.replace("http://", "https://")
    found = look(sri_pruebas_url=masked, sri_produccion_url="http://127.0.0.1:9")
    assert found["SRI pruebas"][0] == "wrong" and "prove itself" in found["SRI pruebas"][1]
    assert found["SRI producción"][0] == "note" and "firewall" in found["SRI producción"][1]


def test_an_sri_whose_port_is_open_and_which_gives_no_service_is_no_good_one(look, simulator):
    page = b"<html><body>Service Unavailable</body></html>"
    with canned(Page(page, 503)) as away, canned(Page(b"<html><body>Request Rejected</body></html>")) as wall:
        found = look(sri_pruebas_url=away, sri_produccion_url=wall)
    assert found["SRI pruebas"][0] == found["SRI producción"][0] == "note"
    assert "gives no service now" in found["SRI pruebas"][1] and "HTTP status 503" in found["SRI pruebas"][1]
    assert "no WSDL" in found["SRI producción"][1]
    simulator.script([{"fault": "maintenance", "seconds": 60}])
    assert look()["SRI pruebas"][0] == "note"
    simulator.heal()
    assert look()["SRI pruebas"] == ("good", simulator.url)


def test_an_sri_of_which_one_service_is_missing_is_named_by_it(look):
    with canned(Page(wsdl.RECEPTION.read_bytes()), only=wsdl.RECEPTION_PATH) as half:
        state, advice = look(sri_pruebas_url=half)["SRI pruebas"]
    assert state == "note" and f"{wsdl.AUTHORIZATION_PATH}?wsdl: HTTP status 404" in advice


def test_a_setting_no_process_starts_with_is_the_only_finding(look):
    assert look(sri_pruebas_url="https://cel.sri.gob.ec").keys() == {"settings"}
