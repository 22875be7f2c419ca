"""The command line as a person uses it: what it stores, what it refuses, and how it says so."""

import json
import subprocess
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from cast import CONSOLE_PASSWORD, PASSWORD, Taxpayer, next_ruc, p12_of
from documents_cast import invoice, line
from shell import autoriza

from app import people, second_factor, tenants
from app.lifecycle import State
from app.store.documents import Document
from app.store.people import Audit
from app.tenancy import SYSTEM, tenant_scope


@pytest.fixture(autouse=True)
def _installation(services):
    """Every test here works on this module's installation."""


def told(done: subprocess.CompletedProcess[str], status: int = 0):
    """The JSON a command printed."""
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_new_taxpayer_gets_a_certificate_imports_and_lists(settings, tmp_path):
    ruc = next_ruc()
    name = ["--razon-social", "ÑANDÚ & HIJOS S.A."]
    told(autoriza(settings, "tenant", "create", "--ruc", ruc, *name, "--ambiente", "pruebas", "--json"))
    p12, file = tmp_path / "firma.p12", tmp_path / "factura.json"
    p12.write_bytes(p12_of(ruc, "ÑANDÚ"))
    file.write_text(json.dumps(invoice()))
    add = ["certificate", "add", "--ruc", ruc, "--p12", str(p12), "--password-env", "SECRETO", "--json"]
    assert told(autoriza(settings, *add, SECRETO=PASSWORD))["subject"]
    (accepted,) = told(autoriza(settings, "document", "import", "--ruc", ruc, str(file), "--json"))
    assert accepted["new"]
    (again,) = told(autoriza(settings, "document", "import", "--ruc", ruc, str(file), "--json"))
    assert (again["new"], again["id"]) == (False, accepted["id"])
    (listed,) = told(autoriza(settings, "document", "list", "--ruc", ruc, "--json"))
    assert (listed["state"], listed["total"], listed["buyer"]) == ("draft", "23.00", "María Núñez")


def test_the_same_ruc_twice_is_refused(settings, ana: Taxpayer):
    name = ["--razon-social", "OTRA S.A."]
    done = autoriza(settings, "tenant", "create", "--ruc", ana.ruc, *name, "--ambiente", "pruebas")
    assert done.returncode == 1
    assert "ya está registrado" in done.stderr


@pytest.mark.parametrize("ruc", ["179001691900", "9990016919001", "1790016919002", "17900169190O1"])
def test_a_ruc_that_cannot_exist_is_refused(services, ruc):
    done = autoriza(
        services.settings, "tenant", "create", "--ruc", ruc, "--razon-social", "X", "--ambiente", "pruebas"
    )
    assert done.returncode == 1
    assert ruc in done.stderr


def test_a_wrong_p12_password_is_told_and_never_shown(settings, ana: Taxpayer, tmp_path):
    p12 = tmp_path / "firma.p12"
    p12.write_bytes(p12_of(ana.ruc, "ANA"))
    add = ["certificate", "add", "--ruc", ana.ruc, "--p12", str(p12), "--password-env", "SECRETO"]
    done = autoriza(settings, *add, SECRETO="equivocada-123")
    assert done.returncode == 1
    assert "contraseña" in done.stderr
    assert "equivocada-123" not in done.stdout + done.stderr
    missing = autoriza(settings, *add)
    assert (missing.returncode, "SECRETO" in missing.stderr) == (1, True)


def test_of_two_files_one_is_wrong_so_neither_is_stored_and_every_problem_is_listed(
    settings, ana: Taxpayer, tmp_path
):
    good, bad = tmp_path / "buena.json", tmp_path / "mala.json"
    good.write_text(json.dumps(invoice()))
    bad.write_text(
        json.dumps(invoice(identificacionComprador="1710034066", detalles=line(descripcion="una\nlínea")))
    )
    done = autoriza(settings, "document", "import", "--ruc", ana.ruc, str(good), str(bad))
    assert done.returncode == 2
    assert "mala.json" in done.stderr and "buena.json" not in done.stderr
    assert "identificacionComprador" in done.stderr and "detalles[1].descripcion" in done.stderr
    with tenant_scope(ana.id):
        assert Document.select().count() == 0


def test_a_document_is_shown_with_its_history_by_id_key_and_number(settings, ana: Taxpayer):
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    for known in (str(document.id), document.access_key):
        shown = told(autoriza(settings, "document", "show", known, "--json"))
        assert [event["event"] for event in shown["history"]] == [
            "imported",
            "signed",
            "received",
            "authorized",
        ]
        assert [call["outcome"] for call in shown["exchanges"]] == ["received", "authorized"]
    shown = told(autoriza(settings, "document", "show", document.number, "--ruc", ana.ruc, "--json"))
    assert shown["id"] == document.id
    assert "--ruc" in autoriza(settings, "document", "show", document.number).stderr


def test_xml_and_ride_come_out_as_they_are_kept(settings, ana: Taxpayer, tmp_path):
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    xml, pdf = tmp_path / "f.xml", tmp_path / "f.pdf"
    assert autoriza(settings, "document", "xml", str(document.id), "-o", str(xml)).returncode == 0
    assert document.access_key.encode() in xml.read_bytes()
    legal = autoriza(settings, "document", "xml", str(document.id), "--authorized", "-o", str(xml))
    assert legal.returncode == 0
    assert b"<estado>AUTORIZADO</estado>" in xml.read_bytes()
    assert autoriza(settings, "document", "ride", str(document.id), "-o", str(pdf)).returncode == 0
    assert pdf.read_bytes().startswith(b"%PDF")


def test_a_draft_has_no_xml_yet_and_says_so(settings, ana: Taxpayer):
    done = autoriza(settings, "document", "xml", str(ana.import_invoice()))
    assert done.returncode == 1
    assert "draft" in done.stderr


def test_retry_wakes_what_waits_and_refuses_what_is_done(settings, ana: Taxpayer):
    document_id = ana.import_invoice()
    assert autoriza(settings, "document", "retry", str(document_id), "--reason", "prueba").returncode == 0
    with tenant_scope(ana.id):
        (row,) = Audit.select().where(Audit.action == "retry")
        assert row.reason == "prueba"
    returned = autoriza(settings, "document", "retry", "999999999")
    assert (returned.returncode, "no se encuentra" in returned.stderr) == (1, True)


def test_what_was_not_sent_is_held_back_for_a_reason_and_a_retry_lets_it_go_on(settings, ana: Taxpayer):
    document_id, sent = ana.import_invoice(), ana.document(State.AUTHORIZED).id
    assert autoriza(settings, "document", "hold", str(document_id)).returncode == 2
    reason = ("--reason", "precio por confirmar")
    assert autoriza(settings, "document", "hold", str(document_id), *reason).returncode == 0
    held = ana.read(document_id)
    assert (held.needs_person_code, held.needs_person_reason) == ("held_back", "precio por confirmar")
    refused = autoriza(settings, "document", "hold", str(sent), *reason)
    assert (refused.returncode, "ya se envió al SRI" in refused.stderr) == (1, True)
    assert autoriza(settings, "document", "retry", str(document_id)).returncode == 0
    assert ana.read(document_id).needs_person_since is None


def test_wait_ends_at_once_when_all_is_at_rest_and_with_one_when_time_runs_out(
    settings, ana: Taxpayer, beto: Taxpayer
):
    ana.render(ana.document(State.AUTHORIZED).id)
    rested = told(autoriza(settings, "document", "wait", "--ruc", ana.ruc, "--timeout", "5", "--json"))
    assert rested == {"moving": 0, "halted": 0, "needs_person": 0, "authorized": 1}
    beto.import_invoice()
    told(autoriza(settings, "document", "wait", "--ruc", beto.ruc, "--timeout", "0.1", "--json"), status=1)


def test_a_viewer_is_let_in_for_the_taxpayers_named_and_no_other(settings, ana: Taxpayer, beto: Taxpayer):
    who = ["--email", "Vera@ejemplo.ec", "--role", "viewer", "--ruc", ana.ruc, "--password-env", "CLAVE"]
    told(autoriza(settings, "user", "create", *who, "--json", CLAVE=CONSOLE_PASSWORD))
    access = people.sign_in("vera@ejemplo.ec", CONSOLE_PASSWORD)
    assert access is not None
    assert (access.sees(ana.id), access.sees(beto.id), access.is_admin) == (True, False, False)


def test_a_made_up_password_is_shown_once_and_works(settings):
    made = told(
        autoriza(settings, "user", "create", "--email", "jefe@ejemplo.ec", "--role", "admin", "--json")
    )
    access = people.sign_in("jefe@ejemplo.ec", made["password"])
    assert access is not None and access.is_admin


def test_who_lost_password_phone_and_codes_gets_in_again_from_the_shell(settings, services):
    person = people.create(
        "perdida@ejemplo.ec", "Perdida", CONSOLE_PASSWORD, people.Role.ADMIN, (), by="test"
    )
    secret, now = second_factor.new_secret(), datetime.now(UTC)
    second_factor.turn_on(person, secret, pyotp.TOTP(secret).at(now), box=services.box, now=now)
    assert people.sign_in("perdida@ejemplo.ec", CONSOLE_PASSWORD) is None
    who = ["--email", "Perdida@ejemplo.ec"]
    made = told(autoriza(settings, "user", "password", *who, "--json"))
    assert autoriza(settings, "user", "forget-factor", *who).returncode == 0
    assert people.sign_in("perdida@ejemplo.ec", made["password"]) is not None


def test_doctor_finds_a_healthy_installation_and_an_unreachable_database(settings):
    findings = {row["what"]: row["state"] for row in told(autoriza(settings, "doctor", "--json"))}
    assert {findings[what] for what in ("database", "migrations", "redis", "storage", "secrets")} == {"good"}
    away = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing"})
    (finding,) = told(autoriza(away, "doctor", "--json"), status=1)
    assert (finding["what"], finding["state"]) == ("database", "wrong")


def test_a_superuser_is_refused_with_the_sql_that_mends_it(settings, servers):
    unsafe = settings.model_copy(update={"database_url": servers.superuser_url})
    done = autoriza(unsafe, "document", "list")
    assert done.returncode == 1
    assert "CREATE ROLE" in done.stderr


def test_a_wrong_setting_stops_with_a_sentence_that_names_it(settings):
    done = autoriza(settings, "document", "list", SRI_TOTAL_TIMEOUT_S="mucho")
    assert done.returncode == 1
    assert "SRI_TOTAL_TIMEOUT_S='mucho'" in done.stderr


def test_an_actor_is_enqueued_from_the_shell(settings, ana: Taxpayer):
    done = autoriza(
        settings, "shell", stdin=f"print(check_tenant_authorizations.send({ana.id}).actor_name)\n"
    )
    assert "check_tenant_authorizations" in done.stdout, done.stderr


def test_people_are_audited_by_name(settings):
    autoriza(settings, "user", "create", "--email", "otra@ejemplo.ec", "--role", "admin")
    with tenant_scope(SYSTEM):
        assert (
            Audit.select().where(Audit.action == "user_created", Audit.target == "otra@ejemplo.ec").count()
            == 1
        )


def test_a_date_of_ones_own_is_for_pruebas_only(services, tmp_path):
    ruc = next_ruc()
    facts = tenants.TaxpayerFacts("S/N")
    tenants.create(ruc, "EN PRODUCCIÓN S.A.", tenants.Environment.PRODUCCION, facts, by="test")
    file = tmp_path / "f.json"
    file.write_text(json.dumps(invoice()))
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    done = autoriza(
        services.settings, "document", "import", "--ruc", ruc, "--date", yesterday.isoformat(), str(file)
    )
    assert done.returncode == 1
    assert "pruebas" in done.stderr
