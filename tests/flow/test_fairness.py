"""One taxpayer's mountain of invoices does not delay another's single one."""

import pytest
from cast import take_on
from engine_processes import EngineProcesses

from app.store.documents import Document
from app.tenancy import tenant_scope

BACKLOG = 1_500
EMPTY_SYSTEM_S = 6.0
SHARE_S = 10.0


@pytest.mark.timeout(180)
def test_nine_single_invoices_are_authorized_beside_a_backlog(engine: EngineProcesses, services, wake):
    hog = take_on(services, "MAYORISTA S.A.")
    nine = [take_on(services, f"TIENDA {place}") for place in range(9)]
    for _ in range(BACKLOG):
        hog.import_invoice()
    with tenant_scope(hog.id):
        Document.update(published_at=None).where(Document.tenant_id == hog.id).execute()
    engine.until(lambda: hog_signed(hog.id) > 20, 30, "work on the backlog")
    ids = [shop.import_invoice() for shop in nine]
    for shop, one in zip(nine, ids, strict=True):
        wake(shop.id, one)

    def authorized() -> bool:
        return all(shop.read(one).state == "authorized" for shop, one in zip(nine, ids, strict=True))

    took = engine.until(authorized, EMPTY_SYSTEM_S + SHARE_S, "the nine beside a backlog")
    assert took <= EMPTY_SYSTEM_S + SHARE_S
    assert hog_signed(hog.id) < BACKLOG


def hog_signed(tenant_id: int) -> int:
    with tenant_scope(tenant_id):
        return Document.select().where(Document.tenant_id == tenant_id, Document.state != "draft").count()
