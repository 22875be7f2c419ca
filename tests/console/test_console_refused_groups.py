"""Documents the SRI refused for one cause: what it said in full, and what may be done to all of them at once."""

import re

import pytest
from cast import Taxpayer
from console_cast import Browser, signed_in, words

from app.permissions import Role
from app.store.bulk import Bulk
from app.tenancy import tenant_scope


@pytest.fixture
def sara(browser, ana: Taxpayer) -> Browser:
    return signed_in(browser(), Role.SUPERVISOR, (ana.id,))


def of_group(sara: Browser) -> str:
    (place,) = set(re.findall(r'<h2 id="h-1">.*?href="([^"]*)"', sara.read("/failures/")))
    return sara.read(place.replace("&amp;", "&"))


def test_what_was_refused_for_its_certificate_is_signed_anew_all_at_once(
    sara: Browser, ana: Taxpayer, simulator
):
    no_ruc = "No existe el RUC en el certificado digital"
    simulator.script([{"ruc": ana.ruc, "code": "39", "stage": "autorizacion", "times": 2, "detail": no_ruc}])
    documents = [ana.document("rejected") for _ in range(2)]
    page = sara.read("/failures/")
    assert '<button class="quiet">Firmar lo mismo de nuevo (2)</button>' in page
    assert "orrija el contenido" not in words(page) and "orrija los" not in words(page)
    page = of_group(sara)
    assert page.count(f"FIRMA INVALIDA: {no_ruc}") == 2
    assert 'href="/certificates/"' in page.split("<main")[1]
    assert page.count('name="rowid"') == 2
    form = {"action": "correct", "click": "refused-groups", "rowid": [str(one.id) for one in documents]}
    operation = sara.post("/operations/propose", form).location
    shown = words(sara.read(operation))
    assert "Firmar lo mismo de nuevo" in shown and "Se hará en 2 comprobantes." in shown
    sara.post(f"{operation}start", {"reason": "certificado nuevo"})
    with tenant_scope(ana.id):
        assert Bulk.get_by_id(int(operation.split("/")[2])).stage == "running"


def test_what_was_refused_for_its_content_has_nothing_to_choose_and_says_where_it_is_corrected(
    sara: Browser, ana: Taxpayer, simulator
):
    simulator.script(
        [{"ruc": ana.ruc, "code": "52", "stage": "autorizacion", "times": 1, "detail": "importeTotal"}]
    )
    ana.document("rejected")
    page = of_group(sara)
    assert "importeTotal" in words(page.split("<tbody")[1])
    assert 'type="checkbox" name="rowid"' not in page
    assert "Se corrigen uno por uno" in words(page)
    assert "Firmar lo mismo" not in page
