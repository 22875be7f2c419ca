"""In a real browser, with and without scripts: what is left of a batch is held back, and let go on."""

import json

import pytest
from browser_cast import Watched, chromium, console, watched
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from documents_cast import invoice

from app import batches, intake, people
from app.bulk import running
from app.intake import Offer
from app.lifecycle import State
from app.permissions import Role
from app.store.bulk import Bulk
from app.tenancy import tenant_scope

__all__ = ["chromium", "console", "watched"]


@pytest.fixture(scope="module")
def ana(services) -> Taxpayer:
    ana = take_on(services, "ANA MOREIRA CÍA. LTDA.")
    people.create("opera@example.ec", "Olga", CONSOLE_PASSWORD, Role.OPERATOR, (ana.id,), by="test")
    return ana


def worked_off(taxpayer: Taxpayer) -> None:
    """A worker does what was ordered last."""
    with tenant_scope(taxpayer.id):
        last = Bulk.select(Bulk.id).order_by(Bulk.id.desc()).get().id
    running.step(last, taxpayer.services, most=100)


@pytest.mark.parametrize("watched", ["with scripts", "without scripts"], indirect=True)
def test_whoever_works_holds_back_the_rest_of_a_batch_and_lets_it_go_on(
    watched: Watched, ana: Taxpayer, request
):
    name = request.node.name
    offers = [Offer(json.dumps(invoice(referencia=f"{name} {n}")).encode(), f"{n}.json") for n in range(3)]
    accepted = intake.accept_all(ana.id, offers, by="opera@example.ec", called="Cierre de mes")
    ana.bring(accepted[0].document_id, State.AUTHORIZED)
    watched.sign_in("opera@example.ec")
    page = watched.page
    watched.open("/import/")
    page.get_by_role("link", name="Ver los lotes").click()
    page.get_by_role("link", name="Cierre de mes").first.click()
    assert "2 en camino; 0 esperan a una persona." in watched.text()
    page.locator("summary", has_text="Retener los que faltan (2)").click()
    page.get_by_label("Motivo").fill("los precios están mal")
    page.get_by_role("button", name="Retener los que faltan (2)").click()
    page.wait_for_url("**/operations/*/")
    worked_off(ana)
    batches.finish_over()
    page.get_by_role("link", name="Lote «Cierre de mes»").click()
    assert "Nada se mueve ya; 2 esperan a una persona." in watched.text()
    assert "Una persona lo retuvo para revisarlo." in watched.text()
    page.locator("summary", has_text="Dejar seguir los retenidos (2)").click()
    page.get_by_label("Motivo").fill("están bien")
    page.get_by_role("button", name="Dejar seguir los retenidos (2)").click()
    page.wait_for_url("**/operations/*/")
    worked_off(ana)
    page.get_by_role("link", name="Lote «Cierre de mes»").click()
    assert "2 en camino; 0 esperan a una persona." in watched.text()
