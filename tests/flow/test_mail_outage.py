"""The mail server is away for a while: documents are authorized meanwhile, and every buyer gets theirs afterwards."""

import time
from collections import Counter

import pytest
from cast import Taxpayer, take_on
from engine_processes import EngineProcesses
from post_office import PostOffice
from pydantic import SecretStr

from app.invariants import find_violations
from app.store.delivery import Delivery
from app.store.documents import Document
from app.tenancy import every_tenant_scope

BUYERS, AWAY_S = 30, 20


@pytest.fixture(scope="module")
def post():
    office = PostOffice()
    yield office
    office.close()


@pytest.fixture(scope="module")
def settings(settings, post):
    return settings.model_copy(
        update={
            "smtp_url": SecretStr(post.url),
            "mail_from": "facturas@instalacion.ec",
            "deliver_documents_cron": "*/5 * * * * *",
        }
    )


@pytest.fixture(scope="module")
def taxpayers(services) -> list[Taxpayer]:
    return [take_on(services, f"CONTRIBUYENTE {place} S.A.") for place in range(3)]


def count(model, where) -> int:
    with every_tenant_scope():
        return model.select().where(where).count()


@pytest.mark.timeout(240)
def test_an_outage_of_the_mail_server_loses_and_doubles_nothing(
    engine: EngineProcesses, taxpayers, services, post
):
    began = time.monotonic()
    addresses = [f"comprador{place}@cliente.ec" for place in range(BUYERS)]
    for place, address in enumerate(addresses):
        taxpayers[place % 3].import_invoice(infoAdicional=[{"nombre": "Correo", "valor": address}])
    engine.until(lambda: count(Document, Document.state == "authorized") == BUYERS, 60, "authorizations")
    engine.until(lambda: count(Delivery, Delivery.last_error.is_null(False)) == BUYERS, 60, "failed attempts")
    engine.until(lambda: time.monotonic() - began > AWAY_S, AWAY_S, "the end of the outage")
    assert count(Delivery, Delivery.outcome.is_null(False)) == 0

    post.faults = ["rcpt 450 greylisted"] * 5 + ["drop"] * 2
    post.open()
    engine.until(lambda: count(Delivery, Delivery.outcome == "sent") == BUYERS, 120, "every delivery")
    received = Counter(one.mail["Message-ID"] for one in post.taken)
    assert {one.recipient for one in post.taken} == set(addresses)
    assert len(received) == BUYERS
    assert sum(received.values()) == BUYERS + 2  # the two whose fate was unknown, recognisable by their id
    assert count(Document, Document.state == "authorized") == BUYERS
    assert find_violations(services) == []
