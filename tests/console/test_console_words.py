"""What the pages say is said as people write it: abbreviations, plurals, days, units, and no word of the machine."""

import pytest
from cast import Taxpayer, take_on
from console_cast import change, words
from flask import Flask
from peewee import fn

from admin.console import texts
from admin.console.texts import beginning, dated, reread, within
from app import der, halts, sentences
from app.auditing import audit
from app.lifecycle import State
from app.tenancy import tenant_scope


@pytest.fixture(scope="module")
def ana(services) -> Taxpayer:
    return take_on(services, "ANA MOREIRA CÍA. LTDA.")


@pytest.mark.parametrize(
    ("text", "inside"),
    [("Awaiting the SRI", "awaiting the SRI"), ("Sin RIDE", "sin RIDE"), ("RIDE", "RIDE"), ("", "")],
)
def test_an_abbreviation_stays_in_capitals_within_a_sentence(text, inside):
    assert within(text) == inside


def test_an_abbreviation_stays_in_capitals_where_a_line_begins(admin):
    assert beginning("enviar al SRI") == "Enviar al SRI"
    page = words(admin.read("/engine/"))
    assert "Generar el RIDE" in page
    assert "Generar el ride" not in page
    assert "Enviar al sri" not in page


@pytest.mark.parametrize(("language", "day"), [("es", "27 nov 2026"), ("en", "27 Nov 2026")])
def test_a_day_in_a_kept_sentence_is_written_as_the_reader_writes_days(app: Flask, language, day):
    kept = sentences.said("next_certificate", start="2026-11-27").es
    with app.test_request_context(headers={"Accept-Language": language}):
        assert day in reread(kept)
        assert "2026-11-27" in reread("lo escribió una persona el 2026-11-27")
        assert dated("el 2026-02-31") == "el 2026-02-31"


def test_what_a_certificate_says_of_its_holder_is_read_as_text():
    kept = "CN=ANA MOREIRA,2.5.4.5=#130d31373930303136393139303031,O=AC,2.5.4.97=#0c0656415445533a"
    shown = der.readable(kept)
    assert shown.startswith("CN=ANA MOREIRA,serialNumber=1790016919")
    assert "organizationIdentifier=VATES:" in shown
    assert "#" not in shown
    assert der.readable("2.5.4.5=#30") == "2.5.4.5=#30"


def test_limits_have_units(admin, services):
    page = words(admin.read("/alerts/rules"))
    assert f"{services.settings.alert_disk_mb} MB libres" in page
    assert "minutos ALERT_RUN_MINUTES" in page
    assert "en Ahora" not in page


def test_a_suspended_taxpayer_is_not_called_active(admin, services):
    beto = take_on(services, "BETO SUMINISTROS S.A.")
    place = f"/tenants/{beto.id}/"
    assert "Estado Activa" in words(admin.read(place))
    halts.place(beto.id, "001", code=halts.BY_HAND, by="test", reason="inventario")
    assert "Activa; emisión suspendida en 001" in words(admin.read(place))
    halts.place(beto.id, None, code=halts.BY_HAND, by="test", reason="todo")
    page = words(admin.read(place))
    assert "Estado Suspendida" in page
    assert "manual" not in page


def test_facts_of_the_audit_are_words_and_who_acted_too(admin, ana: Taxpayer):
    with tenant_scope(ana.id):
        line = {"by": "command line", "target": "failure rejected 52"}
        audit(ana.id, action="failure_noted", reason="mirar", **line)
        audit(ana.id, by="x@y.ec", action="resend", target="document 1", facts={"to": ["a@b.ec", "c@d.ec"]})
        audit(ana.id, by="x@y.ec", action="correct", target="document 1", facts={"kept": "key"})
        audit(ana.id, by="autoriza", action="halt_lifted", target="tenant")
    page = words(admin.read(f"/audit/?tenant={ana.id}"))
    for said in (
        "línea de comandos",
        "falla: No autorizados: 52,",
        "enviado a: a@b.ec, c@d.ec",
        "número: conserva clave y número",
        "todo el contribuyente",
        "comprobante 1",
    ):
        assert said in page, said
    for machine in ("command line", "rejected 52", '["', "kept", "document 1"):
        assert machine not in page, machine


def test_a_document_held_back_shows_no_code_of_the_machine(admin, ana: Taxpayer):
    document = ana.document(State.SIGNED)
    change(document, needs_person_since=fn.now(), needs_person_code="held_back", next_attempt_at=None)
    page = admin.read(f"/documents/{document.id}/")
    assert "<code>held_back</code>" not in page
    assert "Una persona lo retuvo para revisarlo." in page


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_one_of_something_is_said_in_the_singular(language):
    known = texts.LANGUAGES[language]
    for key in ("ticks.history", *(f"faults.of.{one}" for one in ("bug", "waiting"))):
        assert known[f"{key}.one"] != known[f"{key}.many"]


def test_who_halted_and_who_paused_is_no_word_of_the_machine(admin, services):
    carla = take_on(services, "CARLA COMERCIO S.A.")
    draft = carla.document(State.DRAFT)
    halts.place(carla.id, None, code=halts.BY_HAND, by="command line", reason="inventario")
    for place in (f"/tenants/{carla.id}/", f"/documents/{draft.id}/"):
        page = words(admin.read(place))
        assert "línea de comandos" in page
        assert "command line" not in page


def test_the_limits_of_stages_are_named_and_have_units(admin):
    page = words(admin.read("/alerts/rules"))
    assert "Borradores 5 min, Firmados 5 min" in page
    assert "draft=5 signed" not in page
