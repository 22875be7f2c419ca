"""What was handed in together has a page: how far it is, what is wrong with some, and its failed ones retried."""

import json
import re
from io import BytesIO

import pytest
from cast import Taxpayer
from console_cast import Browser, change, signed_in, words
from documents_cast import invoice
from peewee import fn

from app.lifecycle import State
from app.permissions import Role
from app.store.bulk import BulkItem
from app.tenancy import tenant_scope


@pytest.fixture
def sara(app, ana: Taxpayer) -> Browser:
    return signed_in(Browser(app.test_client()), Role.SUPERVISOR, (ana.id,))


def handed_in(person: Browser, taxpayer: Taxpayer, number: int) -> tuple[str, list[int]]:
    """Invoices handed in at once; the page that follows, and their ids."""
    files = [
        (BytesIO(json.dumps(invoice(razonSocialComprador=f"Comprador {place}")).encode()), f"{place}.json")
        for place in range(number)
    ]
    answer = person.post("/import/", {"tenant": taxpayer.id, "files": files})
    assert answer.status_code == 302, words(answer.get_data(as_text=True))
    page = person.read(answer.location)
    ids = {int(found) for found in re.findall(r'href="/documents/(\d+)/"', page)}
    return answer.location, sorted(ids)


def test_files_handed_in_together_lead_to_their_page_and_others_are_not_on_it(sara: Browser, ana: Taxpayer):
    ana.import_invoice()
    place, ids = handed_in(sara, ana, 3)
    ana.import_invoice()
    assert place.endswith(f"/documents/{ids[0]}/together/")
    page = words(sara.read(place))
    assert "3 comprobantes recibidos juntos" in page
    assert f"Los entregó {sara.email}" in page
    assert len(ids) == 3
    for one in ids:  # any of them leads to all
        assert "3 comprobantes recibidos juntos" in words(sara.read(f"/documents/{one}/together/"))
    assert f'href="/documents/{ids[1]}/together/"' in sara.read(f"/documents/{ids[1]}/")
    assert "3 en camino; 0 esperan a una persona." in page


def test_its_failed_ones_are_grouped_and_retried_by_an_operation_and_it_ends_with_some_failed(
    sara: Browser, ana: Taxpayer
):
    place, ids = handed_in(sara, ana, 3)
    ana.bring(ids[0], State.AUTHORIZED)
    page = words(sara.read(place))
    assert "2 en camino" in page
    assert "A este paso, quedan unos" in page
    for one in ids[1:]:
        parked = {"needs_person_since": fn.now(), "needs_person_code": "undecided"}
        change(ana.read(one), next_attempt_at=None, needs_person_reason="el SRI no decidió", **parked)
    page = sara.read(place)
    assert "Nada se mueve ya; 2 esperan a una persona." in words(page)
    assert "El SRI no decidió dentro del plazo" in words(page)
    click = re.search(r'name="click" value="([^"]+)"', page)[1]
    asked = {"action": "retry", "click": click, "rowid": re.findall(r'name="rowid" value="(\d+)"', page)}
    answer = sara.post("/operations/propose", asked)
    with tenant_scope(ana.id):
        bulk = int(re.findall(r"/operations/(\d+)/", answer.location)[0])
        items = BulkItem.select().where(BulkItem.bulk_id == bulk)
        assert sorted(item.document_id for item in items) == ids[1:]


def test_a_viewer_reads_it_and_is_offered_nothing_and_another_taxpayers_sees_none(
    sara: Browser, ana: Taxpayer, beto: Taxpayer, viewer_of
):
    place, ids = handed_in(sara, ana, 2)
    change(ana.read(ids[0]), needs_person_since=fn.now(), needs_person_code="undecided")
    page = viewer_of(ana).read(place)
    assert "2 comprobantes recibidos juntos" in words(page)
    assert 'action="/operations/propose"' not in page
    assert viewer_of(beto).get(place).status_code == 404
    assert viewer_of(ana).get(place + "?x=1").status_code == 400
